import { encodeErrorResult, parseAbi } from 'viem'
import { expect, test } from 'vitest'
import { decodePerpV2Revert } from './errors.ts'

const revert = (message: string) =>
  encodeErrorResult({ abi: parseAbi(['error Error(string)']), args: [message] })
const decode = (message: string) => decodePerpV2Revert('perp-v2:0x1', revert(message))

test('default: a known reason has a code and plain words', () => {
  expect(decode('CH_NEFCI')).toMatchObject({
    code: 'VENUE_INSUFFICIENT_MARGIN',
    recovery: 'refresh',
    reason: 'CH_NEFCI: free collateral would fall below the initial margin',
  })
  expect(decode('EX_BTNE')).toMatchObject({ code: 'VENUE_DENIED', recovery: 'halt' })
})

test('behavior: any other of its reasons keeps its name', () => {
  expect(decode('CH_XYZ')).toMatchObject({ code: 'VENUE_REVERTED', reason: 'CH_XYZ' })
})

test('behavior: reasons of others are not claimed', () => {
  for (const message of ['ERC20: transfer amount exceeds balance', 'TF', 'OLD', ''])
    expect(decode(message)).toBeNull()
  expect(decodePerpV2Revert('perp-v2:0x1', '0x')).toBeNull()
})
