/** How far a price gets one way from where it starts, whenever within the horizon. */
export type Reach = {
  /** Quantiles of the distance in units of sigma, by level; not negative, not falling. */
  readonly quantiles: readonly number[]
  /** Hill index of the tail beyond the last quantile: `P(reach > x) ∝ x^{−index}`. */
  readonly tailIndex: number
}

/** Forecast of the lowest and the highest log-return of one asset within a horizon. Plain data. */
export type RunningExtremes = {
  /** [ms] */
  readonly ms: number
  /** Standard deviation of the log-return that the quantiles are in units of. */
  readonly sigma: number
  /** Levels of the quantiles, ascending, inside 0 and 1. */
  readonly levels: readonly number[]
  /** Depth of the running minimum. */
  readonly minimum: Reach
  /** Height of the running maximum. */
  readonly maximum: Reach
}
