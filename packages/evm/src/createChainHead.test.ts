import { expect, test } from 'vitest'
import { nextBaseFee } from './createChainHead.ts'

const gasLimit = 30_000_000n
const next = (baseFeePerGas: bigint, gasUsed: bigint) =>
  nextBaseFee({ baseFeePerGas, gasUsed, gasLimit })

test('default: a block at its target leaves the fee', () => {
  expect(next(1_000_000_000n, 15_000_000n)).toBe(1_000_000_000n)
})

test('behavior: a full block raises it by an eighth, an empty one lowers it by an eighth', () => {
  expect(next(1_000_000_000n, 30_000_000n)).toBe(1_125_000_000n)
  expect(next(1_000_000_000n, 0n)).toBe(875_000_000n)
})

test('behavior: it rises by one wei at least, and falls by none where an eighth rounds to none', () => {
  expect(next(7n, 15_000_001n)).toBe(8n)
  expect(next(7n, 14_999_999n)).toBe(7n)
})
