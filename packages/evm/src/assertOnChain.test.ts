import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { assertOnChain } from './assertOnChain.ts'

test('default: what the chain says passes', () => {
  expect(() => assertOnChain('decimals of USDC', 6, 6)).not.toThrow()
})

test('error: InvalidInputError names the field and what the chain says', () => {
  const check = () => assertOnChain('decimals of USDC', 18, 6)
  expect(check).toThrow(InvalidInputError)
  expect(check).toThrow(/decimals of USDC.*18.*6, as on chain/)
})
