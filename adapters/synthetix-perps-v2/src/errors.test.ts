import { encodeErrorResult, parseAbi } from 'viem'
import { describe, expect, test } from 'vitest'
import { decodeSynthetixRevert } from './errors.ts'

const abi = parseAbi(['error Error(string)'])
const decode = (message: string) =>
  decodeSynthetixRevert('venue', encodeErrorResult({ abi, errorName: 'Error', args: [message] }))

describe('decodeSynthetixRevert', () => {
  test('default: the protocol’s own words, with a code', () => {
    expect(decode('Insufficient margin')).toMatchObject({
      code: 'VENUE_INSUFFICIENT_MARGIN',
      recovery: 'refresh',
      reason: expect.stringMatching(/^Insufficient margin: /),
    })
    expect(decode('Max leverage exceeded')?.reason).toBe('Max leverage exceeded')
    expect(decode('Cannot submit empty order')?.recovery).toBe('halt')
  })
  test('behavior: words of others are not claimed', () => {
    for (const message of ['CH_NEFCI', 'SafeMath: subtraction overflow', 'toString', ''])
      expect(decode(message)).toBeNull()
    expect(decodeSynthetixRevert('venue', '0x')).toBeNull()
  })
})
