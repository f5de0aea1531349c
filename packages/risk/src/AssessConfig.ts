import type { AssetId } from '@plimsoll/domain'
import { type BreakerConfig, DEFAULT_BREAKER_CONFIG } from './breakers/BreakerConfig.ts'
import { DEFAULT_LAW, type LawConfig } from './LawConfig.ts'
import { DEFAULT_STRESS_CONFIG, type StressConfig } from './stress/StressConfig.ts'

/** Numbers behind an assessment. */
export type AssessConfig = {
  /**
   * Correlation of log-returns between any two assets. `worst`: every pair moves together in the direction that
   * hurts, `σ = Σ |w_i| σ_i`, an upper bound for any correlation.
   */
  readonly correlation: 'worst' | number
  /** Assets counted without variance: their price is pinned to the dollar. */
  readonly stable: readonly AssetId[]
  /** `|oracle / market − 1|` above which prices are taken as diverged. */
  readonly maxDivergence: number
  /** Standard deviation of a 24-hour log-return of any asset above which the regime is stress. */
  readonly stressSigma24h: number
  /** Long-run standard deviation of a 24-hour log-return, against which volatility now is held. */
  readonly longRunSigma24h: number
  /** How prices are taken to move beyond what a forecast says. */
  readonly law: LawConfig
  readonly stress: StressConfig
  /** When prices are not trusted, and what is left to do then. */
  readonly breakers: BreakerConfig
}

/** Defaults: 2 % divergence, stress above a volatility of 5 % a day (about 95 % a year). */
export const DEFAULT_ASSESS_CONFIG: AssessConfig = {
  correlation: 'worst',
  stable: ['USDC', 'USD', 'sUSD'],
  maxDivergence: 0.02,
  stressSigma24h: 0.05,
  longRunSigma24h: 0.035,
  law: DEFAULT_LAW,
  stress: DEFAULT_STRESS_CONFIG,
  breakers: DEFAULT_BREAKER_CONFIG,
}
