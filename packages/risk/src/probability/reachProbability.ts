import { InvalidInputError } from '@plimsoll/domain'
import type { RunningExtremes } from './RunningExtremes.ts'
import type { SingleBarrier } from './singleBarrier.ts'

/**
 * Reads the probability of reaching a barrier off forecast quantiles of the running minimum or maximum.
 *
 * With `x` the distance in sigmas: monotone cubic in `−ln P` between the quantiles (Fritsch and Carlson's slopes) from
 * `P(0) = 1`; `P_last·(x/q_last)^{−index}` beyond the last. Never rises with the distance.
 *
 * @throws {@link InvalidInputError} when levels do not ascend inside 0 and 1, quantiles fall or are negative, or sigma or the
 *   tail index are not above zero.
 */
export function reachProbability(barrier: SingleBarrier, extremes: RunningExtremes): number {
  const side = barrier.side === 'fall' ? 'minimum' : 'maximum'
  assertExtremes(extremes, side)
  const { quantiles, tailIndex } = extremes[side]
  const x = barrier.distance / extremes.sigma
  if (!(x > 0)) return 1
  const xs = [0]
  const ys = [0]
  extremes.levels.forEach((level, i) => {
    const q = quantiles[i] ?? 0
    const y = -Math.log1p(-level)
    if (q > (xs[xs.length - 1] ?? 0)) {
      xs.push(q)
      ys.push(y)
    } else if (xs.length > 1) ys[ys.length - 1] = y // equal quantiles: the highest level holds
  })
  const last = xs.length - 1
  const end = xs[last] ?? 0
  if (last === 0) return 0 // all quantiles are zero: the price does not move
  if (x >= end) return Math.exp(-(ys[last] ?? 0)) * (x / end) ** -tailIndex
  let i = 0
  while (x >= (xs[i + 1] ?? end)) i++
  return Math.exp(-monotoneCubic(xs, ys, i, x))
}

function monotoneCubic(xs: readonly number[], ys: readonly number[], i: number, x: number): number {
  const rise = (j: number) => ((ys[j + 1] ?? 0) - (ys[j] ?? 0)) / ((xs[j + 1] ?? 0) - (xs[j] ?? 0))
  const slopeAt = (j: number): number => {
    if (j === 0) return rise(0)
    if (j === xs.length - 1) return rise(j - 1)
    const before = rise(j - 1)
    const after = rise(j)
    const w1 = 2 * ((xs[j + 1] ?? 0) - (xs[j] ?? 0)) + ((xs[j] ?? 0) - (xs[j - 1] ?? 0))
    const w2 = (xs[j + 1] ?? 0) - (xs[j] ?? 0) + 2 * ((xs[j] ?? 0) - (xs[j - 1] ?? 0))
    return before > 0 && after > 0 ? (w1 + w2) / (w1 / before + w2 / after) : 0
  }
  const h = (xs[i + 1] ?? 0) - (xs[i] ?? 0)
  const t = (x - (xs[i] ?? 0)) / h
  const a = ys[i] ?? 0
  const b = ys[i + 1] ?? 0
  const m = slopeAt(i) * h
  const n = slopeAt(i + 1) * h
  return a + t * (m + t * (3 * (b - a) - 2 * m - n + t * (m + n - 2 * (b - a))))
}

function assertExtremes(of: RunningExtremes, side: 'minimum' | 'maximum'): void {
  const check = (field: string, found: unknown, fine: boolean, allowed: string): void => {
    if (!fine) throw new InvalidInputError({ field, found, allowed })
  }
  const { quantiles, tailIndex } = of[side]
  const rising = (values: readonly number[], strictly: boolean) =>
    values.every(
      (v, i) => i === 0 || (strictly ? v > (values[i - 1] ?? 0) : v >= (values[i - 1] ?? 0)),
    )
  check('sigma', of.sigma, of.sigma > 0 && Number.isFinite(of.sigma), 'above 0, finite')
  check(
    'levels',
    of.levels,
    of.levels.length > 0 && of.levels.every((u) => u > 0 && u < 1) && rising(of.levels, true),
    'one or more, ascending, inside 0 and 1',
  )
  check(
    `quantiles of the ${side}`,
    quantiles,
    quantiles.length === of.levels.length &&
      quantiles.every((q) => q >= 0 && Number.isFinite(q)) &&
      rising(quantiles, false),
    'one by level, 0 or more, not falling',
  )
  check(
    `tailIndex of the ${side}`,
    tailIndex,
    tailIndex > 0 && Number.isFinite(tailIndex),
    'above 0, finite',
  )
}
