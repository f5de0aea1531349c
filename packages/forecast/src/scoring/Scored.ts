/** Barriers that are scored, as shares below the price of the origin. */
export const BARRIERS = [0.02, 0.05, 0.1, 0.2] as const

/** A forecast of one origin and horizon, as `plimsoll model forecast` writes it. */
export type ForecastRow = {
  /** Origin: what is known is strictly before. [s] */
  readonly timestamp: number
  readonly asset: string
  readonly hours: number
  /** Expected sum of squared log returns. */
  readonly variance: number
  /** Quantiles of the log return at .5, 1, 99 and 99.5 %; null where the model gives none. */
  readonly quantiles: readonly [q005: number, q01: number, q99: number, q995: number] | null
  /** P(lowest price ≤ price × (1 − d)) by {@link BARRIERS}; null where the model gives none. */
  readonly barriers: readonly number[] | null
}

/** What became of an origin and horizon; NaN where unknown. */
export type TruthRow = {
  readonly timestamp: number
  readonly asset: string
  readonly hours: number
  readonly rv: number
  readonly ret: number
  readonly min: number
}

/** Score of one asset and horizon. */
export type Score = {
  readonly asset: string
  readonly hours: number
  readonly n: number
  /** `mean(RV/f − ln(RV/f) − 1)`; 0 is perfect. */
  readonly qlike: number
  /** Mean square of `ln RV − ln f`, its mean removed; then as it is. */
  readonly mseLog: number
  readonly mseLogRaw: number
  readonly r2Log: number
  /** Mean of what happened over mean of what was forecast. */
  readonly bias: number
  /** Share of returns within the 99 % band, and below the 1 % quantile. */
  readonly band99: number
  readonly tail1: number
  readonly barriers: readonly BarrierScore[]
  /** Against a reference on common rows; null without one. */
  readonly versus: { readonly percent: number; readonly t: number } | null
}

/** Score of one barrier. */
export type BarrierScore = {
  readonly barrier: number
  readonly rate: number
  readonly mean: number
  readonly brier: number
  /** `1 − Brier / Brier of the window's own rate`; NaN where nothing or everything happened. */
  readonly skill: number
  readonly logLoss: number
}
