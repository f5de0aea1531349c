import { contextsOf, type Market } from './contextsOf.ts'
import type { BarSums } from './createBarSums.ts'
import { FEATURES, type FeatureContext } from './FEATURES.ts'
import { HORIZON_HOURS, targetAt } from './targetAt.ts'

/** What Python trains on: one row for each asset and origin, column by column. */
export type TrainingTable = {
  readonly rows: number
  readonly asset: readonly string[]
  /** Origins. [s] */
  readonly timestamp: Float64Array
  /** Features by name, then targets: `rv_1h`, `ret_1h`, `min_1h`, `max_1h` and likewise for 4 and 24 hours. */
  readonly numbers: ReadonlyMap<string, Float64Array>
}

/** Computes every feature and every target of every usable origin. */
export function createTrainingTable(
  assets: readonly BarSums[],
  market: Market,
  span?: { readonly from: number; readonly to: number },
): TrainingTable {
  const contexts = assets.flatMap((own) => [...contextsOf(own, market, span)])
  const column = (value: (context: FeatureContext) => number): Float64Array =>
    Float64Array.from(contexts, value)
  const numbers = new Map(FEATURES.map(({ name, value }) => [name, column(value)]))
  for (const hours of HORIZON_HOURS) {
    const targets = contexts.map(({ own, i }) => targetAt(own, i, hours))
    numbers.set(
      `rv_${hours}h`,
      Float64Array.from(targets, ({ rv }) => rv),
    )
    numbers.set(
      `ret_${hours}h`,
      Float64Array.from(targets, ({ ret }) => ret),
    )
    numbers.set(
      `min_${hours}h`,
      Float64Array.from(targets, ({ min }) => min),
    )
    numbers.set(
      `max_${hours}h`,
      Float64Array.from(targets, ({ max }) => max),
    )
  }
  return {
    rows: contexts.length,
    asset: contexts.map(({ own }) => own.bars.asset),
    timestamp: column(({ time }) => time),
    numbers,
  }
}
