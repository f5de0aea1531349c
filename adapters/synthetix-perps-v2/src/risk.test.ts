import { describe, expect, test } from 'vitest'
import {
  accessibleMargin,
  fillPrice,
  fundingRate,
  fundingVelocity,
  isTooLarge,
  liquidationFee,
  liquidationPrice,
  liquidationThreshold,
  maintenanceRatio,
  orderFee,
  type Parameters,
  profitLoss,
  unrecordedFunding,
} from './risk.ts'

const ONE = 10n ** 18n
const parameters: Parameters = {
  takerFee: ONE / 1_000n,
  makerFee: ONE / 10_000n,
  maxLeverage: 55n * ONE,
  maxMarketValue: 1_000n * ONE,
  maxFundingVelocity: 9n * ONE,
  skewScale: 10_000n * ONE,
  liquidationPremiumMultiplier: 2n * ONE,
  liquidationBufferRatio: ONE / 100n,
  minKeeperFee: 4n * ONE,
  maxKeeperFee: 100n * ONE,
  liquidationFeeRatio: ONE / 1_000n,
  keeperLiquidationFee: 2n * ONE,
  minInitialMargin: 40n * ONE,
}
const PRICE = 1_000n * ONE

describe('margin', () => {
  test('behavior: divisions cut toward zero, also below it', () => {
    expect(profitLoss({ margin: 0n, size: -1n, lastPrice: 0n }, ONE / 2n)).toBe(0n)
    expect(profitLoss({ margin: 0n, size: 3n, lastPrice: ONE }, ONE / 2n)).toBe(-1n)
  })
  test('behavior: a position keeps the initial margin back, an account without one nothing', () => {
    const small = { margin: 100n * ONE, size: ONE / 1_000n, lastPrice: PRICE }
    expect(accessibleMargin(small, PRICE, 0n, parameters)).toBe(60n * ONE - ONE / 1_000n)
    expect(accessibleMargin({ ...small, size: 0n }, PRICE, 0n, parameters)).toBe(100n * ONE)
    expect(accessibleMargin({ ...small, margin: 30n * ONE }, PRICE, 0n, parameters)).toBe(0n)
  })
})

describe('liquidation', () => {
  test('behavior: the flagger’s fee has a floor and a ceiling', () => {
    expect(liquidationFee(ONE, PRICE, parameters)).toBe(4n * ONE)
    expect(liquidationFee(-50n * ONE, PRICE, parameters)).toBe(50n * ONE)
    expect(liquidationFee(500n * ONE, PRICE, parameters)).toBe(100n * ONE)
  })
  test('behavior: the requirement is buffer, fees and premium, and its share leaves the fixed fees', () => {
    // $50,000: 500 buffer, 50 + 2 fees, 50 / 10,000 × 2 of 50,000 = 500 premium
    expect(liquidationThreshold(50n * ONE, PRICE, parameters)).toBe(1_052n * ONE)
    expect(maintenanceRatio(50n * ONE, PRICE, parameters)).toBe((21n * ONE) / 1_000n)
    expect(maintenanceRatio(ONE, PRICE, parameters)).toBe((102n * ONE) / 10_000n) // fee at its floor
    expect(liquidationThreshold(0n, PRICE, parameters)).toBe(0n)
  })
  test('behavior: its price is below for a long, above for a short, never below zero', () => {
    const long = { margin: 5_000n * ONE, size: 50n * ONE, lastPrice: PRICE }
    expect(liquidationPrice(long, PRICE, 0n, parameters)).toBe(PRICE - (3_948n * ONE) / 50n)
    expect(liquidationPrice({ ...long, size: -50n * ONE }, PRICE, 0n, parameters)).toBe(
      PRICE + (3_948n * ONE) / 50n,
    )
    const rich = { ...long, margin: 100_000n * ONE }
    expect(liquidationPrice(rich, PRICE, 0n, parameters)).toBe(0n)
    expect(liquidationPrice({ ...rich, size: 0n }, PRICE, 0n, parameters)).toBe(0n)
  })
})

describe('funding', () => {
  const day = { skew: 1_000n * ONE, rateLastRecomputed: 0n, elapsed: 86_400n }
  test('behavior: the skew gives its velocity, up to the whole scale', () => {
    expect(fundingVelocity(1_000n * ONE, parameters)).toBe((9n * ONE) / 10n)
    expect(fundingVelocity(-99_000n * ONE, parameters)).toBe(-9n * ONE)
  })
  test('behavior: the rate grows by the velocity, longs pay its average', () => {
    expect(fundingRate(day, parameters)).toBe((9n * ONE) / 10n)
    expect(unrecordedFunding(day, PRICE, parameters)).toBe(-450n * ONE)
    expect(unrecordedFunding({ ...day, skew: -day.skew }, PRICE, parameters)).toBe(450n * ONE)
  })
})

describe('trades', () => {
  const market = { price: PRICE, skew: 100n * ONE, dynamicFeeRate: 0n }
  test('behavior: the fill is half way between the premiums before and after', () => {
    expect(fillPrice(100n * ONE, market, parameters)).toBe(1_015n * ONE)
    expect(fillPrice(-100n * ONE, market, parameters)).toBe(1_005n * ONE)
    expect(fillPrice(0n, market, parameters)).toBe(1_010n * ONE)
  })
  test('behavior: what grows the skew pays the taker’s fee, what shrinks it the maker’s', () => {
    const feeOf = (size: bigint, over = market) =>
      orderFee({ size, fillPrice: PRICE }, over, parameters)
    expect(feeOf(10n * ONE)).toBe(10n * ONE)
    expect(feeOf(-10n * ONE)).toBe(ONE)
    expect(feeOf(-100n * ONE)).toBe(10n * ONE)
    expect(feeOf(-400n * ONE)).toBe(310n * ONE) // 100 of it as a maker
    expect(feeOf(10n * ONE, { ...market, skew: 0n })).toBe(10n * ONE)
    expect(feeOf(-10n * ONE, { ...market, dynamicFeeRate: ONE / 100n })).toBe(101n * ONE)
  })
  test('behavior: a side of the market is full where its size says so, but for who leaves it', () => {
    const full = { skew: 0n, marketSize: 2_000n * ONE }
    for (const size of [1n, -1n]) {
      expect(isTooLarge({ held: 0n, size }, full, parameters)).toBe(true)
      const almost = { ...full, marketSize: full.marketSize - 2n }
      expect(isTooLarge({ held: 0n, size }, almost, parameters)).toBe(false)
    }
    expect(isTooLarge({ held: 100n * ONE, size: -50n * ONE }, full, parameters)).toBe(false)
    expect(isTooLarge({ held: 100n * ONE, size: -201n * ONE }, full, parameters)).toBe(true)
  })
})
