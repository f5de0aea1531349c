import { InvalidInputError } from '@plimsoll/domain'
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

/** How many of the grid's best are tried on all paths, and from how many of those the search goes on. */
const KEPT = 16
const STARTS = 3

/**
 * Finds the thresholds of least average cost on given paths: every combination of a grid on a quarter of them, its best on
 * all, and from the best of those single steps down to half a percent until none helps.
 */
export function tuneStatic(
  account: Account,
  world: World,
  paths: readonly Path[],
  years: number,
  grid: StaticGrid,
): { readonly bands: Bands; readonly cost: number; readonly tried: number } {
  let tried = 0
  const tryOn = (healths: readonly number[], on: readonly Path[]): Tried => {
    tried += 1
    return { healths, cost: meanCost(account, world, on, years, toBands(healths)) }
  }
  const few = paths.slice(0, Math.ceil(paths.length / 4))
  const starts = combinationsOf(grid)
    .map((healths) => tryOn(healths, few))
    .toSorted(byCost)
    .slice(0, KEPT)
    .map(({ healths }) => tryOn(healths, paths))
    .toSorted(byCost)
    .slice(0, STARTS)
  const [best] = starts
    .map((start) => descend(start, (each) => tryOn(each, paths)))
    .toSorted(byCost)
  if (best === undefined)
    throw new InvalidInputError({
      field: 'grid',
      found: 'no combination in order',
      allowed: 'at least one with delever below < to < relever above, and relever to between',
    })
  return { bands: toBands(best.healths), cost: best.cost, tried }
}

type Tried = { readonly healths: readonly number[]; readonly cost: number }

const byCost = (a: Tried, b: Tried) => a.cost - b.cost

function combinationsOf(grid: StaticGrid): readonly (readonly number[])[] {
  return grid.deleverBelow
    .flatMap((below) =>
      grid.deleverTo.flatMap((to) =>
        grid.releverAbove.flatMap((above) =>
          grid.releverTo.map((back) => [below, to, above, back]),
        ),
      ),
    )
    .filter(isSound)
}

function descend(start: Tried, costOf: (healths: readonly number[]) => Tried): Tried {
  let best = start
  for (const step of [0.02, 0.01, 0.005])
    for (let improved = true; improved; ) {
      improved = false
      for (let k = 0; k < 4; k++)
        for (const sign of [-1, 1]) {
          const healths = best.healths.map((each, i) => (i === k ? each + sign * step : each))
          if (!isSound(healths)) continue
          const next = costOf(healths)
          if (next.cost >= best.cost) continue
          best = next
          improved = true
        }
    }
  return best
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
