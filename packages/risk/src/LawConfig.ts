import { DEFAULT_RETURN_LAW_CONFIG, type ReturnLawConfig } from './probability/createReturnLaw.ts'

/** How prices are taken to move beyond what a forecast says: what turns distances into probabilities. */
export type LawConfig = Omit<ReturnLawConfig, 'stable' | 'correlation'> & {
  /**
   * Correlation of any two volatile assets is somewhere between these; of both ends the worse probability counts, so a
   * spread is not taken for a hedge, nor two collaterals for diversification.
   */
  readonly correlation: { readonly low: number; readonly high: number }
  /** Volatility of a day of what has no forecast, where a breaker must know whether a venue is about to liquidate. */
  readonly fallbackSigma24h: number
}

const { stable: _, ...RETURNS } = DEFAULT_RETURN_LAW_CONFIG

/** Defaults of RISK.md part B, for any correlation from 0.5 to 0.95. */
export const DEFAULT_LAW: LawConfig = {
  ...RETURNS,
  correlation: { low: 0.5, high: 0.95 },
  fallbackSigma24h: 0.08,
}
