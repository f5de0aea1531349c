import { BAR_SECONDS, type Bars } from '../bars/Bars.ts'

/** Least variance of one bar: a price that stood still is never infinitely calm. */
export const FLOOR_PER_BAR = 1e-9

/**
 * Bars as log returns with running sums: whatever a window holds is one subtraction.
 *
 * Entry `i` of a sum covers bars `0` to `i − 1`, so a window of `w` bars before `i` is `sum[i] − sum[i − w]`. A sum never
 * looks ahead: cutting the bars off after `i` leaves entry `i` as it was, to the last bit.
 */
export type BarSums = {
  readonly bars: Bars
  /** Log return of each bar; 0 where there is none. After a hole or a change of venue, within the bar. */
  readonly returns: Float64Array
  /** Number of bars present. */
  readonly count: Float64Array
  /** Σ r */
  readonly drift: Float64Array
  /** Σ r² */
  readonly squares: Float64Array
  /** Σ r² of falls. */
  readonly falls: Float64Array
  /** π/2 · Σ |r||r before|: what variance would be without jumps. */
  readonly bipower: Float64Array
  /** Σ ln(high/low)² / (4 ln 2), Parkinson's variance. */
  readonly ranges: Float64Array
  /** Σ volume */
  readonly volume: Float64Array
  /** Number of changes of venue. */
  readonly switches: Float64Array
  /** Log of the last known close before bar `i`; NaN before the first. */
  readonly lastClose: Float64Array
}

/** Computes the running sums of bars. */
export function createBarSums(bars: Bars): BarSums {
  const size = bars.length + 1
  const sums = {
    returns: new Float64Array(bars.length),
    count: new Float64Array(size),
    drift: new Float64Array(size),
    squares: new Float64Array(size),
    falls: new Float64Array(size),
    bipower: new Float64Array(size),
    ranges: new Float64Array(size),
    volume: new Float64Array(size),
    switches: new Float64Array(size),
    lastClose: new Float64Array(size).fill(Number.NaN),
  }
  let close = Number.NaN
  let venue = -1
  let adjacent = false // whether the bar before is there
  let before = 0 // its return
  for (let i = 0; i < bars.length; i++) {
    const here = bars.present[i] === 1
    const moved = here && venue >= 0 && bars.venue[i] !== venue
    let r = 0
    let range = 0
    if (here) {
      const now = Math.log(at(bars.close, i))
      r = now - (adjacent && !moved ? close : Math.log(at(bars.open, i)))
      range = Math.log(at(bars.high, i) / at(bars.low, i)) ** 2 / (4 * Math.LN2)
      close = now
      venue = at(bars.venue, i)
    }
    sums.returns[i] = r
    sums.count[i + 1] = at(sums.count, i) + (here ? 1 : 0)
    sums.drift[i + 1] = at(sums.drift, i) + r
    sums.squares[i + 1] = at(sums.squares, i) + r * r
    sums.falls[i + 1] = at(sums.falls, i) + (r < 0 ? r * r : 0)
    sums.bipower[i + 1] = at(sums.bipower, i) + (Math.PI / 2) * Math.abs(r * before)
    sums.ranges[i + 1] = at(sums.ranges, i) + range
    sums.volume[i + 1] = at(sums.volume, i) + (here ? at(bars.volume, i) : 0)
    sums.switches[i + 1] = at(sums.switches, i) + (moved ? 1 : 0)
    sums.lastClose[i + 1] = close
    adjacent = here
    before = r
  }
  return { bars, ...sums }
}

/** Position on the grid of the first bar at or after a time. */
export const indexAt = (bars: Bars, time: number): number => (time - bars.start) / BAR_SECONDS

/** What a running sum holds in bars `from` to `to − 1`; bars before the first hold nothing. */
export const between = (sum: Float64Array, from: number, to: number): number =>
  at(sum, Math.max(0, Math.min(to, sum.length - 1))) -
  at(sum, Math.max(0, Math.min(from, sum.length - 1)))

/** Share of bars that are there in `from` to `to − 1`. */
export const coverage = (sums: BarSums, from: number, to: number): number =>
  between(sums.count, from, to) / (to - from)

/**
 * Realised variance per bar in bars `from` to `to − 1`: `Σ r² / bars present`, at least {@link FLOOR_PER_BAR}.
 */
export function variancePerBar(sums: BarSums, from: number, to: number): number {
  const count = between(sums.count, from, to)
  return count === 0
    ? FLOOR_PER_BAR
    : Math.max(FLOOR_PER_BAR, between(sums.squares, from, to) / count)
}

const at = (array: Float64Array | Uint8Array, i: number): number => array[i] ?? Number.NaN
