import type { PricePoint } from '@plimsoll/domain'
import { BAR_SECONDS, type Bars } from '../bars/Bars.ts'
import { emptyBars } from '../bars/parseBars.ts'
import { type BarSums, createBarSums } from '../features/createBarSums.ts'

/** Prices as they come, made into five-minute bars. */
export type BarBook = {
  /** Takes a price; one that is not later than the last is skipped. */
  observe(point: PricePoint): void
  /** Bars that are over, with their sums; null before the first. The same object until another bar is over. */
  sums(): BarSums | null
  /** End of the last bar that is over. [s] */
  end(): number
}

type Row = {
  readonly at: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

const HOUR = 3_600

/**
 * Creates a book of one asset's bars.
 *
 * A bar opens with the last price of the bar before, where there is one, and is over when a later price or the clock is
 * past its end. Five minutes without a price have no bar.
 *
 * @param p.earlier - Bars from before the first price: a model looks back on months.
 * @param p.keep - Bars that are kept.
 */
export function createBarBook(p: {
  readonly asset: string
  readonly earlier: Bars | null
  readonly keep: number
}): BarBook {
  let rows: Row[] = p.earlier === null ? [] : rowsOf(p.earlier).slice(-p.keep)
  let open: Row | null = null
  let cached: BarSums | null = null
  let last = rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY // time of the last price, or bar. [s]

  const close = (): void => {
    if (open === null) return
    rows.push(open)
    if (rows.length > 1.1 * p.keep) rows = rows.slice(-p.keep)
    open = null
    cached = null
  }

  return {
    observe({ at, price }) {
      const time = at / 1000
      const start = Math.floor(time / BAR_SECONDS) * BAR_SECONDS
      const known = rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY
      if (time <= last || start <= known || !(price > 0)) return
      last = time
      if (open !== null && open.at < start) close()
      const before: Row | undefined = rows.at(-1)
      const first = before !== undefined && before.at === start - BAR_SECONDS ? before.close : price
      open =
        open === null
          ? {
              at: start,
              open: first,
              high: Math.max(first, price),
              low: Math.min(first, price),
              close: price,
            }
          : {
              ...open,
              high: Math.max(open.high, price),
              low: Math.min(open.low, price),
              close: price,
            }
    },
    sums() {
      cached ??= rows.length === 0 ? null : createBarSums(barsOf(p.asset, rows))
      return cached
    },
    end: () => (rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + BAR_SECONDS,
  }
}

function rowsOf(bars: Bars): Row[] {
  const rows: Row[] = []
  for (let i = 0; i < bars.length; i++)
    if (bars.present[i] === 1)
      rows.push({
        at: bars.start + i * BAR_SECONDS,
        open: bars.open[i] ?? 0,
        high: bars.high[i] ?? 0,
        low: bars.low[i] ?? 0,
        close: bars.close[i] ?? 0,
      })
  return rows
}

function barsOf(asset: string, rows: readonly Row[]): Bars {
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
