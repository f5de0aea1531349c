import { existsSync } from 'node:fs'
import { type Candle, readCandles } from './readCandles.ts'

const HOUR = 3_600
const MAX_SHIFT_HOURS = 14 // the widest time zone
const MIN_MATCHES = 6

/**
 * Reads opens by the hour, on the clock of the five-minute bars.
 *
 * Exchanges' hourly exports come in local time as well as in UTC, so the file is shifted by the whole number of hours at
 * which its opens equal the five-minute ones exactly.
 *
 * @returns null when there is no such file, or no shift at which at least six opens and nine in ten agree.
 * @throws {@link CandleFileError} when the file is there and wrong.
 */
export async function readHourlyOpens(
  file: string,
  known: readonly Candle[],
  from: number,
  until: number,
): Promise<ReadonlyMap<number, number> | null> {
  if (!existsSync(file)) return null
  const margin = (MAX_SHIFT_HOURS + 1) * HOUR
  const hours = await readCandles({
    file,
    from: from - margin,
    until: until + margin,
    barSeconds: HOUR,
  })
  const opens = new Map(known.map(({ at, open }) => [at, open]))
  for (let shift = -MAX_SHIFT_HOURS; shift <= MAX_SHIFT_HOURS; shift++) {
    const shifted = hours.map(({ at, open }) => [at - shift * HOUR, open] as const)
    const common = shifted.filter(([at]) => opens.has(at))
    const equal = common.filter(([at, open]) => opens.get(at) === open)
    if (equal.length >= MIN_MATCHES && equal.length >= 0.9 * common.length) return new Map(shifted)
  }
  return null
}
