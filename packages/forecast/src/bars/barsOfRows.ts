import { BAR_SECONDS, type Bars } from './Bars.ts'
import { emptyBars } from './parseBars.ts'

/** One bar by itself. */
export type BarRow = {
  /** When it opens. [s] */
  readonly at: number
  /** [USD per whole token] */
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

const HOUR = 3_600

/** Puts bars on a grid from the full hour before the first; they are in order, and what is between them is missing. */
export function barsOfRows(asset: string, rows: readonly BarRow[]): Bars {
  const start = Math.floor((rows[0]?.at ?? 0) / HOUR) * HOUR
  const length = ((rows.at(-1)?.at ?? start) - start) / BAR_SECONDS + 1
  const bars = emptyBars(asset, start, length, ['prices'])
  for (const { at, open, high, low, close } of rows) {
    const i = (at - start) / BAR_SECONDS
    bars.present[i] = 1
    bars.open[i] = open
    bars.high[i] = high
    bars.low[i] = low
    bars.close[i] = close
  }
  return bars
}
