import { InvalidInputError } from '@plimsoll/domain'

/** One five-minute bar as an exchange tells it. */
type Kline = {
  /** Open time. [s] */
  readonly ts: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: string
}

/** Public klines of an exchange, page by page. */
export type Exchange = {
  /** Name in the column `venue`. */
  readonly venue: string
  /** Bars of one page at most. */
  readonly limit: number
  /** Address of the page that begins at a time. [s] */
  url(symbol: string, from: number): string
  /** Bars of a page, oldest first. @throws InvalidInputError when it is no page of klines. */
  parse(page: unknown): readonly Kline[]
}

const LIMIT = 1_000
const BAR_MS = 300_000

/** Binance's spot and USD-margined markets answer with rows of `[open time ms, open, high, low, close, volume, …]`. */
const binance = (venue: string, base: string): Exchange => ({
  venue,
  limit: LIMIT,
  url: (symbol, from) =>
    `${base}/klines?symbol=${symbol}&interval=5m&limit=${LIMIT}&startTime=${from * 1000}`,
  parse: (page) => rowsOf(venue, page).map((row) => klineOf(venue, row)),
})

/** Bybit answers with `result.list`, newest first, of `[start ms, open, high, low, close, volume, turnover]` as text. */
const bybit: Exchange = {
  venue: 'bybit_linear',
  limit: LIMIT,
  url: (symbol, from) =>
    `https://api.bybit.com/v5/market/kline?category=linear&symbol=${symbol}&interval=5&limit=${LIMIT}&start=${from * 1000}&end=${from * 1000 + (LIMIT - 1) * BAR_MS}`,
  parse(page) {
    const result: unknown =
      page !== null && typeof page === 'object' && 'result' in page ? page.result : null
    const list: unknown =
      result !== null && typeof result === 'object' && 'list' in result ? result.list : null
    return rowsOf('bybit_linear', list)
      .map((row) => klineOf('bybit_linear', row))
      .reverse()
  },
}

/** Exchanges by their names in `--venue`. */
export const EXCHANGES = {
  binance_spot: binance('binance_spot', 'https://api.binance.com/api/v3'),
  binance_usdm: binance('binance_usdm', 'https://fapi.binance.com/fapi/v1'),
  bybit_linear: bybit,
} as const satisfies Readonly<Record<string, Exchange>>

function rowsOf(venue: string, found: unknown): readonly unknown[] {
  if (Array.isArray(found)) return found
  throw refusal(venue, found)
}

function klineOf(venue: string, row: unknown): Kline {
  if (!Array.isArray(row) || row.length < 6) throw refusal(venue, row)
  const [ts, ...cells] = row.slice(0, 6).map(String)
  const [open, high, low, close, volume] = cells
  const seconds = Number(ts) / 1000
  if (
    open === undefined ||
    high === undefined ||
    low === undefined ||
    close === undefined ||
    volume === undefined ||
    !Number.isInteger(seconds)
  )
    throw refusal(venue, row)
  return { ts: seconds, open, high, low, close, volume }
}

const refusal = (venue: string, found: unknown): InvalidInputError =>
  new InvalidInputError({
    field: `answer of ${venue}`,
    found: JSON.stringify(found)?.slice(0, 200),
    allowed: 'a page of klines; check the symbol, or try again later',
  })
