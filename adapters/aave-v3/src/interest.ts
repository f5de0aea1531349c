import { BPS, mulDivHalfUp, RAY, WAD } from '@plimsoll/domain'

// Aave's fixed-point operations. All round half up, as the chain does; operands are never negative.

/** [RAY] */
export const rayMul = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, b, RAY)
/** [RAY] */
export const rayDiv = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, RAY, b)
/** [WAD] */
export const wadDiv = (a: bigint, b: bigint): bigint => mulDivHalfUp(a, WAD, b)
export const percentMul = (value: bigint, share: bigint): bigint => mulDivHalfUp(value, share, BPS)
export const percentDiv = (value: bigint, share: bigint): bigint => mulDivHalfUp(value, BPS, share)

/** Leap years are ignored. [s] */
const SECONDS_PER_YEAR = 31_536_000n

/** Growth of suppliers' claims since the last update: simple interest. [RAY] */
export function linearInterest(rate: bigint, seconds: bigint): bigint {
  return RAY + (rate * seconds) / SECONDS_PER_YEAR
}

/**
 * Growth of debt since the last update: three terms of the binomial series of interest compounded each second. [RAY]
 *
 * @see Aave v3.0.2 `MathUtils.calculateCompoundedInterest`
 */
export function compoundedInterest(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return RAY
  const pairs = seconds * (seconds - 1n)
  const triples = pairs * (seconds > 2n ? seconds - 2n : 0n)
  const squared = rayMul(rate, rate) / (SECONDS_PER_YEAR * SECONDS_PER_YEAR)
  const cubed = rayMul(squared, rate) / SECONDS_PER_YEAR
  return RAY + (rate * seconds) / SECONDS_PER_YEAR + (pairs * squared) / 2n + (triples * cubed) / 6n
}

/** The moving part of a reserve, as stored at its last update. */
export type ReserveIndexes = {
  /** [RAY] */
  readonly liquidityIndex: bigint
  /** Yearly, simple. [RAY] */
  readonly liquidityRate: bigint
  /** [RAY] */
  readonly variableBorrowIndex: bigint
  /** Yearly, simple. [RAY] */
  readonly variableBorrowRate: bigint
  /** [s] */
  readonly lastUpdate: bigint
}

/** What one scaled unit of an aToken is worth at a time. [RAY] @see Aave v3.0.2 `ReserveLogic.getNormalizedIncome` */
export function normalizedIncome(reserve: ReserveIndexes, timestamp: bigint): bigint {
  if (timestamp === reserve.lastUpdate) return reserve.liquidityIndex
  const growth = linearInterest(reserve.liquidityRate, timestamp - reserve.lastUpdate)
  return rayMul(growth, reserve.liquidityIndex)
}

/** What one scaled unit of variable debt owes at a time. [RAY] @see Aave v3.0.2 `ReserveLogic.getNormalizedDebt` */
export function normalizedDebt(reserve: ReserveIndexes, timestamp: bigint): bigint {
  if (timestamp === reserve.lastUpdate) return reserve.variableBorrowIndex
  const growth = compoundedInterest(reserve.variableBorrowRate, timestamp - reserve.lastUpdate)
  return rayMul(growth, reserve.variableBorrowIndex)
}
