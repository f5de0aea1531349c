/** √10: what is left of impact's denominator when nine tenths of the depth are gone. */
export const MAX_STRESS = 3.2

/**
 * Stress multiplier of impact: `ζ = clip(√(σ_30m / σ̄), 1, 3.2)`.
 *
 * @param recent - Volatility of the last half hour.
 * @param usual - Volatility in the long run, in the same unit.
 * @returns The largest stress where either is not a number above zero: unknown is not calm.
 * @see RISK.md F1
 */
export function stressMultiplier(recent: number, usual: number): number {
  const ratio = recent / usual
  if (!(recent >= 0) || !(usual > 0) || !Number.isFinite(ratio)) return MAX_STRESS
  return Math.min(MAX_STRESS, Math.max(1, Math.sqrt(ratio)))
}
