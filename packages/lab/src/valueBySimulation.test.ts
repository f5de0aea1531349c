import { bandsAt, POLICY_WORLD, policyTable, valueAt } from '@plimsoll/risk'
import { describe, expect, test } from 'vitest'
import { createRegimeWorld } from './createRegimeWorld.ts'
import { simulateBands } from './simulateBands.ts'

const table = policyTable('balanced')
// A point of the grid of the table, so that only the value is in question, not interpolation between cells. Impact is
// small there: with much of it the solver trades hour by hour from deep below, which four numbers do not say.
const query = {
  liquidationThreshold: 0.85,
  targetLeverage: Math.exp(0.3) / (Math.exp(0.3) - 0.85),
  gasShare: 5e-5,
  sizeShare: 2e-5,
  proportionalCost: 1.2e-3,
}
const [calm] = POLICY_WORLD.regimes
const impact = POLICY_WORLD.impactCoefficient * Math.sqrt(query.sizeShare)
const { lossWeight, trackingAversion } = table.tolerance
const world = {
  regimes: POLICY_WORLD.regimes.map((regime) => ({
    ...regime,
    proportionalCost:
      query.proportionalCost * (regime.proportionalCost / (calm?.proportionalCost ?? 1)),
    gasShare: query.gasShare * (regime.gasShare / (calm?.gasShare ?? 1)),
    impact: impact * (regime.impact / (calm?.impact ?? 1)),
  })),
}
const account = {
  liquidationThreshold: query.liquidationThreshold,
  targetLeverage: query.targetLeverage,
  trackingAversion,
  liquidation: { closeFactor: 0.5, fullCloseHealth: 0.95, penalty: 0.06, lossWeight },
}
const bands = [bandsAt(table, { ...query, stress: 0 }), bandsAt(table, { ...query, stress: 1 })]

/** Mean and standard error of what starting at one health costs more than starting at another, on the same paths. */
function difference(regime: 'calm' | 'stress', from: number, to: number) {
  const market = createRegimeWorld(world, regime)
  const paths = 2_000
  let [sum, squares] = [0, 0]
  for (let index = 0; index < paths; index++) {
    const path = market.path(7, index, 400)
    const schedule = { bands, levels: Uint8Array.from(path.costLevel) }
    const [a, b] = [from, to].map((health) => {
      const cost = simulateBands(account, market, path, schedule, health)
      return cost.tracking + cost.trading + lossWeight * cost.liquidation
    }) as [number, number]
    sum += a - b
    squares += (a - b) ** 2
  }
  const mean = sum / paths
  return { mean, error: Math.sqrt((squares / paths - mean ** 2) / paths) }
}

describe('a difference of values is the difference of expected costs', () => {
  test.each([
    ['calm', 1.02, 1.3],
    ['calm', 1.1, 1.25],
    ['calm', 1.7, 1.35],
    ['stress', 1.02, 1.3],
    ['stress', 1.05, 1.15],
    ['stress', 1.12, 1.3],
  ] as const)('default: %s, health %s instead of %s', (regime, from, to) => {
    const weight = regime === 'stress' ? 1 : 0
    const at = (health: number) =>
      valueAt(table, { ...query, stress: weight, lnHealth: Math.log(health) })
    const { mean, error } = difference(regime, from, to)
    const expected = at(from) - at(to)
    // Four errors of the simulation, and 5 % for the places between which values are interpolated.
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error + 0.05 * Math.abs(expected))
    expect(error).toBeLessThan(0.1 * Math.abs(expected))
  })
})
