import { InvalidNumberError } from './errors.ts'
import { mulDivDown, mulDivHalfUp, mulDivUp } from './rounding.ts'

declare const unit: unique symbol
type Unit<Name extends string> = bigint & { readonly [unit]: Name }

/** Ratio scaled by 1e18: health factor, ltv, leverage, margin ratio, funding rate. */
export type Wad = Unit<'Wad'>
/** Interest index or lending rate scaled by 1e27, as Aave stores them. */
export type Ray = Unit<'Ray'>
/** USD value scaled by 1e8: collateral, debt, notional, PnL. */
export type Usd = Unit<'Usd'>
/** USD per whole token scaled by 1e18. */
export type Price = Unit<'Price'>
/** Share scaled by 1e4: protocol parameters and limits. */
export type Bps = Unit<'Bps'>

export const WAD = 10n ** 18n
export const RAY = 10n ** 27n
export const USD = 10n ** 8n
export const BPS = 10_000n

export const wad = (value: bigint): Wad => value as Wad
export const ray = (value: bigint): Ray => value as Ray
export const usd = (value: bigint): Usd => value as Usd
export const price = (value: bigint): Price => value as Price
export const bps = (value: bigint): Bps => value as Bps

/** Largest health factor: what a position without debt has. */
export const MAX_HEALTH_FACTOR = wad(2n ** 256n - 1n)

/** Carries a share into a ratio. Exact. */
export const wadFromBps = (value: Bps): Wad => wad(value * (WAD / BPS))

/**
 * Carries a statistic back into fixed point, the one way from `number` to money.
 *
 * Rounds to the nearest unit the double can express.
 *
 * @throws {@link InvalidNumberError} on NaN, infinities and |value| ≥ 1e21.
 */
export function wadFromNumber(value: number): Wad {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21)
    throw new InvalidNumberError({ found: value, allowed: 'a finite number below 1e21 in size' })
  const whole = Math.trunc(value)
  return wad(BigInt(whole) * WAD + BigInt(Math.round((value - whole) * 1e18)))
}

/** @throws {@link InvalidNumberError} as {@link wadFromNumber}. */
export const priceFromNumber = (value: number): Price => price(wadFromNumber(value))

/** Ratio for statistics and display; loses digits beyond 2^53. */
export const numberFromWad = (value: Wad | Price): number => fixedToNumber(value, 18)
/** USD for statistics and display. */
export const numberFromUsd = (value: Usd): number => fixedToNumber(value, 8)
/** Yearly rate for statistics and display. */
export const numberFromRay = (value: Ray): number => fixedToNumber(value, 27)
/** Whole tokens for statistics and display. */
export const numberFromRaw = (raw: bigint, decimals: number): number => fixedToNumber(raw, decimals)

/**
 * Whole tokens to a raw amount, rounded down toward zero: what is spent never exceeds what was meant.
 *
 * @throws {@link InvalidNumberError} as {@link wadFromNumber}.
 */
export function rawFromNumber(value: number, decimals: number): bigint {
  const scaled = wadFromNumber(value)
  return decimals >= 18
    ? scaled * 10n ** BigInt(decimals - 18)
    : scaled / 10n ** BigInt(18 - decimals)
}

/** Value of an amount, rounded down: for collateral and equity. [USD 1e8] */
export const valueDown = (raw: bigint, decimals: number, at: Price): Usd =>
  usd(mulDivDown(raw, at, 10n ** BigInt(decimals + 10)))
/** Value of an amount, rounded up: for debt and margin requirements. [USD 1e8] */
export const valueUp = (raw: bigint, decimals: number, at: Price): Usd =>
  usd(mulDivUp(raw, at, 10n ** BigInt(decimals + 10)))
/** Amount worth a value, rounded down: what is spent or withdrawn. [raw] */
export const rawDown = (value: Usd, decimals: number, at: Price): bigint =>
  mulDivDown(value, 10n ** BigInt(decimals + 10), at)
/** Amount worth a value, rounded up: what must be covered. [raw] */
export const rawUp = (value: Usd, decimals: number, at: Price): bigint =>
  mulDivUp(value, 10n ** BigInt(decimals + 10), at)

/** Aave's `rayMul`: product of two rays rounded half up. [RAY] */
export const rayMul = (a: Ray, b: Ray): Ray => ray(mulDivHalfUp(a, b, RAY))

/** Two roundings of a float, no big division: half of the time of a plan went there. */
const fixedToNumber = (value: bigint, decimals: number): number => Number(value) / 10 ** decimals
