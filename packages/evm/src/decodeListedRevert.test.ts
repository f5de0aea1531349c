import { RevertedError } from '@plimsoll/domain'
import { encodeErrorResult, parseAbi } from 'viem'
import { expect, test } from 'vitest'
import { decodeListedRevert, type RevertReasons } from './decodeListedRevert.ts'

const REASONS: RevertReasons = new Map([['too little received', 'refresh']])
const message = (text: string) =>
  encodeErrorResult({
    abi: parseAbi(['error Error(string message)']),
    errorName: 'Error',
    args: [text],
  })

test('default: a listed message is the venue’s, with its recovery', () => {
  const error = decodeListedRevert(REASONS, 'pool:0x1', message('too little received'))
  expect(error).toBeInstanceOf(RevertedError)
  expect(error).toMatchObject({ reason: 'too little received', recovery: 'refresh' })
})

test.each(['0x', '0x4e487b71', message('Too little received'), message('')] as const)(
  'behavior: %s is not claimed',
  (data) => {
    expect(decodeListedRevert(REASONS, 'pool:0x1', data)).toBeNull()
  },
)
