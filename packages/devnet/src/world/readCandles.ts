import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { CandleFileError } from './errors.ts'

const COLUMNS = 'ts,open,high,low,close,volume'

/** One bar. */
export interface Candle {
  /** When the bar opens. [s] */
  readonly at: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** In whole units of the asset. */
  readonly volume: number
}

/** Which bars of which file. */
export interface CandleWindow {
  /** A gzipped CSV: `ts,open,high,low,close,volume` and perhaps more columns. */
  readonly file: string
  /** First moment. [s] */
  readonly from: number
  /** Moment after the last. [s] */
  readonly until: number
  /** Length of a bar. [s] */
  readonly barSeconds: number
}

/**
 * Reads the bars of a window, unpacking as it goes; every row up to the window's end is checked, none after it is read.
 *
 * @throws {@link CandleFileError} naming file and line: no such file, not gzip, wrong header, a row that is no bar, a
 * row that is not later than the one before it.
 */
export async function readCandles(window: CandleWindow): Promise<readonly Candle[]> {
  const { file, from, until, barSeconds } = window
  const source = createReadStream(file)
  const unpacked = source.pipe(createGunzip())
  source.on('error', (error) => unpacked.destroy(error))
  const candles: Candle[] = []
  let line = 0
  let previous = Number.NEGATIVE_INFINITY
  try {
    for await (const row of createInterface({
      input: unpacked,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1
      if (line === 1) {
        if (row !== COLUMNS && !row.startsWith(`${COLUMNS},`))
          throw new CandleFileError({
            file,
            line,
            found: `header ${quoted(row)}`,
            allowed: `a header that starts with ${COLUMNS}`,
          })
        continue
      }
      const candle = parseRow(row, barSeconds)
      if (candle === null)
        throw new CandleFileError({
          file,
          line,
          found: `row ${quoted(row)}`,
          allowed: `${COLUMNS} with ts a multiple of ${barSeconds}, 0 < low ≤ open, close ≤ high and volume ≥ 0`,
        })
      if (candle.at <= previous)
        throw new CandleFileError({
          file,
          line,
          found: `ts ${candle.at} after ${previous}`,
          allowed: 'each ts later than the one before it',
        })
      previous = candle.at
      if (candle.at >= until) break
      if (candle.at >= from) candles.push(candle)
    }
  } catch (cause) {
    if (cause instanceof CandleFileError) throw cause
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new CandleFileError({
      file,
      line: missing ? null : line + 1,
      found: missing ? 'no such file' : 'bytes that cannot be unpacked',
      allowed: 'a gzipped CSV',
      cause: missing ? undefined : cause,
    })
  } finally {
    source.destroy()
    unpacked.destroy()
  }
  return candles
}

function parseRow(row: string, barSeconds: number): Candle | null {
  const fields = row.split(',')
  if (fields.length < 6 || fields.slice(0, 6).some((field) => field.trim() === '')) return null
  const [
    at = Number.NaN,
    open = Number.NaN,
    high = Number.NaN,
    low = Number.NaN,
    close = Number.NaN,
    volume = Number.NaN,
  ] = fields.slice(0, 6).map(Number)
  const ordered = low > 0 && low <= open && low <= close && open <= high && close <= high
  if (!ordered || !Number.isFinite(high) || !Number.isFinite(volume) || volume < 0) return null
  if (!Number.isSafeInteger(at) || at < 0 || at % barSeconds !== 0) return null
  return { at, open, high, low, close, volume }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}
