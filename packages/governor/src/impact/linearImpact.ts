import type { ImpactTerms } from './ImpactTerms.ts'

/**
 * Log-price move of a flow where impact is linear, as on a pool of constant liquidity.
 *
 * `I(J) = λ·ζ²·J/V_D`: a tenth of the depth in stress (ζ² = 10) makes the same flow move ten times as much.
 *
 * @param flow - Net flow that the market has not absorbed, of either sign. [USD]
 * @param slope - λ: log-price per day's volume in calm.
 * @see RISK.md G, "Linear impact"
 */
export function linearImpact(
  flow: number,
  slope: number,
  terms: Pick<ImpactTerms, 'dailyVolume' | 'stress'>,
): number {
  if (flow === 0) return 0
  const { dailyVolume, stress } = terms
  if (!(dailyVolume > 0)) return Math.sign(flow) * Number.POSITIVE_INFINITY
  return (slope * stress * stress * flow) / dailyVolume
}
