import type { Bands } from '@plimsoll/risk'
import type { Account } from './Account.ts'
import { simulateBands } from './simulateBands.ts'
import type { Path, World } from './World.ts'

/** Health thresholds tried by {@link tuneStatic}. */
export type StaticGrid = {
  readonly deleverBelow: readonly number[]
  readonly deleverTo: readonly number[]
  readonly releverAbove: readonly number[]
  readonly releverTo: readonly number[]
}

/** Average cost per year of thresholds over paths. */
export function meanCost(
  account: Account,
  world: World,
  paths: readonly Path[],
  years: number,
  bands: Bands,
): number {
  let sum = 0
  for (const path of paths) {
    const cost = simulateBands(account, world, path, { bands: [bands], levels: null })
    sum += cost.tracking + cost.trading + cost.liquidation
  }
  return sum / (paths.length * years)
}

/**
 * Finds the thresholds of least average cost on given paths: every combination of a grid on some of them, then single
 * steps of half a percent on all until none helps.
 */
export function tuneStatic(
  account: Account,
  world: World,
  paths: readonly Path[],
  years: number,
  grid: StaticGrid,
): { readonly bands: Bands; readonly cost: number; readonly tried: number } {
  const few = paths.slice(0, Math.ceil(paths.length / 4))
  let tried = 0
  let best: readonly number[] = []
  let least = Infinity
  const costOf = (healths: readonly number[], on: readonly Path[]) => {
    tried += 1
    return meanCost(account, world, on, years, toBands(healths))
  }
  for (const below of grid.deleverBelow)
    for (const to of grid.deleverTo)
      for (const above of grid.releverAbove)
        for (const back of grid.releverTo) {
          const healths = [below, to, above, back]
          if (!isSound(healths)) continue
          const cost = costOf(healths, few)
          if (cost < least) [least, best] = [cost, healths]
        }
  least = costOf(best, paths)
  for (const step of [0.02, 0.01, 0.005])
    for (let improved = true; improved; ) {
      improved = false
      for (let k = 0; k < 4; k++)
        for (const sign of [-1, 1]) {
          const healths = best.map((each, i) => (i === k ? each + sign * step : each))
          if (!isSound(healths)) continue
          const cost = costOf(healths, paths)
          if (cost < least) {
            ;[least, best] = [cost, healths]
            improved = true
          }
        }
    }
  return { bands: toBands(best), cost: least, tried }
}

const isSound = ([below = 0, to = 0, above = 0, back = 0]: readonly number[]) =>
  below > 1 && below < to && to < above && below < back && back < above

/** Bands of four healths. */
export function toBands([below, to, above, back]: readonly number[]): Bands {
  const ln = (health: number | undefined) => (health === undefined ? null : Math.log(health))
  return {
    deleverBelow: ln(below),
    deleverTo: ln(to),
    releverAbove: ln(above),
    releverTo: ln(back),
  }
}
