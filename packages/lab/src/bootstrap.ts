import { createRandom } from './createRandom.ts'

/** A statistic with its 95 % interval. */
export type Interval = { readonly value: number; readonly low: number; readonly high: number }

/**
 * Difference of a statistic between two policies on the same paths, with its percentile bootstrap interval.
 *
 * Paths are drawn with replacement, both policies together, so that what a path did to both cancels.
 *
 * @param statistic - of the costs of the drawn paths; the mean unless given.
 * @param draws - resamples.
 */
export function pairedDifference(p: {
  readonly ours: Float64Array
  readonly theirs: Float64Array
  readonly seed: number
  readonly draws?: number
  readonly statistic?: (costs: Float64Array) => number
}): Interval {
  const { ours, theirs, statistic = mean, draws = 2_000 } = p
  const random = createRandom(p.seed, 0)
  const count = ours.length
  const a = new Float64Array(count)
  const b = new Float64Array(count)
  const differences = new Float64Array(draws)
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < count; i++) {
      const drawn = Math.floor(random.uniform() * count)
      a[i] = ours[drawn] as number
      b[i] = theirs[drawn] as number
    }
    differences[draw] = statistic(a) - statistic(b)
  }
  differences.sort()
  return {
    value: statistic(ours) - statistic(theirs),
    low: quantile(differences, 0.025),
    high: quantile(differences, 0.975),
  }
}

/** Average. */
export function mean(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Quantile of sorted values, linear between neighbours. */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] as number
  const high = sorted[Math.min(sorted.length - 1, below + 1)] as number
  return low + (position - below) * (high - low)
}
