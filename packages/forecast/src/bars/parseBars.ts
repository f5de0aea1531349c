import { InvalidInputError } from '@plimsoll/domain'
import { BAR_SECONDS, type BarFinding, type Bars } from './Bars.ts'

const COLUMNS = ['ts', 'open', 'high', 'low', 'close', 'volume'] as const
const HOUR = 3_600
/** Fifty years of bars: more is a wrong unit of time, not a long history. */
const MAX_BARS = (50 * 365 * 86_400) / BAR_SECONDS
const MAX_VENUES = 250

/** Good rows column by column: a file has hundreds of thousands. */
type Rows = {
  readonly line: number[]
  readonly ts: number[]
  /** Open, high, low, close, volume, row after row. */
  readonly values: number[]
  readonly venue: string[]
}
const WIDTH = COLUMNS.length - 1

/**
 * Parses five-minute bars from CSV: `ts,open,high,low,close,volume[,venue]`, `ts` the open time in unix seconds.
 *
 * Rows may come in any order. A row that cannot be a bar is left out, of two rows with one time the last counts, a hole
 * stays a hole; each is a finding.
 *
 * @throws {@link InvalidInputError} when the header lacks a column, times are not in seconds, or no row is good.
 */
export function parseBars(
  text: string,
  asset: string,
): { readonly bars: Bars; readonly findings: readonly BarFinding[] } {
  const findings: BarFinding[] = []
  const rows = readRows(text, asset, findings)
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const ts of rows.ts) {
    first = Math.min(first, ts)
    last = Math.max(last, ts)
  }
  const start = Math.floor(first / HOUR) * HOUR
  const length = (last - start) / BAR_SECONDS + 1
  if (length > MAX_BARS)
    throw new InvalidInputError({
      field: `times of ${asset}`,
      found: `${first} to ${last}`,
      allowed: `unix seconds within fifty years; divide milliseconds by 1000`,
    })
  const bars = emptyBars(asset, start, length, [...new Set(rows.venue)])
  const venues = new Map(bars.venues.map((venue, index) => [venue, index]))
  for (const [r, ts] of rows.ts.entries()) {
    const i = (ts - start) / BAR_SECONDS
    const line = rows.line[r] ?? 0
    if (bars.present[i] === 1)
      findings.push({ type: 'duplicate', line, at: ts, bars: 1, reason: 'the last row counts' })
    const at = r * WIDTH
    bars.present[i] = 1
    bars.open[i] = rows.values[at] ?? 0
    bars.high[i] = rows.values[at + 1] ?? 0
    bars.low[i] = rows.values[at + 2] ?? 0
    bars.close[i] = rows.values[at + 3] ?? 0
    bars.volume[i] = rows.values[at + 4] ?? 0
    bars.venue[i] = venues.get(rows.venue[r] ?? '') ?? 0
  }
  findGaps(bars, rows, findings)
  return { bars, findings }
}

function readRows(text: string, asset: string, findings: BarFinding[]): Rows {
  const end = text.indexOf('\n')
  const header = (end < 0 ? text : text.slice(0, end)).trim().split(',')
  const at = COLUMNS.map((name) => header.indexOf(name))
  const missing = COLUMNS.filter((_, i) => (at[i] ?? -1) < 0)
  if (missing.length > 0)
    throw new InvalidInputError({
      field: `header of the bars of ${asset}`,
      found: header.join(','),
      allowed: `the columns ${COLUMNS.join(',')} and optionally venue; missing: ${missing.join(', ')}`,
    })
  const venueAt = header.indexOf('venue')
  const [tsAt = 0, ...valuesAt] = at
  const rows: Rows = { line: [], ts: [], values: [], venue: [] }
  let line = 1
  let before = Number.NEGATIVE_INFINITY
  for (let from = end + 1; end >= 0 && from < text.length; ) {
    const to = text.indexOf('\n', from)
    const raw = text.slice(from, to < 0 ? text.length : to).trimEnd()
    from = to < 0 ? text.length : to + 1
    line += 1
    if (raw === '') continue
    const cells = raw.split(',')
    const ts = numberOf(cells[tsAt])
    const values = valuesAt.map((column) => numberOf(cells[column]))
    const reason = flaw(ts, values)
    if (reason !== null) {
      const known = Number.isFinite(ts) ? ts : null
      findings.push({ type: 'bad-row', line, at: known, bars: 1, reason })
      continue
    }
    if (ts < before)
      findings.push({ type: 'out-of-order', line, at: ts, bars: 1, reason: 'sorted by time' })
    before = ts
    rows.line.push(line)
    rows.ts.push(ts)
    for (const value of values) rows.values.push(value)
    rows.venue.push((venueAt < 0 ? '' : cells[venueAt]) ?? '')
  }
  if (rows.ts.length === 0)
    throw new InvalidInputError({
      field: `bars of ${asset}`,
      found: `no good row in ${line - 1} rows`,
      allowed: 'at least one row of five-minute bars',
    })
  return rows
}

/** An empty cell is no number, and neither is a word. */
function numberOf(cell: string | undefined): number {
  const value = Number(cell)
  return value === 0 && cell?.trim() === '' ? Number.NaN : value
}

/** Why a row cannot be a bar; null when it can. */
function flaw(ts: number, values: readonly number[]): string | null {
  const [open = Number.NaN, high = Number.NaN, low = Number.NaN, close = Number.NaN, volume] =
    values
  if (!Number.isInteger(ts) || ts < 0 || ts % BAR_SECONDS !== 0)
    return `ts must be unix seconds, a multiple of ${BAR_SECONDS}`
  if (![open, high, low, close].every((price) => price > 0 && Number.isFinite(price)))
    return 'prices must be finite and above zero'
  if (volume === undefined || !(volume >= 0) || !Number.isFinite(volume))
    return 'volume must be finite and not negative'
  if (high < Math.max(open, close) || low > Math.min(open, close))
    return 'high and low must enclose open and close'
  return null
}

/** Bars with nothing on the grid yet. @throws {@link InvalidInputError} on too many venues. */
export function emptyBars(
  asset: string,
  start: number,
  length: number,
  venues: readonly string[],
): Bars {
  if (venues.length > MAX_VENUES)
    throw new InvalidInputError({
      field: `venues of ${asset}`,
      found: venues.length,
      allowed: `at most ${MAX_VENUES} names in the column venue`,
    })
  return {
    asset,
    start,
    length,
    present: new Uint8Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
    venue: new Uint8Array(length),
    venues,
  }
}

function findGaps(bars: Bars, rows: Rows, findings: BarFinding[]): void {
  const ends = new Map<number, { at: number; bars: number }>() // by the time of the bar after
  let missing = 0
  let seen = false
  for (let i = 0; i < bars.length; i++) {
    if (bars.present[i] === 0) {
      if (seen) missing += 1
      continue
    }
    if (missing > 0) {
      const at = bars.start + (i - missing) * BAR_SECONDS
      ends.set(bars.start + i * BAR_SECONDS, { at, bars: missing })
    }
    missing = 0
    seen = true
  }
  if (ends.size === 0) return
  const lines = new Map<number, number>()
  for (const [r, ts] of rows.ts.entries()) if (ends.has(ts)) lines.set(ts, rows.line[r] ?? 0)
  for (const [ts, { at, bars: count }] of ends) {
    const reason = `${count} bars missing`
    findings.push({ type: 'gap', line: lines.get(ts) ?? 0, at, bars: count, reason })
  }
}
