import { describe, expect, test } from 'vitest'
import { createRegimeWorld } from './createRegimeWorld.ts'
import { EXPERIMENT_REGIMES } from './experimentRegimes.ts'
import {
  bayesFilter,
  density,
  ewmaVolatility,
  tableFilter,
  thresholdFilter,
} from './stressFilters.ts'
import { HOURS_PER_YEAR } from './World.ts'

const world = createRegimeWorld({ regimes: EXPERIMENT_REGIMES })

describe('ewmaVolatility', () => {
  test('default: returns of one size end at that size', () => {
    const returns = new Float64Array(400).fill(0.01)
    const volatility = ewmaVolatility(returns, 12)
    expect(volatility[399]).toBeCloseTo(0.01 * Math.sqrt(HOURS_PER_YEAR), 6)
  })

  test('behavior: half of the weight is on one half-life', () => {
    const returns = new Float64Array(13).fill(0)
    const volatility = ewmaVolatility(returns, 12)
    expect((volatility[12] ?? 0) ** 2 / (volatility[0] ?? 1) ** 2).toBeCloseTo(0.5, 12)
  })
})

test('behavior: no filter looks ahead: what comes later changes nothing before', () => {
  const { returns } = world.path(1, 0, 600)
  const other = Float64Array.from(returns)
  other.fill(0.05, 300)
  const filters = [
    tableFilter({ filter: { halfLifeHours: 12, midpoint: 0.7, steepness: 6 } }),
    thresholdFilter(12, 0.95),
    bayesFilter({ regimes: EXPERIMENT_REGIMES }),
  ]
  // The weight of hour 300 knows the returns of the hours before it.
  for (const filter of filters)
    expect(filter(other).slice(0, 301)).toEqual(filter(returns).slice(0, 301))
})

describe('bayesFilter', () => {
  test('default: a belief of p is right in p of cases', () => {
    const filter = bayesFilter({ regimes: EXPERIMENT_REGIMES })
    const bins = Array.from({ length: 5 }, () => ({ belief: 0, stressed: 0, count: 0 }))
    for (let index = 0; index < 60; index++) {
      const { returns, costLevel } = world.path(4, index, HOURS_PER_YEAR)
      for (const [t, belief] of filter(returns).entries()) {
        const bin = bins[Math.min(4, Math.floor(5 * belief))]
        if (bin === undefined) continue
        bin.belief += belief
        bin.stressed += costLevel[t] ?? 0
        bin.count += 1
      }
    }
    for (const { belief, stressed, count } of bins)
      expect(Math.abs(belief - stressed) / count).toBeLessThan(0.06)
  })

  test('behavior: its density integrates to one', () => {
    for (const regime of EXPERIMENT_REGIMES) {
      let sum = 0
      for (let x = -0.5; x < 0.5; x += 1e-4) sum += density(regime, x) * 1e-4
      expect(sum).toBeCloseTo(1, 6)
    }
  })
})
