/** What one hour of trading costs and how surely it goes through. */
export type CostLevel = {
  readonly proportionalCost: number
  readonly gasShare: number
  readonly impact: number
  readonly failure: number
}

/** One path of a market, hour by hour. */
export type Path = {
  /** `S(t + 1) / S(t)` */
  readonly growth: Float64Array
  /** ln of {@link growth} */
  readonly returns: Float64Array
  /** Cost of trading during the hour: 0 as in calm, 1 as in stress. */
  readonly costLevel: Float64Array
  /** Uniform number that decides whether an action of this hour fails: the same for every policy. */
  readonly luck: Float64Array
}

/** A market that can be drawn again and again. */
export type World = {
  readonly name: string
  readonly calm: CostLevel
  readonly stress: CostLevel
  /** Draws one path; the same seed and index give the same one. */
  path(seed: number, index: number, hours: number): Path
}

export const HOURS_PER_YEAR = 8760
