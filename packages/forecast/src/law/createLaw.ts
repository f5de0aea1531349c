import type { ExcursionPoint, PriceLaw, ReturnQuantile } from '@plimsoll/domain'
import type { QuantileLevels } from '../model/Manifest.ts'

/** Least step between neighbouring quantiles, as a share of sigma: a law is strictly monotone. */
const LEAST_STEP = 1e-6

/**
 * Makes the distribution of a horizon from quantiles by level.
 *
 * Where quantiles cross, the one further out is moved out to its neighbour: a barrier never looks less likely than one
 * beyond it.
 *
 * @param p.sigma - Standard deviation of the horizon.
 * @param p.returns - Quantiles of the log return, by `levels.returns`.
 * @param p.fall - Distances of the lowest price, by `levels.excursions`. `p.rise` likewise of the highest.
 */
export function createLaw(p: {
  readonly sigma: number
  readonly levels: QuantileLevels
  readonly returns: readonly number[]
  readonly fall: readonly number[]
  readonly rise: readonly number[]
  readonly fallTail: number
  readonly riseTail: number
}): PriceLaw {
  const step = LEAST_STEP * p.sigma
  return {
    returns: returnQuantiles(p.levels.returns, p.returns, step),
    fall: { points: excursions(p.levels.excursions, p.fall, step), tailIndex: p.fallTail },
    rise: { points: excursions(p.levels.excursions, p.rise, step), tailIndex: p.riseTail },
  }
}

/** From the median outwards, so that a crossing widens the law. */
function returnQuantiles(
  levels: readonly number[],
  values: readonly number[],
  step: number,
): readonly ReturnQuantile[] {
  const out = levels.map((probability, i) => ({ probability, value: values[i] ?? Number.NaN }))
  const middle = levels.findIndex((level) => level >= 0.5)
  const centre = middle < 0 ? levels.length - 1 : middle
  const set = (i: number, bound: number, side: 1 | -1): number => {
    const point = out[i]
    if (point === undefined) return bound
    const value = side * Math.max(side * point.value, side * bound + step)
    out[i] = { ...point, value }
    return value
  }
  let above = out[centre]?.value ?? 0
  for (let i = centre + 1; i < out.length; i++) above = set(i, above, 1)
  let below = out[centre]?.value ?? 0
  for (let i = centre - 1; i >= 0; i--) below = set(i, below, -1)
  return out
}

function excursions(
  levels: readonly number[],
  distances: readonly number[],
  step: number,
): readonly ExcursionPoint[] {
  let before = 0
  return levels.map((probability, i) => {
    const distance = Math.max(distances[i] ?? Number.NaN, before + step)
    before = distance
    return { probability, distance }
  })
}
