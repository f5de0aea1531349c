import { type ImpactTerms, LINEAR_BELOW } from './ImpactTerms.ts'

/**
 * Log-price move of an unabsorbed flow by the square-root law.
 *
 * `I(J) = Y·σ_D·ζ·√(J/V_D)`, and linear from zero below `J = 10⁻⁴·V_D`, where both agree. Infinite where the market has no
 * volume, for nothing is known to bear it.
 *
 * @param flow - Net flow that the market has not absorbed, of either sign. [USD]
 * @returns Move with the sign of the flow.
 * @see Tóth et al., PRX 1, 021006 (2011); Donier and Bonart, arXiv:1412.4503; crossover: Bucci et al., arXiv:1811.05230; RISK.md F1
 */
export function squareRootImpact(flow: number, terms: ImpactTerms): number {
  if (flow === 0) return 0
  const { dailyVolume, dailyVolatility, stress, prefactor } = terms
  if (!(dailyVolume > 0)) return Math.sign(flow) * Number.POSITIVE_INFINITY
  const share = Math.abs(flow) / dailyVolume
  const shape = share < LINEAR_BELOW ? share / Math.sqrt(LINEAR_BELOW) : Math.sqrt(share)
  return Math.sign(flow) * prefactor * dailyVolatility * stress * shape
}

/**
 * Flow that moves the log-price by an amount: the inverse of {@link squareRootImpact}. [USD]
 *
 * Zero where the market has no volume or its terms are no numbers: what is unknown bears nothing.
 */
export function flowOfImpact(move: number, terms: ImpactTerms): number {
  const { dailyVolume, dailyVolatility, stress, prefactor } = terms
  const shape = move / (prefactor * dailyVolatility * stress)
  if (!(shape > 0) || !Number.isFinite(shape) || !(dailyVolume > 0)) return 0
  const share = shape * shape < LINEAR_BELOW ? shape * Math.sqrt(LINEAR_BELOW) : shape * shape
  return share * dailyVolume
}
