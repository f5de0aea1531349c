const HOUR = 3_600
const DAY = 86_400

/** Hour of the day in UTC, with minutes as a fraction. */
export const hourOfDay = (time: number): number => (time % DAY) / HOUR

/** Day of the week, 0 Monday to 6 Sunday, in UTC. */
export const dayOfWeek = (time: number): number => (Math.floor(time / DAY) + 3) % 7

/** Share of the span from `time` on that lies on a Saturday or Sunday, UTC. */
export function weekendShare(time: number, seconds: number): number {
  let inside = 0
  for (let from = time; from < time + seconds; ) {
    const to = Math.min(time + seconds, (Math.floor(from / DAY) + 1) * DAY)
    if (dayOfWeek(from) >= 5) inside += to - from
    from = to
  }
  return inside / seconds
}

/**
 * Whether daylight saving is in force in New York: from the second Sunday of March to the first of November, by the rule
 * in force since 2007, switched at 07:00 UTC and 06:00 UTC.
 */
export function isNewYorkSummer(time: number): boolean {
  const year = yearOf(time)
  const march = yearStart(year) + (31 + (isLeap(year) ? 29 : 28)) * DAY
  const november = march + (31 + 30 + 31 + 30 + 31 + 31 + 30 + 31) * DAY
  const from = firstSunday(march) + 7 * DAY + 7 * HOUR
  const to = firstSunday(november) + 6 * HOUR
  return time >= from && time < to
}

/** Share of the span from `time` on in which New York's stock exchange trades on an ordinary working day. */
export function sessionShare(time: number, seconds: number): number {
  const offset = isNewYorkSummer(time) ? 4 * HOUR : 5 * HOUR
  let inside = 0
  for (let day = Math.floor((time - offset) / DAY); day * DAY + offset < time + seconds; day++) {
    const midnight = day * DAY + offset
    if (dayOfWeek(day * DAY) >= 5) continue
    const from = Math.max(time, midnight + 9.5 * HOUR)
    const to = Math.min(time + seconds, midnight + 16 * HOUR)
    inside += Math.max(0, to - from)
  }
  return inside / seconds
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Start of a year in unix seconds, by the proleptic Gregorian calendar. */
function yearStart(year: number): number {
  const before = year - 1
  const days =
    before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  return (days - 719_162) * DAY
}

function yearOf(time: number): number {
  const guess = 1970 + Math.floor(time / (365.2425 * DAY))
  if (time < yearStart(guess)) return guess - 1
  return time >= yearStart(guess + 1) ? guess + 1 : guess
}

/** Midnight of the first Sunday at or after a midnight. */
const firstSunday = (midnight: number): number => midnight + (6 - dayOfWeek(midnight)) * DAY
