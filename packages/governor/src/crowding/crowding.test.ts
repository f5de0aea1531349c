import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { market } from '../../test/market.ts'
import { ditherOf, ditherTrigger, spreadTarget } from './dither.ts'
import { reproductionNumber } from './reproductionNumber.ts'
import { addWalls, BINS, forcedVolume, NO_WALL, wallOf } from './Wall.ts'
import { wallLimit } from './wallLimit.ts'

const terms = { dailyVolume: 1e6, dailyVolatility: 0.04, stress: 1, prefactor: 1 }

describe('wallOf', () => {
  const loanWall = (health: number) => {
    const frame = market({ health })
    const [loan] = frame.portfolio.domains
    return { wall: wallOf('ETH', [loan!], frame), forced: forcedVolume(loan!, frame) }
  }
  test('default: a loan lies where its liquidation price does', () => {
    // ln 1.05 = 4.9 %: the third bin.
    const { wall, forced } = loanWall(1.05)
    expect(wall).toEqual(NO_WALL.map((_, i) => (i === 2 ? forced : 0)))
    // Half of what is owed, and the bonus of 5 %.
    expect(forced).toBeCloseTo(0.5 * 1.05 * (160_000 / 1.05), 0)
  })

  test('behavior: what can be liquidated is in the first bin, what lies beyond 20 % in none', () => {
    expect(loanWall(0.97).wall[0]).toBeGreaterThan(0)
    expect(loanWall(0.9).forced / (160_000 / 0.9)).toBeCloseTo(1.05, 3) // below 0.95 all of it
    expect(loanWall(Math.exp(0.2001)).wall).toEqual(NO_WALL)
    expect(loanWall(Math.exp(0.1999)).wall[BINS - 1]).toBeGreaterThan(0)
  })

  test('behavior: shorts are no part of it', () => {
    const frame = market()
    const [loan] = frame.portfolio.domains
    const short = { ...loan!, delta: () => new Map([['ETH', -5]]) }
    expect(wallOf('ETH', [short], frame)).toEqual(NO_WALL)
    expect(wallOf('BTC', [loan!], frame)).toEqual(NO_WALL)
  })

  test('addWalls', () => {
    expect(
      addWalls([
        [1, 2, ...NO_WALL.slice(2)],
        [5, ...NO_WALL.slice(1)],
      ]).slice(0, 3),
    ).toEqual([6, 2, 0])
  })
})

describe('reproductionNumber', () => {
  test('default: the worst step, by finite difference', () => {
    const wall = NO_WALL.map((_, i) => (i === 4 ? 10_000 : i === 7 ? 2_500 : 0))
    // √1 % of 4 % = 0.4 % of fall that a fall of 2 % sets off.
    expect(reproductionNumber({ wall, flow: 0, terms })).toBeCloseTo(0.2, 12)
    const crowded = reproductionNumber({ wall, flow: 10_000, terms })
    expect(crowded).toBeCloseTo((0.04 * (Math.sqrt(0.02) - 0.1)) / 0.02, 12)
  })

  test('behavior: nothing to liquidate, nothing reproduces; stress multiplies', () => {
    expect(reproductionNumber({ wall: NO_WALL, flow: 1e9, terms })).toBe(0)
    const wall = [10_000, ...NO_WALL.slice(1)]
    const calm = reproductionNumber({ wall, flow: 0, terms })
    expect(reproductionNumber({ wall, flow: 0, terms: { ...terms, stress: 3.2 } })).toBeCloseTo(
      3.2 * calm,
      12,
    )
  })
})

test('wallLimit: the smaller of a share of the wall and what moves the price 0.5 %', () => {
  const moves = 1e6 * (0.005 / 0.04) ** 2
  expect(wallLimit(1e9, terms)).toBeCloseTo(moves, 6)
  expect(wallLimit(10_000, terms)).toBe(1_500)
  expect(wallLimit(1e9, { ...terms, dailyVolume: 0 })).toBe(0)
})

describe('dither', () => {
  test('property: within its bounds, the same each time, other for others', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.string(), (seed, agent, purpose) => {
        const dither = ditherOf(seed, agent, purpose)
        expect(dither >= -1 && dither < 1).toBe(true)
        expect(ditherOf(seed, agent, purpose)).toBe(dither)
        const trigger = ditherTrigger({ trigger: 1.3, floor: 1.29, seed, agent })
        expect(trigger >= 1.29 && trigger <= 1.3 * 1.02).toBe(true)
        const target = spreadTarget({ band: [1.5, 1.6], seed, agent })
        expect(target >= 1.5 && target < 1.6).toBe(true)
      }),
    )
  })

  test('a fleet of like names spreads evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) {
      const tenth = Math.floor((ditherOf(1, `keeper-${i}`, 'target') + 1) * 5)
      tenths[tenth] = tenths[tenth]! + 1
    }
    // Standard deviation of a tenth is 30.
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })
})
