import { MAX_HEALTH_FACTOR, mulDivDown, mulDivUp, WAD, type Wad, wad } from '@plimsoll/domain'

/** Books of one market, in native units. */
export type MarketState = {
  /** [loan token decimals] */
  readonly totalSupplyAssets: bigint
  readonly totalSupplyShares: bigint
  /** [loan token decimals] */
  readonly totalBorrowAssets: bigint
  readonly totalBorrowShares: bigint
  /** Time of the last accrual. [s] */
  readonly lastUpdate: bigint
  /** Share of interest that goes to the fee recipient. [WAD] */
  readonly fee: bigint
}

/** One borrower in one market, in native units. */
export type BorrowerState = {
  readonly borrowShares: bigint
  /** [collateral token decimals] */
  readonly collateral: bigint
}

/** What a liquidation moves, in native units. */
export type Liquidated = {
  /** Collateral that goes to the liquidator. [collateral token decimals] */
  readonly seizedAssets: bigint
  readonly repaidShares: bigint
  /** What the liquidator pays. [loan token decimals] */
  readonly repaidAssets: bigint
}

/** Scale of a Morpho oracle: raw loan units per raw collateral unit × 1e36. */
export const ORACLE_PRICE_SCALE = 10n ** 36n
const VIRTUAL_SHARES = 1_000_000n
const VIRTUAL_ASSETS = 1n
const LIQUIDATION_CURSOR = (3n * WAD) / 10n
const MAX_LIQUIDATION_INCENTIVE_FACTOR = (115n * WAD) / 100n

/** Shares worth an amount, rounded down: what a repayment of the amount cancels. */
export const toSharesDown = (assets: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  mulDivDown(assets, totalShares + VIRTUAL_SHARES, totalAssets + VIRTUAL_ASSETS)
/** Shares worth an amount, rounded up: what borrowing the amount costs. */
export const toSharesUp = (assets: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  mulDivUp(assets, totalShares + VIRTUAL_SHARES, totalAssets + VIRTUAL_ASSETS)
/** Amount that shares are worth, rounded down. */
export const toAssetsDown = (shares: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  mulDivDown(shares, totalAssets + VIRTUAL_ASSETS, totalShares + VIRTUAL_SHARES)
/** Amount that shares are worth, rounded up: what a debt is. */
export const toAssetsUp = (shares: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  mulDivUp(shares, totalAssets + VIRTUAL_ASSETS, totalShares + VIRTUAL_SHARES)

/**
 * Growth of a debt over time: the first three terms of `e^(rate × elapsed) − 1`, each rounded down. [WAD]
 *
 * @param rate - Per second. [WAD]
 * @param elapsed - [s]
 */
export function taylorCompounded(rate: bigint, elapsed: bigint): bigint {
  const first = rate * elapsed
  const second = mulDivDown(first, first, 2n * WAD)
  const third = mulDivDown(second, first, 3n * WAD)
  return first + second + third
}

/**
 * Carries the books of a market forward to a time, as the contract would before any action at that time.
 *
 * @param borrowRate - What the market's rate model answers on the books before. [WAD per second]
 * @param timestamp - At or after `market.lastUpdate`. [s]
 * @see Morpho `_accrueInterest`
 */
export function accrueInterest(
  market: MarketState,
  borrowRate: bigint,
  timestamp: bigint,
): MarketState {
  const elapsed = timestamp - market.lastUpdate
  if (elapsed === 0n) return market
  const interest = mulDivDown(market.totalBorrowAssets, taylorCompounded(borrowRate, elapsed), WAD)
  const totalSupplyAssets = market.totalSupplyAssets + interest
  const feeAmount = mulDivDown(interest, market.fee, WAD)
  const feeShares = toSharesDown(feeAmount, totalSupplyAssets - feeAmount, market.totalSupplyShares)
  return {
    ...market,
    totalBorrowAssets: market.totalBorrowAssets + interest,
    totalSupplyAssets,
    totalSupplyShares: market.totalSupplyShares + feeShares,
    lastUpdate: timestamp,
  }
}

/** Debt of a borrower, rounded up. [loan token decimals] */
export const borrowedAssets = (market: MarketState, borrower: BorrowerState): bigint =>
  toAssetsUp(borrower.borrowShares, market.totalBorrowAssets, market.totalBorrowShares)

/**
 * Largest debt that collateral carries, rounded down twice as the contract does. [loan token decimals]
 *
 * @param priceE36 - Morpho's oracle price.
 * @param lltv - [WAD]
 */
export const maxBorrow = (collateral: bigint, priceE36: bigint, lltv: bigint): bigint =>
  mulDivDown(mulDivDown(collateral, priceE36, ORACLE_PRICE_SCALE), lltv, WAD)

/**
 * Distance to liquidation as a ratio: `maxBorrow / borrowed`, rounded down.
 *
 * Below 1e18 exactly when the contract would let a liquidator in (`maxBorrow < borrowed`).
 *
 * @returns [WAD], {@link MAX_HEALTH_FACTOR} when nothing is owed.
 */
export const healthFactor = (capacity: bigint, borrowed: bigint): Wad =>
  borrowed === 0n ? MAX_HEALTH_FACTOR : wad(mulDivDown(capacity, WAD, borrowed))

/** What a liquidator gets per unit repaid: `min(1.15, 1 / (1 − 0.3 × (1 − lltv)))`. [WAD] */
export function liquidationIncentiveFactor(lltv: bigint): bigint {
  const factor = mulDivDown(WAD, WAD, WAD - mulDivDown(LIQUIDATION_CURSOR, WAD - lltv, WAD))
  return factor < MAX_LIQUIDATION_INCENTIVE_FACTOR ? factor : MAX_LIQUIDATION_INCENTIVE_FACTOR
}

/**
 * What seizing an amount of collateral makes a liquidator repay; every rounding is against the liquidator.
 *
 * @param p.market - Books accrued to the time of the liquidation.
 */
export function liquidateBySeizing(p: {
  readonly market: MarketState
  readonly seizedAssets: bigint
  readonly priceE36: bigint
  readonly lltv: bigint
}): Liquidated {
  const { totalBorrowAssets, totalBorrowShares } = p.market
  const quoted = mulDivUp(p.seizedAssets, p.priceE36, ORACLE_PRICE_SCALE)
  const repaidShares = toSharesUp(
    mulDivUp(quoted, WAD, liquidationIncentiveFactor(p.lltv)),
    totalBorrowAssets,
    totalBorrowShares,
  )
  return {
    seizedAssets: p.seizedAssets,
    repaidShares,
    repaidAssets: toAssetsUp(repaidShares, totalBorrowAssets, totalBorrowShares),
  }
}

/**
 * What repaying an amount of debt shares lets a liquidator seize; every rounding is against the liquidator.
 *
 * @param p.market - Books accrued to the time of the liquidation.
 */
export function liquidateByRepaying(p: {
  readonly market: MarketState
  readonly repaidShares: bigint
  readonly priceE36: bigint
  readonly lltv: bigint
}): Liquidated {
  const { totalBorrowAssets, totalBorrowShares } = p.market
  const worth = toAssetsDown(p.repaidShares, totalBorrowAssets, totalBorrowShares)
  const withBonus = mulDivDown(worth, liquidationIncentiveFactor(p.lltv), WAD)
  return {
    seizedAssets: mulDivDown(withBonus, ORACLE_PRICE_SCALE, p.priceE36),
    repaidShares: p.repaidShares,
    repaidAssets: toAssetsUp(p.repaidShares, totalBorrowAssets, totalBorrowShares),
  }
}
