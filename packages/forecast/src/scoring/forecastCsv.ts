import { InvalidInputError } from '@plimsoll/domain'
import { BARRIERS, type ForecastRow } from './Scored.ts'

const QUANTILES = ['q005', 'q01', 'q99', 'q995'] as const
const CHANCES = BARRIERS.map((barrier) => `p${Math.round(100 * barrier)}`)
const HEADER = ['timestamp', 'asset', 'horizon', 'variance', ...QUANTILES, ...CHANCES]

const LINES = 2_000

/** Writes forecasts as CSV, one line for each, the header first, many lines at a time. */
export function* writeForecasts(rows: Iterable<ForecastRow>): Generator<string> {
  let lines = `${HEADER.join(',')}\n`
  let count = 0
  for (const { timestamp, asset, hours, variance, quantiles, barriers } of rows) {
    lines += `${timestamp},${asset},${hours}h,${short(variance)}`
    for (const value of quantiles ?? NONE) lines += `,${short(value)}`
    for (const value of barriers ?? NONE) lines += `,${short(value)}`
    lines += '\n'
    count += 1
    if (count % LINES === 0) {
      yield lines
      lines = ''
    }
  }
  if (lines !== '') yield lines
}

const NONE = [Number.NaN, Number.NaN, Number.NaN, Number.NaN] as const

/** Seven digits; nothing where there is no number. */
const short = (value: number): string => (Number.isNaN(value) ? '' : value.toPrecision(7))

/**
 * Reads forecasts from CSV: `timestamp,asset,horizon,variance`, optionally the quantiles and barriers.
 *
 * @throws InvalidInputError when a column is missing or a horizon is not like `4h`.
 */
export function parseForecasts(text: string, file: string): readonly ForecastRow[] {
  const [header = '', ...lines] = text.trimEnd().split('\n')
  const names = header.trim().split(',')
  for (const name of HEADER.slice(0, 4))
    if (!names.includes(name))
      throw new InvalidInputError({
        field: `header of ${file}`,
        found: header.slice(0, 200),
        allowed: `the columns ${HEADER.slice(0, 4).join(', ')} and optionally ${HEADER.slice(4).join(', ')}`,
      })
  const at = new Map(names.map((name, i) => [name, i]))
  return lines.map((line, i): ForecastRow => {
    const cells = line.trim().split(',')
    const cell = (name: string): string => cells[at.get(name) ?? -1] ?? ''
    const number = (name: string): number => (cell(name) === '' ? Number.NaN : Number(cell(name)))
    const hours = Number(/^(\d+)h$/.exec(cell('horizon'))?.[1] ?? Number.NaN)
    const timestamp = /^\d+$/.test(cell('timestamp'))
      ? Number(cell('timestamp'))
      : Date.parse(cell('timestamp')) / 1000
    if (Number.isNaN(hours) || Number.isNaN(timestamp))
      throw new InvalidInputError({
        field: `line ${i + 2} of ${file}`,
        found: line.slice(0, 120),
        allowed: 'a timestamp (unix seconds or ISO, UTC) and a horizon like 1h',
      })
    const [q005, q01, q99, q995] = QUANTILES.map(number)
    const barriers = CHANCES.map(number)
    const known = [q005, q01, q99, q995].every((q) => q !== undefined && !Number.isNaN(q))
    return {
      timestamp,
      asset: cell('asset'),
      hours,
      variance: number('variance'),
      quantiles: known ? [q005 ?? 0, q01 ?? 0, q99 ?? 0, q995 ?? 0] : null,
      barriers: barriers.some(Number.isNaN) ? null : barriers,
    }
  })
}
