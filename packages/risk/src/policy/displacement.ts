import { normalDensity, normalTail } from '../probability/normalTail.ts'

import type { Regime } from './PolicyParameters.ts'

/** Weights of moving by `first, first + 1, …` grid steps. */
export type Displacement = { readonly first: number; readonly weights: Float64Array }

const HOURS_PER_YEAR = 8760
const REACH = 5 // standard deviations of the widest part that the grid carries

/**
 * Distribution of one hour's change of ln health over whole grid steps.
 *
 * A diffusion with, at most once an hour, a jump. Mass between two nodes goes to both by linear interpolation: this keeps
 * the mean, and the `step²/6` it adds to the variance is taken out beforehand.
 */
export function displacementOf(regime: Regime, step: number): Displacement {
  const variance = regime.volatility ** 2 / HOURS_PER_YEAR
  const jump = Math.min(1, regime.jumpRate / HOURS_PER_YEAR)
  const drift = -0.5 * variance
  const jumpVariance = variance + regime.jumpSd ** 2
  const low = Math.min(
    drift - REACH * Math.sqrt(variance),
    jump > 0 ? drift + regime.jumpMean - REACH * Math.sqrt(jumpVariance) : 0,
  )
  const high = Math.max(
    drift + REACH * Math.sqrt(variance),
    jump > 0 ? drift + regime.jumpMean + REACH * Math.sqrt(jumpVariance) : 0,
  )
  const first = Math.floor(low / step) - 1
  const last = Math.ceil(high / step) + 1
  const weights = new Float64Array(last - first + 1)
  addNormal(weights, first, step, { mean: drift, variance, share: 1 - jump })
  if (jump > 0)
    addNormal(weights, first, step, {
      mean: drift + regime.jumpMean,
      variance: jumpVariance,
      share: jump,
    })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return { first, weights: weights.map((weight) => weight / total) }
}

/** Adds `share × E[hat(X − node)]` per node: the second difference of `E[(x − X)⁺]`. */
function addNormal(
  weights: Float64Array,
  first: number,
  step: number,
  normal: { readonly mean: number; readonly variance: number; readonly share: number },
): void {
  const sd = Math.sqrt(Math.max(normal.variance - step ** 2 / 6, 1e-12))
  const call = (x: number) => {
    const z = (x - normal.mean) / sd
    return (x - normal.mean) * normalTail(-z) + sd * normalDensity(z)
  }
  for (let i = 0; i < weights.length; i++) {
    const x = (first + i) * step
    const weight = (call(x + step) - 2 * call(x) + call(x - step)) / step
    weights[i] = (weights[i] ?? 0) + normal.share * Math.max(0, weight)
  }
}
