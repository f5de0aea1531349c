import type { AssetId } from '@plimsoll/domain'
import type { VolOfVol } from './probability/ReturnLaw.ts'

/** How prices are taken to move beyond what a forecast says: what turns distances into probabilities. */
export type LawConfig = {
  /**
   * Correlation of any two volatile assets is somewhere between these; of both ends the worse probability counts, so a
   * spread is not taken for a hedge, nor two collaterals for diversification.
   */
  readonly correlation: { readonly low: number; readonly high: number }
  /** How little is known of the variance that is forecast. */
  readonly volOfVol: VolOfVol
  readonly jumps: {
    /** [per year] */
    readonly perYear: number
    readonly mean: number
    readonly sd: number
    readonly correlation: number
    /** Assets whose jumps are as drawn; those of all others are twice as large. */
    readonly majors: readonly AssetId[]
  }
  /** Time between two updates of what a venue liquidates on. [ms] */
  readonly updateMs: number
  /** Degrees of freedom of one update's return; null for normal. */
  readonly innovationDf: number | null
  /** Volatility of a day of what has no forecast, where a breaker must know whether a venue is about to liquidate. */
  readonly fallbackSigma24h: number
}

/**
 * Defaults of RISK.md part B: ν = 0.8 at 24 h, 24 jumps a year of −2 % ± 5 %, an update every five minutes.
 */
export const DEFAULT_LAW: LawConfig = {
  correlation: { low: 0.5, high: 0.95 },
  volOfVol: { sd: 0.93, halfLifeMs: 86_400_000 },
  jumps: { perYear: 24, mean: -0.02, sd: 0.05, correlation: 0.8, majors: ['BTC', 'ETH'] },
  updateMs: 300_000,
  innovationDf: 5,
  fallbackSigma24h: 0.08,
}
