/** Keeps what sources say of markets from raising a limit by being wrong. */
export type ReadingGuard = {
  /** What is said of one market, or of one asset. */
  of(subject: string): Readings
}

/** Quantities of one subject. */
export type Readings = {
  /**
   * Value that may be relied on: never more than the source says now, nor than it usually says. Zero for what is no
   * quantity.
   *
   * @param at - Time of the reading. [ms]
   */
  rely(quantity: string, value: number, at: number): number
}

export type ReadingGuardConfig = {
  /** Until a series has its usual value, it counts as this at most. [USD] */
  readonly unprovenUsd: number
}

/** Readings that make a usual value, and how many of them are kept. */
const PROVEN = 5
const KEPT = 12
/** Readings nearer in time than this count as one. [ms] */
const SPACING = 60_000
/** A reading of more than this times the usual is believed to be an error. */
const OUTLIER = 4

type Series = {
  at: number
  /** In no order: the oldest gives way. */
  readonly values: number[]
  /** Where the next one goes. */
  oldest: number
  /** Median of the values; null while they are too few. */
  usual: number | null
}

/**
 * Creates a guard that remembers what each series usually is: the median of its last readings, a minute apart.
 *
 * A source that says zero, nothing or NaN closes its market. One that says more than four times too much gets the least of what it
 * said lately, and its words are not remembered. A market that really grows raises its limit as its median does, some minutes late.
 */
export function createReadingGuard({ unprovenUsd }: ReadingGuardConfig): ReadingGuard {
  const known = new Map<string, Readings>()
  return {
    of(subject) {
      const before = known.get(subject)
      if (before !== undefined) return before
      const made = createReadings(unprovenUsd)
      known.set(subject, made)
      return made
    },
  }
}

function createReadings(unprovenUsd: number): Readings {
  const known = new Map<string, Series>()
  return {
    rely(quantity, value, at) {
      if (!Number.isFinite(value) || value <= 0) return 0
      const series = known.get(quantity)
      const usual = series?.usual ?? null
      if (series !== undefined && usual !== null && value > OUTLIER * usual)
        return Math.min(...series.values)
      if (series === undefined) known.set(quantity, { at, values: [value], oldest: 1, usual: null })
      else if (at - series.at >= SPACING) remember(series, value, at)
      return Math.min(value, usual ?? unprovenUsd)
    },
  }
}

function remember(series: Series, value: number, at: number): void {
  const { values } = series
  values[series.oldest] = value
  series.oldest = (series.oldest + 1) % KEPT
  series.at = at
  if (values.length >= PROVEN) series.usual = median(values)
}

/** The last values in order of size; made once, for a median is taken on the way of every grant. */
const sorted = new Float64Array(KEPT)

/** Lower of the two in the middle where the count is even. By insertion: they are a dozen. */
function median(values: readonly number[]): number {
  let count = 0
  for (const value of values) {
    let i = count++
    for (; i > 0 && (sorted[i - 1] ?? value) > value; i--) sorted[i] = sorted[i - 1] ?? value
    sorted[i] = value
  }
  return sorted[(count - 1) >> 1] ?? 0
}
