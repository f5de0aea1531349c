/** What the square-root law needs to know of one asset's market. */
export type ImpactTerms = {
  /** Volume of a day. [USD] */
  readonly dailyVolume: number
  /** Volatility of a day: standard deviation of the log-price. */
  readonly dailyVolatility: number
  /** Stress multiplier ζ, 1 in calm; see `stressMultiplier`. */
  readonly stress: number
  /** Prefactor Y of the law, about 1; see `calibrateImpact`. */
  readonly prefactor: number
}

/** Share of a day's volume below which impact is linear in size: the law has no infinite slope at rest. */
export const LINEAR_BELOW = 1e-4
