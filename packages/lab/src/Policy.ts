import { type Bands, bandsAt, type PolicyQuery, type PolicyTable } from '@plimsoll/risk'
import type { BandSchedule } from './simulateBands.ts'
import type { StressFilter } from './stressFilters.ts'
import { ewmaVolatility } from './stressFilters.ts'
import type { Path } from './World.ts'

/** A way to act on bands that may change from hour to hour. */
export type Policy = {
  readonly name: string
  schedule(path: Path): BandSchedule
}

/** Levels that a weight of stress is rounded to. */
const LEVELS = 100

/** The same bands always. */
export function staticPolicy(name: string, bands: Bands): Policy {
  const schedule = { bands: [bands], levels: null }
  return { name, schedule: () => schedule }
}

/** Bands of a table by the weight of stress that a filter gives; the regime itself is not seen. */
export function tablePolicy(
  name: string,
  table: PolicyTable,
  query: Omit<PolicyQuery, 'stress'>,
  filter: StressFilter,
): Policy {
  const bands = bandsByLevel((stress) => bandsAt(table, { ...query, stress }))
  return {
    name,
    schedule: ({ returns }) => ({ bands, levels: levelsOf(filter(returns)) }),
  }
}

/** The same where the weight of stress is told: what seeing the regime would be worth. */
export function seeingPolicy(
  name: string,
  table: PolicyTable,
  query: Omit<PolicyQuery, 'stress'>,
): Policy {
  const bands = bandsByLevel((stress) => bandsAt(table, { ...query, stress }))
  return { name, schedule: ({ costLevel }) => ({ bands, levels: levelsOf(costLevel) }) }
}

/**
 * Acts when the probability of liquidation within 24 hours is above a limit, and restores to a lower one.
 *
 * `P = 2Φ(−b'/σ√T)` of a driftless log-price, `b' = b + 0.5826·σ√(T/24)` for hourly looks. Volatility blends half-lives of
 * 12 h and 240 h with the long run.
 */
export function probabilityPolicy(name: string, boost: Bands): Policy {
  const [most, step] = [3, 0.01] // volatility [1/√year]
  const bands = Array.from({ length: 256 }, (_, level) => {
    const sd = Math.min(most, (level + 0.5) * step) / Math.sqrt(365)
    const shift = (0.5826 * sd) / Math.sqrt(24)
    const deleverTo = ONE_TENTH_PERCENT * sd - shift
    const boosts = boost.releverAbove !== null && boost.releverAbove > deleverTo
    return {
      deleverBelow: ONE_PERCENT * sd - shift,
      deleverTo,
      releverAbove: boosts ? boost.releverAbove : null,
      releverTo: boosts ? Math.max(boost.releverTo ?? 0, deleverTo) : null,
    }
  })
  return {
    name,
    schedule({ returns }) {
      const fast = ewmaVolatility(returns, 12)
      const slow = ewmaVolatility(returns, 240)
      const levels = Uint8Array.from(fast, (each, t) => {
        const variance = 0.5 * each ** 2 + 0.3 * (slow[t] as number) ** 2 + 0.2 * 0.36
        return Math.min(bands.length - 1, Math.floor(Math.sqrt(variance) / step))
      })
      return { bands, levels }
    },
  }
}

/** Quantiles of the normal: `Φ(−2.3263) = 1 %`, `Φ(−3.0902) = 0.1 %`; twice that for a path. */
const ONE_PERCENT = 2.3263
const ONE_TENTH_PERCENT = 3.0902

function bandsByLevel(bandsOf: (stress: number) => Bands): readonly Bands[] {
  return Array.from({ length: LEVELS + 1 }, (_, level) => bandsOf(level / LEVELS))
}

function levelsOf(weights: Float64Array): Uint8Array {
  return Uint8Array.from(weights, (weight) => Math.round(weight * LEVELS))
}
