import { expect, test } from 'vitest'
import { TokenOrderError } from '../errors.ts'
import { nearestTick, requireOrder, sideForDepth, sqrtPriceX96 } from './poolMath.ts'

test('default: sqrtPriceX96 is the root, rounded down', () => {
  expect(sqrtPriceX96(4n, 1n)).toBe(2n * 2n ** 96n)
  for (const [amount1, amount0] of [
    [2_000n, 1n],
    [10n ** 18n, 2_000n * 10n ** 6n],
    [7n, 10n ** 24n],
  ] as const) {
    const root = sqrtPriceX96(amount1, amount0)
    const square = (amount1 << 192n) / amount0
    expect(root * root <= square && square < (root + 1n) ** 2n).toBe(true)
  }
})

test('default: nearestTick is a multiple of the spacing within half of it', () => {
  expect(nearestTick(1, 60)).toBe(0)
  const tick = nearestTick(2_000, 60)
  expect(tick % 60).toBe(0)
  expect(Math.abs(Math.log(1.0001 ** tick / 2_000))).toBeLessThan(30 * Math.log(1.0001) + 1e-12)
})

test('default: a side of this value moves by 1 % for the depth', () => {
  expect(sideForDepth(5_000_000) * (Math.sqrt(1.01) - 1)).toBeCloseTo(5_000_000, 0)
})

test('error: TokenOrderError', () => {
  requireOrder('0x01', '0x02')
  expect(() => requireOrder('0x02', '0x01')).toThrow(TokenOrderError)
})
