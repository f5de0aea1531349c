import { BARS_PER_HOUR } from '../bars/Bars.ts'
import { type BarSums, between, coverage, FLOOR_PER_BAR } from './createBarSums.ts'

/** Horizons of every forecast. [h] */
export const HORIZON_HOURS = [1, 4, 24] as const

/** What became of an origin: a forecast is scored on it. NaN where it is not known. */
export type Target = {
  /** Σ r² over the horizon, scaled to all its bars. */
  readonly rv: number
  /** Log return from the last close before to the last close within. */
  readonly ret: number
  /** Log of the lowest and highest price within over the last close before. */
  readonly min: number
  readonly max: number
}

const NONE: Target = { rv: Number.NaN, ret: Number.NaN, min: Number.NaN, max: Number.NaN }

/**
 * What happened in the `hours` from bar `i` on. A horizon needs 98 % of its bars; one with a change of venue keeps its
 * variance and loses its prices.
 */
export function targetAt(sums: BarSums, i: number, hours: number): Target {
  const width = hours * BARS_PER_HOUR
  const to = i + width
  const { bars } = sums
  if (i < 1 || to > bars.length || coverage(sums, i, to) < 0.98) return NONE
  const rv = Math.max(between(sums.squares, i, to), width * FLOOR_PER_BAR)
  const from = sums.lastClose[i] ?? Number.NaN
  if (between(sums.switches, i, to) > 0 || bars.present[i - 1] !== 1) return { ...NONE, rv }
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (let k = i; k < to; k++) {
    if (bars.present[k] !== 1) continue
    low = Math.min(low, bars.low[k] ?? low)
    high = Math.max(high, bars.high[k] ?? high)
  }
  return {
    rv,
    ret: (sums.lastClose[to] ?? Number.NaN) - from,
    min: Math.log(low) - from,
    max: Math.log(high) - from,
  }
}
