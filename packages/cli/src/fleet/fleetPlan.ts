import type { PortfolioPlan } from '@plimsoll/devnet'
import { DEFAULT_FOOTPRINT, ditherOf, type FootprintConfig, spreadTarget } from '@plimsoll/governor'

/** Health that the loans of a fleet are opened with, evenly over the band. */
const HEALTH = [1.25, 1.6] as const
/** Around their mean, debts lie within this share of it. */
const SPREAD = 1 / 3

/**
 * Budgets of five minutes, one for every frame of a crash; half of RISK.md's own impact of 1 % an hour for orders, and the other
 * half for the bypass.
 */
export const FLEET_FOOTPRINT: FootprintConfig = {
  ...DEFAULT_FOOTPRINT,
  ownImpactAmber: 0.005,
  ownImpactRed: 0.01,
  slotMs: 300_000,
}
/** Part of a market's depth that is left when its price has halved: budgets are set for that. */
export const DEPTH_LEFT = 0.7
/** First part of a slot in which wishes are gathered, to be answered together by urgency. [s] */
export const GATHER_SECONDS = 120

/** What one agent of a fleet opens: a loan of dollars against ether, its size and health its own. */
export function fleetPlan(p: {
  readonly seed: number
  readonly agent: number
  /** Mean of all. [USD] */
  readonly debt: number
}): Partial<PortfolioPlan> {
  const agent = `agent ${p.agent}`
  return {
    aave: {
      debt: Math.round(p.debt * (1 + SPREAD * ditherOf(p.seed, agent, 'debt'))),
      healthFactor: spreadTarget({ band: HEALTH, seed: p.seed, agent }),
      wbtcShare: 0,
    },
  }
}
