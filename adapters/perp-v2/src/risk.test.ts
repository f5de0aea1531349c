import { describe, expect, test } from 'vitest'
import { MarkPriceUndefinedError } from './errors.ts'
import {
  accountValue,
  depth,
  freeCollateral,
  fundingRate,
  maintenanceMargin,
  markPrice,
  pendingFunding,
  positionValue,
  premiumX96,
  settle,
  type TakerBalance,
  unrealizedPnl,
} from './risk.ts'

const ONE = 10n ** 18n
const Q96 = 2n ** 96n
/** Square-root price of a whole number that is a square. [X96] */
const sqrt = (root: bigint): bigint => root * Q96

const long: TakerBalance = {
  size: 2n * ONE,
  openNotional: -200n * ONE,
  price: 110n * ONE,
  pendingFunding: 0n,
}
const short: TakerBalance = {
  size: -3n * ONE,
  openNotional: 300n * ONE,
  price: 90n * ONE,
  pendingFunding: 0n,
}

describe('settle', () => {
  test('behavior: rounds down, also below zero', () => {
    expect(settle(1_999_999_999_999n, 6)).toBe(1n)
    expect(settle(-1n, 6)).toBe(-1n)
    expect(settle(-1_000_000_000_000n, 6)).toBe(-1n)
    expect(settle(-1_000_000_000_001n, 6)).toBe(-2n)
  })
})

describe('markPrice', () => {
  const inputs = {
    sqrtSpotX96: sqrt(10n),
    sqrtMarketTwapX96: sqrt(11n),
    sqrtPremiumTwapX96: sqrt(12n),
    indexPrice: 100n * ONE,
    indexPremiumTwap: 140n * ONE,
  }
  test('behavior: the median of spot, market average and index with premium', () => {
    expect(markPrice(inputs)).toBe(104n * ONE) // 100, 121, 100 + (144 − 140)
    expect(markPrice({ ...inputs, indexPrice: 90n * ONE })).toBe(100n * ONE)
    expect(markPrice({ ...inputs, indexPrice: 900n * ONE })).toBe(121n * ONE)
  })
  test('error: MarkPriceUndefinedError', () => {
    expect(() => markPrice({ ...inputs, indexPremiumTwap: 300n * ONE })).toThrow(
      MarkPriceUndefinedError,
    )
  })
})

describe('accounts', () => {
  test('behavior: profit of a long and of a short', () => {
    expect(unrealizedPnl([long])).toBe(20n * ONE)
    expect(unrealizedPnl([short])).toBe(30n * ONE)
  })
  test('behavior: dust is no position, and its cost stays', () => {
    const dust = { ...long, size: 9n, openNotional: -5n }
    expect(positionValue(dust)).toBe(0n)
    expect(unrealizedPnl([dust])).toBe(-5n)
  })
  test('behavior: equity is what is left after funding, rounded down to the settlement token', () => {
    const funded = { ...long, pendingFunding: 1n }
    const ledger = { balance: 50_000_000n, owedRealizedPnl: -ONE, decimals: 6, balances: [funded] }
    expect(accountValue(ledger)).toBe(50n * ONE - ONE + 20n * ONE - 10n ** 12n)
  })
  test('behavior: maintenance margin counts both sides', () => {
    expect(maintenanceMargin([long, short], 62_500n)).toBe(30_625n * 10n ** 15n) // 6.25 % of 490
  })
  test('behavior: free collateral covers shorts and the net quote that longs cost', () => {
    const free = (balances: readonly TakerBalance[], balance = 100_000_000n) =>
      freeCollateral({ balance, owedRealizedPnl: 0n, decimals: 6, balances }, 100_000n)
    expect(free([])).toBe(100_000_000n)
    expect(free([long])).toBe(80_000_000n) // profit is not free: 100 − 10 % of 200
    expect(free([short])).toBe(73_000_000n) // 100 − 10 % of 270
    expect(free([long, short])).toBe(73_000_000n) // quote nets to +100
    expect(free([{ ...long, price: 60n * ONE }])).toBe(0n) // 100 − 80 of loss − 20
    expect(free([{ ...long, price: 40n * ONE }])).toBe(0n)
    expect(free([short], -1_000_000n)).toBe(0n)
  })
})

describe('funding', () => {
  const at = { sqrtMarketTwapX96: sqrt(10n), maxFundingRate: 100_000n }
  test('behavior: the premium is market over index, both ways', () => {
    expect(premiumX96({ ...at, indexTwap: 96n * ONE })).toBe(4n * Q96)
    expect(premiumX96({ ...at, indexTwap: 105n * ONE })).toBe(-5n * Q96)
  })
  test('behavior: the premium stops at the largest funding rate', () => {
    expect(premiumX96({ ...at, indexTwap: 50n * ONE })).toBe(5n * Q96)
    expect(premiumX96({ ...at, indexTwap: 200n * ONE })).toBe(-20n * Q96)
  })
  test('behavior: the rate is the premium over the index, per day', () => {
    expect(fundingRate(4n * Q96, 100n * ONE)).toBe(ONE / 25n)
    expect(fundingRate(-4n * Q96, 100n * ONE)).toBe(-ONE / 25n)
    expect(fundingRate(0n, 0n)).toBe(0n)
  })
  test('behavior: longs owe a positive premium, shorts are owed it', () => {
    const day = { growthX96: 0n, lastGrowthX96: 0n, premiumX96: 4n * Q96, elapsed: 86_400n }
    expect(pendingFunding({ ...day, size: 2n * ONE })).toBe(8n * ONE)
    expect(pendingFunding({ ...day, size: -2n * ONE })).toBe(-8n * ONE)
    expect(pendingFunding({ ...day, size: ONE, lastGrowthX96: 86_400n * Q96 })).toBe(3n * ONE)
  })
})

describe('depth', () => {
  test('behavior: what moves a price of 100 to 99 and to 101', () => {
    // 10^6 of liquidity at a square root of 10: 10^7 × 0.005012562893 and 10^7 × 0.004987562112
    const at = { sqrtPriceX96: sqrt(10n), liquidity: 10n ** 24n }
    expect(depth(at)).toEqual({ down: 50_125_62893380n, up: 49_875_62112089n })
  })
  test('behavior: none without liquidity', () => {
    expect(depth({ sqrtPriceX96: sqrt(10n), liquidity: 0n })).toEqual({ down: 0n, up: 0n })
  })
})
