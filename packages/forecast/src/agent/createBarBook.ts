import type { PricePoint } from '@plimsoll/domain'
import { BAR_SECONDS, type Bars } from '../bars/Bars.ts'
import { type BarRow, barsOfRows } from '../bars/barsOfRows.ts'
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

/**
 * Creates a book of one asset's bars.
 *
 * A bar opens with the last price of the bar before, where there is one, and is over with a price at its very end, which is
 * its close, or with a later one. Five minutes without a price have no bar.
 *
 * @param p.earlier - Bars from before the first price: a model looks back on months.
 * @param p.keep - Bars that are kept.
 */
export function createBarBook(p: {
  readonly asset: string
  readonly earlier: Bars | null
  readonly keep: number
}): BarBook {
  let rows: BarRow[] = p.earlier === null ? [] : rowsOf(p.earlier).slice(-p.keep)
  let open: BarRow | null = null
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
      const start = (Math.ceil(time / BAR_SECONDS) - 1) * BAR_SECONDS
      const known = rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY
      if (time <= last || start <= known || !(price > 0)) return
      last = time
      if (open !== null && open.at < start) close()
      const before: BarRow | undefined = rows.at(-1)
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
      if (time === start + BAR_SECONDS) close()
    },
    sums() {
      cached ??= rows.length === 0 ? null : createBarSums(barsOfRows(p.asset, rows))
      return cached
    },
    end: () => (rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + BAR_SECONDS,
  }
}

function rowsOf(bars: Bars): BarRow[] {
  const rows: BarRow[] = []
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
