import { meanOf } from './dieboldMariano.ts'

/** Edges of the bins of a reliability table; the last includes 1. */
export const RELIABILITY_EDGES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 1.01] as const

/** Forecasts of like probability, and how often it happened. */
export type ReliabilityBin = {
  readonly from: number
  readonly to: number
  readonly n: number
  /** Mean forecast and observed share; NaN in an empty bin. */
  readonly forecast: number
  readonly observed: number
}

/** A probability and whether it happened. */
export type Chance = { readonly probability: number; readonly happened: boolean }

/** Sorts chances into bins of their probability. */
export function reliability(
  chances: readonly Chance[],
  edges: readonly number[] = RELIABILITY_EDGES,
): readonly ReliabilityBin[] {
  return edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1] ?? Number.POSITIVE_INFINITY
    const inside = chances.filter(({ probability: p }) => p >= from && p < to)
    return {
      from,
      to,
      n: inside.length,
      forecast: meanOf(inside.map(({ probability }) => probability)),
      observed: meanOf(inside.map(({ happened }) => (happened ? 1 : 0))),
    }
  })
}

/** A regression of what happened on what was forecast. */
export type ReliabilityLine = {
  readonly slope: number
  readonly intercept: number
  /** Standard error of the slope, clustered by day. */
  readonly slopeError: number
}

const DAY = 86_400

/**
 * Slope and intercept of the regression of what happened on what was forecast, by least squares: 1 and 0 are perfect.
 *
 * The standard error takes a day's chances for one observation: a crash that two dozen of them see counts about once.
 */
export function reliabilityLine(
  chances: readonly (Chance & { readonly timestamp: number })[],
): ReliabilityLine {
  const x = meanOf(chances.map(({ probability }) => probability))
  const y = meanOf(chances.map(({ happened }) => (happened ? 1 : 0)))
  let [xx, xy] = [0, 0]
  for (const { probability, happened } of chances) {
    xx += (probability - x) ** 2
    xy += (probability - x) * ((happened ? 1 : 0) - y)
  }
  const slope = xy / xx
  const intercept = y - slope * x
  const days = new Map<number, number>()
  for (const { probability, happened, timestamp } of chances) {
    const day = Math.floor(timestamp / DAY)
    const residual = (happened ? 1 : 0) - intercept - slope * probability
    days.set(day, (days.get(day) ?? 0) + (probability - x) * residual)
  }
  let meat = 0
  for (const sum of days.values()) meat += sum * sum
  return { slope, intercept, slopeError: Math.sqrt(meat) / xx }
}
