import { priceFromNumber } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { arbitrageTarget, fairSqrtPrice, poolPriceOf0, poolPriceOf1 } from './arbitrageTarget.ts'

const pair = { decimals0: 18, decimals1: 6 } // WETH, USDC
const ETH = priceFromNumber(2000)
const USDC = priceFromNumber(1)
const fair = fairSqrtPrice(pair, ETH, USDC)

test('default: a fair pool price gives back both prices', () => {
  expect(Number(poolPriceOf0(pair, fair, USDC)) / 1e18).toBeCloseTo(2000, 6)
  expect(Number(poolPriceOf1(pair, fair, ETH)) / 1e18).toBeCloseTo(1, 9)
  const wbtcFirst = { decimals0: 6, decimals1: 8 }
  const sqrt = fairSqrtPrice(wbtcFirst, USDC, priceFromNumber(40_000))
  expect(Number(poolPriceOf1(wbtcFirst, sqrt, USDC)) / 1e18).toBeCloseTo(40_000, 3)
})

test('behavior: inside the fee no trade pays; outside it the swap stops at the edge', () => {
  const at = (price: number) => fairSqrtPrice(pair, priceFromNumber(price), USDC)
  const target = (price: number) => arbitrageTarget({ current: at(price), fair, feeE6: 500 })
  expect(target(2000.9)).toBeNull()
  expect(target(1999.1)).toBeNull()
  const above = target(2100)!
  expect(above.zeroForOne).toBe(true)
  expect(Number(poolPriceOf0(pair, above.limit, USDC)) / 1e18).toBeCloseTo(2000 / 0.9995, 5)
  const below = target(1900)!
  expect(below.zeroForOne).toBe(false)
  expect(Number(poolPriceOf0(pair, below.limit, USDC)) / 1e18).toBeCloseTo(2000 * 0.9995, 5)
})
