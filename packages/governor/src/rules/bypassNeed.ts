import { type Action, type Frame, findDomain } from '@plimsoll/domain'
import { forcedVolume } from '../crowding/Wall.ts'
import { scaleAction } from '../scaleAction.ts'
import { bypassFloor, type FootprintConfig } from './FootprintConfig.ts'
import { floorShare } from './floorShare.ts'
import type { Odds } from './netFootprint.ts'
import { healthIn, isDefence } from './readAction.ts'

/** What a defence near the floor may make up for of what the rules left out. */
export type BypassNeed = {
  /** Share of the action that leaves the floor, 0 to 1. */
  readonly share: number
  /** What a liquidation of the domain would sell. [USD] */
  readonly forced: number
  /** P(liquidation within 24 h) now; null where it was not what opened the bypass. */
  readonly odds: number | null
}

/**
 * Says how much of an action the bypass is for; null where its domain is not near the floor, or the action would not save it.
 *
 * Near it are domains whose liquidation within 24 hours is as likely as `bypassOdds`; where nobody can tell, those below
 * `bypassHealth`. The first need no more than what brings the odds down to `bypassToOdds`, and must pass the net-footprint test at
 * `likelyKappa`. No order may sell more than the liquidation would.
 *
 * @param p.value - The whole action. [USD]
 */
export function bypassNeed(p: {
  readonly action: Action
  readonly frame: Frame
  readonly config: FootprintConfig
  readonly value: number
  readonly odds: Odds | null
}): BypassNeed | null {
  const { action, frame, config, odds } = p
  const domain = findDomain(frame.portfolio, action.domain)
  if (domain === null || !isDefence(action)) return null
  const forced = forcedVolume(domain, frame)
  const now = odds?.(action.healthBefore) ?? null
  if (odds === null || now === null)
    return healthIn(frame, action) < config.bypassHealth ? { share: 1, forced, odds: null } : null
  const share = floorShare({
    ...{ value: p.value, forced, odds, floor: bypassFloor(config) },
    healthBefore: action.healthBefore,
    healthAt: (part) => scaleAction(action, part, frame).healthAfter,
  })
  return share !== null && share > 0 ? { share, forced, odds: now } : null
}
