import type { AssetId } from '@plimsoll/domain'

/** Expected variance of the log-return over a horizon, jumps not counted. */
export type VarianceKnot = {
  /** [ms] */
  readonly ms: number
  readonly variance: number
}

/**
 * Uncertainty of the variance: its logarithm is an Ornstein–Uhlenbeck process, stationary and common to all assets.
 *
 * What counts is the standard deviation `ν(T)` of ln of the variance integrated over a horizon, {@link volOfVolAt}.
 */
export type VolOfVol = {
  /** Stationary standard deviation of ln variance. */
  readonly sd: number
  /** [ms] */
  readonly halfLifeMs: number
}

/** Jumps come to all assets at the same times, with correlated normal sizes. */
export type JumpLaw = {
  /** [per year of 365 days] */
  readonly perYear: number
  /** Mean log-return of a jump, in the order of the law's assets. */
  readonly mean: readonly number[]
  /** Standard deviation of a jump, in the order of the law's assets. */
  readonly sd: readonly number[]
  /** Correlation of the sizes of a jump between any two assets, 0 to 1. */
  readonly correlation: number
}

/**
 * How prices move: what turns a distance to liquidation into a probability. Plain data.
 *
 * Log-returns of a horizon given the common variance factor `v` and the number of jumps `k` are normal with covariance
 * `v·Σ_T + k·Σ_J`; prices have no drift: the mean is `−½ v·Σ_ii` and what compensates the jumps.
 *
 * @see RISK.md part B
 */
export type ReturnLaw = {
  readonly assets: readonly AssetId[]
  /** By asset, ascending in time; linear in variance between knots, at the last knot's rate beyond. Empty: pinned. */
  readonly variance: readonly (readonly VarianceKnot[])[]
  /** One correlation for all pairs, or the whole matrix. */
  readonly correlation: number | readonly (readonly number[])[]
  readonly volOfVol: VolOfVol
  /** Null: none. */
  readonly jumps: JumpLaw | null
  /** Time between two updates of the price a venue liquidates on. [ms] */
  readonly updateMs: number
  /** Degrees of freedom of Student's t of one update's return, above 4; null: normal. Counts where updates are few. */
  readonly innovationDf: number | null
}
