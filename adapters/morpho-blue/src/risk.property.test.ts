import { WAD } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  accrueInterest,
  borrowedAssets,
  healthFactor,
  liquidateByRepaying,
  liquidateBySeizing,
  liquidationIncentiveFactor,
  type MarketState,
  maxBorrow,
  ORACLE_PRICE_SCALE,
  toAssetsUp,
  toSharesDown,
} from './risk.ts'

const assets = fc.bigInt({ min: 0n, max: 10n ** 18n })
const shares = fc.bigInt({ min: 0n, max: 10n ** 24n })
const lltv = fc.bigInt({ min: 0n, max: WAD - 1n })
const priceE36 = fc.bigInt({ min: 10n ** 20n, max: 10n ** 44n })
const market: fc.Arbitrary<MarketState> = fc
  .record({ lent: assets, share: fc.bigInt({ min: 0n, max: WAD }), supplied: shares, fee: shares })
  .chain(({ lent, share, supplied, fee }) =>
    fc.bigInt({ min: 0n, max: 10n ** 24n }).map((borrowed) => ({
      totalSupplyAssets: lent,
      totalSupplyShares: supplied,
      totalBorrowAssets: (lent * share) / WAD,
      totalBorrowShares: borrowed,
      lastUpdate: 1_000n,
      fee: fee % (WAD / 4n),
    })),
  )

test('property: a debt is the least amount that cancels all its shares', () => {
  fc.assert(
    fc.property(market, shares, (of, count) => {
      const borrowShares = count + 1n
      const owed = borrowedAssets(of, { borrowShares, collateral: 0n })
      const cancelled = (raw: bigint) =>
        toSharesDown(raw, of.totalBorrowAssets, of.totalBorrowShares)
      expect(cancelled(owed) >= borrowShares).toBe(true)
      expect(cancelled(owed - 1n) < borrowShares).toBe(true)
    }),
  )
})

const rate = fc.bigInt({ min: 0n, max: 10n ** 10n }) // 31 % a year
const seconds = fc.bigInt({ min: 0n, max: 100_000_000n })

test('property: interest is that of continuous compounding, but for the fourth term and on', () => {
  fc.assert(
    fc.property(market, rate, seconds, (of, borrowRate, elapsed) => {
      const { totalBorrowAssets: after } = accrueInterest(of, borrowRate, of.lastUpdate + elapsed)
      const owed = Number(of.totalBorrowAssets)
      const x = Number(borrowRate * elapsed) / 1e18
      const short = owed * Math.expm1(x) - Number(after - of.totalBorrowAssets)
      const float = owed * 1e-14
      expect(short).toBeGreaterThanOrEqual(-float)
      expect(short).toBeLessThanOrEqual((owed * x ** 4 * Math.exp(x)) / 24 + 4 + float)
    }),
  )
})

test('property: lenders have what borrowers owe more; accruing twice is at least accruing once', () => {
  fc.assert(
    fc.property(market, rate, seconds, seconds, (of, borrowRate, a, b) => {
      const first = accrueInterest(of, borrowRate, of.lastUpdate + a)
      const twice = accrueInterest(first, borrowRate, first.lastUpdate + b)
      const once = accrueInterest(of, borrowRate, of.lastUpdate + a + b)
      expect(twice.totalBorrowAssets + 4n >= once.totalBorrowAssets).toBe(true) // units of rounding
      expect(twice.lastUpdate).toBe(once.lastUpdate)
      expect(twice.totalSupplyAssets - of.totalSupplyAssets).toBe(
        twice.totalBorrowAssets - of.totalBorrowAssets,
      )
    }),
  )
})

test('property: health is below 1 exactly where the contract compares, and falls with debt', () => {
  fc.assert(
    fc.property(assets, priceE36, lltv, assets, (collateral, at, threshold, owed) => {
      const capacity = maxBorrow(collateral, at, threshold)
      const debt = owed + 1n
      expect(healthFactor(capacity, debt) < WAD).toBe(capacity < debt)
      expect(healthFactor(capacity, debt + 1n) <= healthFactor(capacity, debt)).toBe(true)
    }),
  )
})

test('property: a liquidator never gains more than the incentive', () => {
  fc.assert(
    fc.property(market, assets, priceE36, lltv, (of, seizedAssets, at, threshold) => {
      const moved = liquidateBySeizing({ market: of, seizedAssets, priceE36: at, lltv: threshold })
      const worth = (seizedAssets * at) / ORACLE_PRICE_SCALE
      expect(worth * WAD <= moved.repaidAssets * liquidationIncentiveFactor(threshold)).toBe(true)
      expect(moved.repaidAssets).toBe(
        toAssetsUp(moved.repaidShares, of.totalBorrowAssets, of.totalBorrowShares),
      )
    }),
  )
})

test('property: seizing what a repayment gets never costs more than that repayment', () => {
  fc.assert(
    fc.property(market, shares, priceE36, lltv, (of, repaidShares, at, threshold) => {
      const terms = { market: of, priceE36: at, lltv: threshold }
      const repaying = liquidateByRepaying({ ...terms, repaidShares })
      const seizing = liquidateBySeizing({ ...terms, seizedAssets: repaying.seizedAssets })
      expect(seizing.repaidShares <= repaidShares).toBe(true)
      expect(seizing.repaidAssets <= repaying.repaidAssets).toBe(true)
    }),
  )
})
