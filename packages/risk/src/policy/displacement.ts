import { normalDensity, normalTail } from '../probability/normalTail.ts'

import type { Regime } from './PolicyParameters.ts'

/** Weights of moving by `first, first + 1, …` grid steps. */
export type Displacement = { readonly first: number; readonly weights: Float64Array }

const HOURS_PER_YEAR = 8760
const ROUNDS = 12
const SMALLEST = 1e-3
const REACH = 5 // standard deviations of the widest part that the grid carries

/**
 * Distribution of one hour's change of ln health over whole grid steps.
 *
 * A diffusion with, at most once an hour, a jump. Mass between two nodes goes to both by linear interpolation: this keeps
 * the mean, and what it adds to the variance is taken out beforehand, so that cost hardly depends on the step.
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
  const { mean, variance, share } = normal
  const own = new Float64Array(weights.length)
  // `step²/6` on average; how much it really is depends on where the nodes lie when the step is as wide as the law.
  let taken = variance - step ** 2 / 6
  for (let round = 0; round < ROUNDS; round++) {
    const sd = Math.sqrt(Math.max(taken, SMALLEST * variance))
    const call = (x: number) => {
      const z = (x - mean) / sd
      return (x - mean) * normalTail(-z) + sd * normalDensity(z)
    }
    let [mass, sum, squares] = [0, 0, 0]
    for (let i = 0; i < own.length; i++) {
      const x = (first + i) * step
      const weight = Math.max(0, (call(x + step) - 2 * call(x) + call(x - step)) / step)
      own[i] = weight
      mass += weight
      sum += weight * x
      squares += weight * x * x
    }
    const found = squares / mass - (sum / mass) ** 2
    if (Math.abs(found / variance - 1) < 1e-4) break
    taken += variance - found
  }
  for (let i = 0; i < own.length; i++) weights[i] = (weights[i] ?? 0) + share * (own[i] as number)
}
