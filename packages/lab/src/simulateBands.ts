import type { Bands } from '@plimsoll/risk'
import { healthAtLeverage, liquidationLanding } from '@plimsoll/risk'
import type { Account, PathCost } from './Account.ts'
import { HOURS_PER_YEAR, type Path, type World } from './World.ts'

/** Bands by level, and the level of every hour. */
export type BandSchedule = {
  readonly bands: readonly Bands[]
  /** Null: the first one always. */
  readonly levels: Uint8Array | null
}

/**
 * Runs one loan over one path, hour by hour: act on what is known at its start, pay for straying, let the price move,
 * liquidate below health 1.
 *
 * Costs count per unit of equity of the time, as in the control problem, so that paths are comparable.
 *
 * @param startHealth - health at the target leverage unless given.
 */
export function simulateBands(
  account: Account,
  world: Pick<World, 'calm' | 'stress'>,
  path: Path,
  schedule: BandSchedule,
  startHealth: number = healthAtLeverage(account.targetLeverage, account.liquidationThreshold),
): PathCost {
  const { liquidationThreshold: threshold, targetLeverage, liquidation } = account
  const { calm, stress } = world
  const { growth, costLevel, luck } = path
  const edges = edgesOf(schedule.bands)
  const closed = Math.exp(CLOSED)
  let health = startHealth
  let tracking = 0
  let trading = 0
  let lost = 0
  let liquidations = 0
  let trades = 0
  for (let t = 0; t < growth.length; t++) {
    const edge = 4 * (schedule.levels === null ? 0 : (schedule.levels[t] as number))
    const target =
      health < (edges[edge] as number)
        ? (edges[edge + 1] as number)
        : health > (edges[edge + 2] as number)
          ? (edges[edge + 3] as number)
          : 0
    if (target > 0) {
      const level = costLevel[t] as number
      const failure = calm.failure + level * (stress.failure - calm.failure)
      if ((luck[t] as number) >= failure) {
        const size = Math.abs(health / (health - threshold) - target / (target - threshold))
        trading +=
          calm.gasShare +
          level * (stress.gasShare - calm.gasShare) +
          (calm.proportionalCost + level * (stress.proportionalCost - calm.proportionalCost)) *
            size +
          (calm.impact + level * (stress.impact - calm.impact)) * size * Math.sqrt(size)
        trades += 1
        health = target
      }
    }
    tracking += Math.abs(health / (health - threshold) - targetLeverage)
    health *= growth[t] as number
    if (health >= 1) continue
    const after = liquidationLanding(health, threshold, liquidation)
    lost += after.loss
    liquidations += after.count
    health = after.lnHealth === null ? closed : Math.exp(after.lnHealth)
  }
  return {
    tracking: (tracking * account.trackingAversion) / HOURS_PER_YEAR,
    trading,
    liquidation: lost,
    liquidations,
    trades,
  }
}

/** Where an account stands, in ln health, whose whole debt was closed. */
const CLOSED = 1.32

/** Health per level: delever below, delever to, relever above, relever to; "never" as 0 and infinity. */
function edgesOf(bands: readonly Bands[]): Float64Array {
  return Float64Array.from(
    bands.flatMap(({ deleverBelow, deleverTo, releverAbove, releverTo }) => [
      deleverBelow === null ? 0 : Math.exp(deleverBelow),
      deleverTo === null ? 0 : Math.exp(deleverTo),
      releverAbove === null ? Infinity : Math.exp(releverAbove),
      releverTo === null ? 0 : Math.exp(releverTo),
    ]),
  )
}
