import { MAX_HEALTH_FACTOR, WAD } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { READING } from '../test/fixtures.ts'
import {
  accrueInterest,
  borrowedAssets,
  healthFactor,
  liquidateByRepaying,
  liquidateBySeizing,
  liquidationIncentiveFactor,
  maxBorrow,
  taylorCompounded,
  toAssetsDown,
  toAssetsUp,
  toSharesDown,
  toSharesUp,
} from './risk.ts'

const { market, borrower, priceE36 } = READING
const lltv = (86n * WAD) / 100n

describe('shares', () => {
  test('default: an empty market gives a million shares per raw unit', () => {
    expect(toSharesDown(5n, 0n, 0n)).toBe(5_000_000n)
    expect(toAssetsUp(5_000_000n, 0n, 0n)).toBe(5n)
  })

  test('behavior: up and down differ by one where the ratio is not whole', () => {
    expect([toSharesDown(1n, 2n, 1_000_000n), toSharesUp(1n, 2n, 1_000_000n)]).toEqual([
      666_666n,
      666_667n,
    ])
    expect([toAssetsDown(1n, 1n, 0n), toAssetsUp(1n, 1n, 0n)]).toEqual([0n, 1n])
  })
})

describe('interest', () => {
  test('default: a year at 100 % a year compounds to 1 + 1/2 + 1/6', () => {
    const year = 31_536_000n
    expect(Number(taylorCompounded(WAD / year, year)) / 1e18).toBeCloseTo(1 + 1 / 2 + 1 / 6, 9)
  })

  test('behavior: no time, no change', () => {
    expect(accrueInterest(market, 10n ** 9n, market.lastUpdate)).toBe(market)
  })

  test('behavior: what borrowers owe more, lenders and the fee recipient have more', () => {
    const before = { ...market, fee: WAD / 10n }
    const after = accrueInterest(before, 10n ** 9n, before.lastUpdate + 1_000_000n)
    const interest = after.totalBorrowAssets - before.totalBorrowAssets
    expect(after.totalSupplyAssets - before.totalSupplyAssets).toBe(interest)
    const feeShares = after.totalSupplyShares - before.totalSupplyShares
    const fee = toAssetsDown(feeShares, after.totalSupplyAssets, after.totalSupplyShares)
    expect(Number(fee) / Number(interest)).toBeCloseTo(0.1, 9)
    expect(after.totalBorrowShares).toBe(before.totalBorrowShares)
  })
})

describe('health', () => {
  test('default: 10 WETH at 2,000 carry 17,200 USDC', () => {
    expect(maxBorrow(borrower.collateral, priceE36, lltv)).toBe(17_200_000_000n)
    expect(borrowedAssets(market, borrower)).toBe(10_000_000_000n)
    expect(healthFactor(17_200_000_000n, 10_000_000_000n)).toBe((172n * WAD) / 100n)
  })

  test('behavior: one unit of debt above the limit is below 1, at the limit is not', () => {
    const [limit, one] = [10n ** 30n, 1n]
    expect(healthFactor(limit, limit)).toBe(WAD)
    expect(healthFactor(limit, limit + one)).toBe(WAD - 1n)
  })

  test('behavior: without debt it is the largest there is', () => {
    expect(healthFactor(0n, 0n)).toBe(MAX_HEALTH_FACTOR)
  })
})

describe('liquidation', () => {
  test.each([
    [86n, 1.0438],
    [945n, 1.0168],
    [385n, 1.15],
    [0n, 1.15],
  ])('behavior: incentive at lltv %i is %f', (digits, factor) => {
    const scaled = digits < 100n ? (digits * WAD) / 100n : (digits * WAD) / 1_000n
    expect(Number(liquidationIncentiveFactor(scaled)) / 1e18).toBeCloseTo(factor, 4)
  })

  test('default: seizing 1 WETH repays 2,000 / 1.0438 USDC', () => {
    const moved = liquidateBySeizing({ market, seizedAssets: WAD, priceE36, lltv })
    expect(moved.seizedAssets).toBe(WAD)
    expect(Number(moved.repaidAssets) / 1e6).toBeCloseTo(2_000 / 1.04384133, 3)
  })

  test.each([1_234_567_890_123n, 999_999_999_999_999n, 5_000_000_000_000_001n])(
    'behavior: repaying %i shares and seizing what that gets cost the same, to a unit',
    (repaidShares) => {
      const repaying = liquidateByRepaying({ market, repaidShares, priceE36, lltv })
      const { seizedAssets } = repaying
      const seizing = liquidateBySeizing({ market, seizedAssets, priceE36, lltv })
      expect([0n, 1n]).toContain(repaying.repaidAssets - seizing.repaidAssets)
    },
  )
})
