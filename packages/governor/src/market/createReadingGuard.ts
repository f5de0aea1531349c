/** Keeps what sources say of a market from raising a limit by being wrong. */
export type ReadingGuard = {
  /**
   * Value that may be relied on: never more than the source says now, nor than it usually says. Zero for what is no
   * quantity.
   *
   * @param at - Time of the reading. [ms]
   */
  rely(series: string, value: number, at: number): number
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
  readonly at: number
  readonly values: readonly number[]
  /** Median of the values; null while they are too few. */
  readonly usual: number | null
}

const NEW: Series = { at: Number.NEGATIVE_INFINITY, values: [], usual: null }

/**
 * Creates a guard that remembers what each series usually is: the median of its last readings, a minute apart.
 *
 * A source that says zero, nothing or NaN closes its market. One that says more than four times too much gets the least of what it
 * said lately, and its words are not remembered. A market that really grows raises its limit as its median does, some minutes late.
 */
export function createReadingGuard({ unprovenUsd }: ReadingGuardConfig): ReadingGuard {
  const known = new Map<string, Series>()
  return {
    rely(series, value, at) {
      if (!Number.isFinite(value) || value <= 0) return 0
      const before = known.get(series) ?? NEW
      const { usual } = before
      if (usual !== null && value > OUTLIER * usual) return Math.min(...before.values)
      const bounded = Math.min(value, usual ?? unprovenUsd)
      if (at - before.at >= SPACING) {
        const values = [...before.values, value].slice(-KEPT)
        known.set(series, { at, values, usual: values.length >= PROVEN ? median(values) : null })
      }
      return bounded
    },
  }
}

/** Lower of the two in the middle where the count is even. By insertion: a dozen numbers, on the way of every grant. */
function median(values: readonly number[]): number {
  const sorted: number[] = []
  for (const value of values) {
    let i = sorted.length
    for (; i > 0 && (sorted[i - 1] ?? value) > value; i--) sorted[i] = sorted[i - 1] ?? value
    sorted[i] = value
  }
  return sorted[(sorted.length - 1) >> 1] ?? 0
}
