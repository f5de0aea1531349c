/** Length of a bar. [s] */
export const BAR_SECONDS = 300

/** Bars of one hour. */
export const BARS_PER_HOUR = 12

/** Five-minute bars of one asset on a grid without holes: a missing bar has `present` 0 and prices 0. */
export type Bars = {
  readonly asset: string
  /** Open time of the first bar, on a full hour. [s] */
  readonly start: number
  readonly length: number
  /** 1 where there is a bar, 0 where there is none. */
  readonly present: Uint8Array
  /** [USD per whole token] */
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** In the venue's own unit: comparable within one venue only. */
  readonly volume: Float64Array
  /** Index into `venues`. */
  readonly venue: Uint8Array
  readonly venues: readonly string[]
}

/** What is wrong with a file of bars. Nothing of it is filled silently. */
export type BarFinding = {
  readonly type: 'gap' | 'duplicate' | 'bad-row' | 'out-of-order'
  /** Line of the file, from 1; of the row after the gap. */
  readonly line: number
  /** Open time of the bar, or of the first missing bar; null where the row shows none. [s] */
  readonly at: number | null
  /** Missing bars; 1 for a row. */
  readonly bars: number
  readonly reason: string
}
