import type { AssetId } from './Asset.ts'

/** Return variance expected of one asset over horizons. Grows with issue after issue: quantiles follow. */
export type Forecast = {
  readonly asset: AssetId
  /** Name and version of the model that made it. */
  readonly model: string
  /** Time of the last bar it has seen. [ms] */
  readonly at: number
  /** Expected sum of squared log returns by horizon. */
  readonly horizons: readonly { readonly ms: number; readonly variance: number }[]
}

/** One observation of a price. */
export type PricePoint = {
  /** [ms] */
  readonly at: number
  /** [USD per whole token] */
  readonly price: number
}
