import type { Odds } from './netFootprint.ts'

/** Shares that are tried. */
const STEPS = 20

/** From which odds of a liquidation a defence may sell, to which, and κ of the net-footprint test meanwhile. */
export type Floor = { readonly from: number; readonly to: number; readonly kappa: number }

/**
 * Share of a defence that brings likely liquidations down to odds `floor.to`, the whole where none does.
 *
 * Null where the odds are unknown or below `floor.from`. Nothing where the sale does not pass the net-footprint test at
 * `floor.kappa`: it would not save the position.
 *
 * @param p.value - Of the whole sale. [USD]
 * @param p.forced - What a liquidation would sell. [USD]
 * @param p.healthAt - Health after a share of it.
 */
export function floorShare(p: {
  readonly value: number
  readonly forced: number
  readonly odds: Odds
  readonly healthBefore: number
  readonly healthAt: (share: number) => number
  readonly floor: Floor
}): number | null {
  const { floor, odds } = p
  const before = odds(p.healthBefore)
  if (before === null || !(before >= floor.from)) return null
  for (let step = 1; step <= STEPS; step++) {
    const share = step / STEPS
    const after = odds(p.healthAt(share)) ?? 1
    if (after > floor.to && share < 1) continue
    return p.value * share <= floor.kappa * (before - after) * p.forced ? share : 0
  }
  return 0
}
