import { expect, test } from 'vitest'
import { liquidationCells, ownerCells } from '../../verify/liquidationCells.ts'
import { liquidationPaths } from '../../verify/liquidationPaths.ts'
import { WORLDS } from '../../verify/liquidationWorlds.ts'

// The study behind `pnpm verify:risk` up to 24 h, with a thousandth of its paths: what is wrong by a third shows.
const PATHS = 1_000
const DAY = 4

test('default', () => {
  const world = WORLDS[1]
  if (world === undefined) return
  const hits = liquidationPaths({ world, paths: PATHS, seed: 17, stream: 1, horizons: DAY })
  const cells = liquidationCells(world, hits, PATHS).filter(({ simulated }) => simulated > 0.03)
  expect(cells.length).toBeGreaterThan(100)
  for (const { simulated, model } of cells)
    expect(Math.abs(simulated - model)).toBeLessThan(4.5 * noise(model))
  const owners = ownerCells(world, hits, PATHS)
  expect(owners.length).toBeGreaterThan(50)
  for (const { simulated, estimate } of owners)
    expect(Math.abs(simulated - estimate)).toBeLessThan(4.5 * noise(estimate))
})

function noise(p: number): number {
  return Math.sqrt((p * (1 - p)) / PATHS)
}
