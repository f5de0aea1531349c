import { encodeErrorResult, parseAbi } from 'viem'
import { expect, test } from 'vitest'
import { VENUE } from '../test/fixtures.ts'
import { decodeUniswapRevert } from './errors.ts'

const message = (text: string) =>
  encodeErrorResult({
    abi: parseAbi(['error Error(string message)']),
    errorName: 'Error',
    args: [text],
  })

test.each([
  ['Too little received', 'refresh'],
  ['Transaction too old', 'refresh'],
  ['STF', 'refresh'],
  ['AS', 'halt'],
])('default: "%s" asks to %s', (text, recovery) => {
  expect(decodeUniswapRevert(VENUE, message(text))).toMatchObject({ reason: text, recovery })
})

test.each(['0x', '0x4e487b71', message('insufficient collateral'), message('')] as const)(
  'behavior: %s is not claimed',
  (data) => {
    expect(decodeUniswapRevert(VENUE, data)).toBeNull()
  },
)
