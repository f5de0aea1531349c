import { encodeErrorResult, parseAbi } from 'viem'
import { expect, test } from 'vitest'
import { VENUE } from '../test/fixtures.ts'
import { decodeMorphoRevert } from './errors.ts'

const message = (text: string) =>
  encodeErrorResult({
    abi: parseAbi(['error Error(string message)']),
    errorName: 'Error',
    args: [text],
  })

test.each([
  ['insufficient collateral', 'refresh'],
  ['transferFrom reverted', 'refresh'],
  ['unauthorized', 'halt'],
  ['market not created', 'halt'],
])('default: "%s" asks to %s', (text, recovery) => {
  expect(decodeMorphoRevert(VENUE, message(text))).toMatchObject({ reason: text, recovery })
})

test.each(['0x', '0x4e487b71', message('STF'), message('')] as const)(
  'behavior: %s is not claimed',
  (data) => {
    expect(decodeMorphoRevert(VENUE, data)).toBeNull()
  },
)
