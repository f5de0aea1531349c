import { expect, test } from 'vitest'
import { simulateBands } from './simulateBands.ts'
import { toBands } from './tuneStatic.ts'

const account = {
  liquidationThreshold: 0.8,
  targetLeverage: 2,
  trackingAversion: 0.1,
  liquidation: { closeFactor: 0.5, fullCloseHealth: 0.95, penalty: 0.06, lossWeight: 1 },
}
const world = {
  calm: { proportionalCost: 0.001, gasShare: 5e-5, impact: 5e-4, failure: 0 },
  stress: { proportionalCost: 0.004, gasShare: 6e-4, impact: 25e-4, failure: 1 },
}
const never = { deleverBelow: null, deleverTo: null, releverAbove: null, releverTo: null }

const pathOf = (growth: readonly number[], level = 0) => ({
  growth: Float64Array.from(growth),
  returns: Float64Array.from(growth, Math.log),
  costLevel: new Float64Array(growth.length).fill(level),
  luck: new Float64Array(growth.length).fill(0.5),
})

test('default: an hour at the target costs nothing', () => {
  const cost = simulateBands(account, world, pathOf([1]), { bands: [never], levels: null })
  expect(cost).toEqual({ tracking: 0, trading: 0, liquidation: 0, liquidations: 0, trades: 0 })
})

test('behavior: straying costs leverage off the target by time', () => {
  const { tracking } = simulateBands(account, world, pathOf([0.75, 1]), {
    bands: [never],
    levels: null,
  })
  // Health 1.6 × 0.75 = 1.2 is leverage 3, for one hour.
  expect(tracking).toBeCloseTo(0.1 / 8760, 12)
})

test('behavior: a trade costs gas, fee and impact of the leverage it takes off', () => {
  const { trading, trades } = simulateBands(account, world, pathOf([0.75, 1]), {
    bands: [toBands([1.3, 1.6, 3, 2])],
    levels: null,
  })
  expect(trades).toBe(1)
  expect(trading).toBeCloseTo(5e-5 + 0.001 + 5e-4, 12)
})

test('behavior: what fails costs nothing and changes nothing', () => {
  const { trading, tracking } = simulateBands(account, world, pathOf([0.75, 1], 1), {
    bands: [toBands([1.3, 1.6, 3, 2])],
    levels: null,
  })
  expect(trading).toBe(0)
  expect(tracking).toBeGreaterThan(0)
})

test('behavior: below health one it is liquidated, half at a time', () => {
  const { liquidation, liquidations } = simulateBands(account, world, pathOf([0.99 / 1.6]), {
    bands: [never],
    levels: null,
  })
  expect(liquidations).toBe(1)
  expect(liquidation).toBeCloseTo((0.06 * 0.5 * 0.8) / 0.19, 12)
})

test('behavior: the level of an hour chooses its bands', () => {
  const schedule = { bands: [never, toBands([1.3, 1.6, 3, 2])], levels: Uint8Array.from([0, 0, 1]) }
  const { trades } = simulateBands(account, world, pathOf([0.75, 1, 1]), schedule)
  expect(trades).toBe(1)
})
