import { expect, test } from 'vitest'
import { createRegimeWorld } from './createRegimeWorld.ts'
import { EXPERIMENT_REGIMES } from './experimentRegimes.ts'
import { meanCost, toBands, tuneStatic } from './tuneStatic.ts'

const world = createRegimeWorld({ regimes: EXPERIMENT_REGIMES })
const account = {
  liquidationThreshold: 0.8,
  targetLeverage: 2,
  trackingAversion: 0.1,
  liquidation: { closeFactor: 0.5, fullCloseHealth: 0.95, penalty: 0.06, lossWeight: 1 },
}
const paths = Array.from({ length: 8 }, (_, index) => world.path(3, index, 4_000))
const grid = {
  deleverBelow: [1.3, 1.45],
  deleverTo: [1.5, 1.6],
  releverAbove: [2.0, 2.2],
  releverTo: [1.6, 1.8],
}

test('default: no combination of the grid costs less on the paths it was tuned on', () => {
  const years = 4_000 / 8_760
  const { bands, cost } = tuneStatic(account, world, paths, years, grid)
  expect(meanCost(account, world, paths, years, bands)).toBe(cost)
  for (const below of grid.deleverBelow)
    for (const to of grid.deleverTo)
      for (const above of grid.releverAbove)
        for (const back of grid.releverTo)
          expect(cost).toBeLessThanOrEqual(
            meanCost(account, world, paths, years, toBands([below, to, above, back])),
          )
})
