import type { AssetId } from './Asset.ts'
import { InvalidInputError, MissingPriceError } from './errors.ts'

/** Prices by asset. [USD per whole token] */
export type Prices = ReadonlyMap<AssetId, number>

/** `constant + Σ perToken_i × S_i`. [USD] */
export type Linear = {
  /** [USD] */
  readonly constant: number
  /** [tokens] */
  readonly perToken: ReadonlyMap<AssetId, number>
}

/**
 * Evaluates a linear function at prices. [USD]
 *
 * @throws MissingPriceError when an asset has no price.
 */
export function evaluate(linear: Linear, prices: Prices): number {
  let sum = linear.constant
  for (const [asset, tokens] of linear.perToken) sum += tokens * priceOf(asset, prices)
  return sum
}

/**
 * Price of one asset, never zero by default. [USD]
 *
 * @throws {@link MissingPriceError} when there is none.
 * @throws {@link InvalidInputError} when it is not above zero and finite.
 */
export function priceOf(asset: AssetId, prices: Prices): number {
  const value = prices.get(asset)
  if (value === undefined) throw new MissingPriceError({ asset, known: [...prices.keys()] })
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidInputError({
      field: `price of ${asset}`,
      found: value,
      allowed: 'above 0, finite',
    })
  return value
}

/** Adds to the entry of an asset, which starts at zero. */
export function accumulate(into: Map<AssetId, number>, asset: AssetId, amount: number): void {
  into.set(asset, (into.get(asset) ?? 0) + amount)
}
