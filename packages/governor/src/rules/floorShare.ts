import type { FootprintConfig } from './FootprintConfig.ts'
import type { Odds } from './netFootprint.ts'

/** Shares that are tried. */
const STEPS = 20

/**
 * Share of a defence that brings the odds of a liquidation down to `bypassToOdds`, the whole where none does.
 *
 * Null where the odds are unknown or below `bypassOdds`. Nothing where the sale does not pass the net-footprint test at
 * `bypassKappa`: it would not save the position.
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
  readonly config: Pick<FootprintConfig, 'bypassOdds' | 'bypassToOdds' | 'bypassKappa'>
}): number | null {
  const { config, odds } = p
  const before = odds(p.healthBefore)
  if (before === null || !(before >= config.bypassOdds)) return null
  for (let step = 1; step <= STEPS; step++) {
    const share = step / STEPS
    const after = odds(p.healthAt(share)) ?? 1
    if (after > config.bypassToOdds && share < 1) continue
    return p.value * share <= config.bypassKappa * (before - after) * p.forced ? share : 0
  }
  return 0
}
