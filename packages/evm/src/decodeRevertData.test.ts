import { encodeAbiParameters, encodeErrorResult, parseAbi } from 'viem'
import { describe, expect, test } from 'vitest'
import { decodeRevertData } from './decodeRevertData.ts'

const solidity = parseAbi(['error Error(string message)', 'error Panic(uint256 code)'])
const venue = parseAbi([
  'error HealthTooLow(uint256 found, uint256 allowed)',
  'error BadOrder((address maker, uint256 size) order)',
])
const message = (text: string) =>
  encodeErrorResult({ abi: solidity, errorName: 'Error', args: [text] })

describe('decodeRevertData', () => {
  test('default: the message of require', () => {
    expect(decodeRevertData(message('CH_NEFCI'))).toBe('CH_NEFCI')
  })

  test('behavior: a panic says what it means', () => {
    const data = encodeErrorResult({ abi: solidity, errorName: 'Panic', args: [0x11n] })
    expect(decodeRevertData(data, [venue])).toBe('Panic(arithmetic overflow or underflow)')
  })

  test('behavior: an unknown panic keeps its number', () => {
    const data = encodeErrorResult({ abi: solidity, errorName: 'Panic', args: [0x99n] })
    expect(decodeRevertData(data)).toBe('Panic(153)')
  })

  test('behavior: a custom error of any given ABI, with its arguments', () => {
    const data = encodeErrorResult({ abi: venue, errorName: 'HealthTooLow', args: [1n, 2n] })
    expect(decodeRevertData(data, [parseAbi(['error Other()']), venue])).toBe('HealthTooLow(1, 2)')
  })

  test('behavior: a tuple argument is written out', () => {
    const maker = '0x00000000000000000000000000000000000000a1'
    const order = { maker, size: 5n } as const
    const data = encodeErrorResult({ abi: venue, errorName: 'BadOrder', args: [order] })
    expect(decodeRevertData(data, [venue])).toBe(
      'BadOrder({"maker":"0x00000000000000000000000000000000000000A1","size":"5"})',
    )
  })

  test.each([
    ['no data', '0x'],
    ['an error nobody declares', '0x12345678'],
    ['a cut message', message('a long enough message').slice(0, 100) as `0x${string}`],
    ['words without a selector', encodeAbiParameters([{ type: 'uint256' }], [7n])],
  ] as const)('behavior: %s gives null', (_, data) => {
    expect(decodeRevertData(data, [venue])).toBeNull()
  })
})
