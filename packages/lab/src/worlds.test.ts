import { POLICY_WORLD } from '@plimsoll/risk'
import { describe, expect, test } from 'vitest'
import { createRegimeWorld } from './createRegimeWorld.ts'
import { createUnseenWorld } from './createUnseenWorld.ts'
import { HOURS_PER_YEAR, type World } from './World.ts'

const regimes = createRegimeWorld(POLICY_WORLD)
const unseen = createUnseenWorld({ calm: regimes.calm, stress: regimes.stress })

const annualVariance = (world: World, paths: number) => {
  let sum = 0
  for (let index = 0; index < paths; index++)
    for (const move of world.path(11, index, HOURS_PER_YEAR).returns) sum += move * move
  return sum / paths
}

describe.each([regimes, unseen])('$name', (world) => {
  test('default: the same seed and index give the same path, others another', () => {
    const path = world.path(1, 2, 100)
    expect(world.path(1, 2, 100)).toEqual(path)
    expect(world.path(1, 3, 100).returns).not.toEqual(path.returns)
    expect(world.path(2, 2, 100).returns).not.toEqual(path.returns)
  })

  test('behavior: a longer path begins as a shorter one', () => {
    expect(world.path(1, 2, 200).returns.slice(0, 100)).toEqual(world.path(1, 2, 100).returns)
  })

  test('behavior: growth is the exponential of the return, levels lie between calm and stress', () => {
    const { growth, returns, costLevel, luck } = world.path(1, 2, 2_000)
    for (const [t, move] of returns.entries()) {
      expect(growth[t]).toBeCloseTo(Math.exp(move), 14)
      expect(costLevel[t]).toBeGreaterThanOrEqual(0)
      expect(costLevel[t]).toBeLessThanOrEqual(1)
      expect(luck[t]).toBeLessThan(1)
    }
  })
})

test('behavior: variance of the two regimes is theirs, by how long they last', () => {
  const [calm, stress] = POLICY_WORLD.regimes
  if (calm === undefined || stress === undefined) throw new TypeError('two regimes')
  const of = ({ volatility, jumpRate, jumpMean, jumpSd }: typeof calm) =>
    volatility ** 2 + jumpRate * (jumpMean ** 2 + jumpSd ** 2)
  const share = stress.stayHours / (calm.stayHours + stress.stayHours)
  const expected = share * of(stress) + (1 - share) * of(calm)
  expect(Math.abs(annualVariance(regimes, 60) / expected - 1)).toBeLessThan(0.15)
})

test('behavior: variance of the unseen world: lognormal volatility, and jumps that beget jumps', () => {
  // E σ² = .55²·e^{2·.5²}; jumps: 6 / (1 − 300·12/(8760·ln 2)) a year of E J² = .025² + .045².
  const jumps = 6 / (1 - (300 * 12) / (HOURS_PER_YEAR * Math.LN2))
  const expected = 0.55 ** 2 * Math.exp(0.5) + jumps * (0.025 ** 2 + 0.045 ** 2)
  expect(Math.abs(annualVariance(unseen, 60) / expected - 1)).toBeLessThan(0.15)
})
