import type { AssetId } from './Asset.ts'

/** What one asset's price is expected to do over horizons. */
export type Forecast = {
  readonly asset: AssetId
  /** Name and version of the model that made it. */
  readonly model: string
  /** Time of the last bar it has seen. [ms] */
  readonly at: number
  /** By horizon, shortest first. */
  readonly horizons: readonly HorizonForecast[]
}

/** What is expected of one horizon. */
export type HorizonForecast = {
  readonly ms: number
  /** Expected sum of squared log returns. */
  readonly variance: number
  /** Distribution of returns and of extremes; absent from a model that knows the variance only. */
  readonly law?: PriceLaw
}

/** Distribution of what happens over a horizon. */
export type PriceLaw = {
  /** Quantiles of the log return at the end of the horizon, rising in both. */
  readonly returns: readonly ReturnQuantile[]
  /** How far below the price of now the lowest price of the horizon lies: what a long fears. */
  readonly fall: ExcursionLaw
  /** How far above the price of now the highest price of the horizon lies: what a short fears. */
  readonly rise: ExcursionLaw
}

/** `P(return ≤ value) = probability`. */
export type ReturnQuantile = { readonly probability: number; readonly value: number }

/** Distribution of the largest excursion of the log price to one side. */
export type ExcursionLaw = {
  /** `P(excursion ≥ distance) = probability`: probability falls, distance rises, both strictly. */
  readonly points: readonly ExcursionPoint[]
  /** Beyond the last point, `P` falls as `distance^(−tailIndex)`. */
  readonly tailIndex: number
}

/** One point of an excursion's distribution. Distance is a log ratio of prices, above zero. */
export type ExcursionPoint = { readonly probability: number; readonly distance: number }

/** One observation of a price. */
export type PricePoint = {
  /** [ms] */
  readonly at: number
  /** [USD per whole token] */
  readonly price: number
}
