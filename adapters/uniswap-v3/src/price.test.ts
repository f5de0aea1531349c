import { price, WAD } from '@plimsoll/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { USDC, WBTC, WBTC_USDC, WETH, WETH_USDC } from '../test/fixtures.ts'
import type { Pool } from './Pool.ts'
import { movedSqrtPrice, spotPrice } from './price.ts'
import { core, TickMath, v3 } from './sdk.ts'

const Q96 = 2n ** 96n
const MIN = BigInt(TickMath.MIN_SQRT_RATIO.toString())
const MAX = BigInt(TickMath.MAX_SQRT_RATIO.toString())
const sqrtPrice = fc.bigInt({ min: MIN * 2n, max: MAX / 2n })
const pool = fc.constantFrom(WETH_USDC, WBTC_USDC)

describe('spotPrice', () => {
  test('default: one raw unit for one is 1e12 USDC per WETH', () => {
    expect(spotPrice(WETH_USDC, WETH, Q96)).toBe(price(WAD * 10n ** 12n))
    expect(spotPrice(WETH_USDC, USDC, Q96)).toBe(price(WAD / 10n ** 12n))
  })

  test('behavior: the pool’s price is turned round where the base sorts second', () => {
    const doubled = 2n * Q96 // 4 raw WBTC per raw USDC: 0.04 WBTC for a millionth of 1 USDC
    expect(spotPrice(WBTC_USDC, USDC, doubled)).toBe(price(WAD / 25n))
    expect(spotPrice(WBTC_USDC, WBTC, doubled)).toBe(price(25n * WAD))
  })

  test('property: equals the SDK’s price, rounded down', () => {
    fc.assert(
      fc.property(pool, sqrtPrice, (of, sqrtPriceX96) => {
        expect(spotPrice(of, of.base, sqrtPriceX96)).toBe(price(sdkPrice(of, sqrtPriceX96)))
      }),
    )
  })
})

describe('movedSqrtPrice', () => {
  test('property: moves the base’s price by the change, and never further', () => {
    fc.assert(
      fc.property(pool, fc.bigInt({ min: 10n ** 22n, max: 10n ** 40n }), (of, sqrtPriceX96) => {
        for (const change of [-100n, 100n]) {
          const moved = movedSqrtPrice(of, sqrtPriceX96, change)
          const ratio = (moved * moved * 10n ** 18n) / (sqrtPriceX96 * sqrtPriceX96)
          const base = of === WETH_USDC ? Number(ratio) / 1e18 : 1e18 / Number(ratio)
          expect(Math.abs(base - (1 + Number(change) / 1e4))).toBeLessThan(1e-12)
          const further = of === WETH_USDC ? ratio * 10_000n : (10n ** 36n / ratio) * 10_000n
          const limit = (10_000n + change) * 10n ** 18n
          expect(change > 0n ? further <= limit + 20_000n : further >= limit - 20_000n).toBe(true)
        }
      }),
    )
  })

  test('behavior: no change is no change', () => {
    expect(movedSqrtPrice(WETH_USDC, 12_345n, 0n)).toBe(12_345n)
  })
})

/** Price of the base in the quote by Uniswap's SDK. [1e18, rounded down] */
function sdkPrice(of: Pool, sqrtPriceX96: bigint): bigint {
  const tick = TickMath.getTickAtSqrtRatio(new core.Fraction(sqrtPriceX96.toString()).numerator)
  const [base, quote] = [of.base, of.quote].map(
    ({ chainId, address, decimals }) => new core.Token(chainId, address, decimals),
  )
  const { scalar, numerator, denominator } = new v3.Pool(
    base!,
    quote!,
    of.fee,
    sqrtPriceX96.toString(),
    0,
    tick,
  ).priceOf(base!)
  const [top, bottom] = [numerator, denominator].map((part) => BigInt(part.toString()))
  const [up, down] = [scalar.numerator, scalar.denominator].map((part) => BigInt(part.toString()))
  return (top! * up! * WAD) / (bottom! * down!)
}
