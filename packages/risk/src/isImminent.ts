import type { DomainAssessment } from './Assessment.ts'

/**
 * True when liquidation within five minutes is more likely than not: `2Φ(−b/σ) > 1/2` for a driftless path, that is
 * `b < 0.674·σ` over five minutes. Without a forecast only what can be liquidated now is imminent.
 *
 * @see RISK.md H2
 */
export function isImminent({
  health,
  sigma24h,
}: Pick<DomainAssessment, 'health' | 'sigma24h'>): boolean {
  if (health.type !== 'solvent') return health.type === 'insolvent'
  return health.lnHealth < 0.674 * (sigma24h ?? 0) * Math.sqrt(5 / 1_440)
}
