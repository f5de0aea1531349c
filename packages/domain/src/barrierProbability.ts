import type { ExcursionLaw, PriceLaw } from './Forecast.ts'
import { normalCdf, normalQuantile } from './normal.ts'

/** Levels of laws are few and asked for again and again. */
const reaches = new Map<number, number>()
const MOST_LEVELS = 1_000

/** How many standard deviations away a driftless walk's barrier of this probability is: the inverse of reflection. */
function reach(probability: number): number {
  const known = reaches.get(probability)
  if (known !== undefined) return known
  const found = -normalQuantile(probability / 2)
  if (reaches.size < MOST_LEVELS) reaches.set(probability, found)
  return found
}

/**
 * Probability that the price comes at least `distance` far within the horizon, at any moment of it.
 *
 * Between points, and from `P = 1` at no distance, `Φ⁻¹(1 − P/2)` is linear in the distance, as it is for a driftless
 * walk; beyond the last, `P` falls as `(distance / last)^(−tailIndex)`.
 *
 * @param distance - Log ratio of prices, `ln(now / barrier)` for a fall; 0 or less is certain.
 * @returns Probability, 0 to 1.
 *
 * @example
 * barrierProbability(horizon.law.fall, Math.log(price / liquidationPrice)) // a long
 */
export function barrierProbability(law: ExcursionLaw, distance: number): number {
  if (!(distance > 0)) return 1
  let before = { probability: 1, distance: 0 }
  for (const point of law.points) {
    if (distance <= point.distance) {
      const share = (distance - before.distance) / (point.distance - before.distance)
      const from = reach(before.probability)
      return 2 * normalCdf(-(from + share * (reach(point.probability) - from)))
    }
    before = point
  }
  return before.distance > 0
    ? before.probability * (distance / before.distance) ** -law.tailIndex
    : 0
}

/**
 * Distance that the price reaches with a given probability: the inverse of {@link barrierProbability}.
 *
 * @param probability - Above 0, at most 1.
 */
export function barrierDistance(law: ExcursionLaw, probability: number): number {
  let before = { probability: 1, distance: 0 }
  for (const point of law.points) {
    if (probability >= point.probability) {
      const from = reach(before.probability)
      const share = (reach(probability) - from) / (reach(point.probability) - from)
      return before.distance + share * (point.distance - before.distance)
    }
    before = point
  }
  return before.distance * (before.probability / probability) ** (1 / law.tailIndex)
}

/**
 * Quantile of the log return: linear between points; beyond the outermost it grows by the tail of the excursion to that
 * side, anchored at the outermost point.
 */
export function returnQuantile(law: PriceLaw, probability: number): number {
  const points = law.returns
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return 0
  if (probability < first.probability)
    return first.value * (first.probability / probability) ** (1 / law.fall.tailIndex)
  if (probability > last.probability)
    return last.value * ((1 - last.probability) / (1 - probability)) ** (1 / law.rise.tailIndex)
  let before = first
  for (const point of points) {
    if (probability <= point.probability) {
      const width = point.probability - before.probability
      const share = width > 0 ? (probability - before.probability) / width : 0
      return before.value + share * (point.value - before.value)
    }
    before = point
  }
  return last.value
}
