import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { compileLaw, varianceAt } from './compileLaw.ts'
import type { ReturnLaw } from './ReturnLaw.ts'

const HOUR_MS = 3_600_000
const LAW: ReturnLaw = {
  assets: ['BTC', 'ETH', 'USDC'],
  variance: [
    [
      { ms: HOUR_MS, variance: 1e-4 },
      { ms: 24 * HOUR_MS, variance: 1.7e-3 },
    ],
    [{ ms: 24 * HOUR_MS, variance: 2.4e-3 }],
    [],
  ],
  correlation: 0.5,
  volOfVol: { sd: 0.9, halfLifeMs: 24 * HOUR_MS },
  jumps: { perYear: 24, mean: [-0.02, -0.04, 0], sd: [0.05, 0.1, 0], correlation: 0.75 },
  updateMs: 300_000,
  innovationDf: 5,
}

test('default', () => {
  const law = compileLaw(LAW, [HOUR_MS, 48 * HOUR_MS])
  const [hour, days] = law.horizons
  expect(hour?.updates).toBe(12)
  expect(hour?.covariance[0]).toBeCloseTo(1e-4, 12)
  expect(hour?.covariance[1]).toBeCloseTo(0.5 * Math.sqrt(1e-4 * 1e-4), 12)
  expect(days?.covariance[4]).toBeCloseTo(4.8e-3, 12)
  expect(days?.covariance[8]).toBe(0)
  expect(law.jumpCovariance[1]).toBeCloseTo(0.75 * 0.05 * 0.1, 12)
  // what makes up for jumps in the mean price: λT(1 − E e^J)
  const expected = (24 * 2) / 365
  expect(days?.compensator[1]).toBeCloseTo(expected * (1 - Math.exp(-0.04 + 0.005)), 12)
})

test('behavior: variance is linear between knots and goes on at the last rate', () => {
  const [btc = []] = LAW.variance
  expect(varianceAt(btc, HOUR_MS / 4)).toBeCloseTo(2.5e-5, 12)
  expect(varianceAt(btc, 12.5 * HOUR_MS)).toBeCloseTo(9e-4, 12)
  expect(varianceAt(btc, 72 * HOUR_MS)).toBeCloseTo(5.1e-3, 12)
  expect(varianceAt([], HOUR_MS)).toBe(0)
})

test('behavior: weights are probabilities, factors have mean one', () => {
  for (const ms of [900_000, 24 * HOUR_MS, 168 * HOUR_MS]) {
    const [of] = compileLaw(LAW, [ms]).horizons
    if (of === undefined) throw new InvalidInputError({ field: 'x', found: 0, allowed: '' })
    const total = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0)
    expect(total(of.jumpWeights)).toBeCloseTo(1, 12)
    expect(total(of.factorWeights)).toBeCloseTo(1, 9)
    expect(of.factors.reduce((sum, v, i) => sum + v * (of.factorWeights[i] ?? 0), 0)).toBeCloseTo(
      1,
      5,
    )
    // counted to a Poisson tail below 1e-6, and no further
    const expected = (24 * ms) / (365 * 24 * HOUR_MS)
    let weight = Math.exp(-expected)
    let left = 1
    for (let k = 0; k < of.jumpWeights.length - 1; k++) {
      expect(of.jumpWeights[k]).toBeCloseTo(weight, 12)
      left -= weight
      weight *= expected / (k + 1)
      expect(left).toBeGreaterThanOrEqual(1e-6)
    }
    expect(left - weight).toBeLessThan(1e-6)
  }
})

test('behavior: without uncertainty of variance and jumps there is one component', () => {
  const [of] = compileLaw({ ...LAW, volOfVol: { sd: 0, halfLifeMs: 1 }, jumps: null }, [
    HOUR_MS,
  ]).horizons
  expect([...(of?.factors ?? [])]).toEqual([1])
  expect([...(of?.jumpWeights ?? [])]).toEqual([1])
})

test('error: InvalidInputError', () => {
  const bad: readonly Partial<ReturnLaw>[] = [
    { variance: [] },
    { variance: [[{ ms: 1, variance: -1 }], [], []] },
    {
      variance: [
        [
          { ms: 2, variance: 2 },
          { ms: 1, variance: 3 },
        ],
        [],
        [],
      ],
    },
    { variance: [[{ ms: 1, variance: Number.NaN }], [], []] },
    { correlation: 1.2 },
    { correlation: -0.9 },
    {
      correlation: [
        [1, 0.5, 0],
        [0.4, 1, 0],
        [0, 0, 1],
      ],
    },
    { correlation: [[1]] },
    { volOfVol: { sd: -1, halfLifeMs: 1 } },
    { volOfVol: { sd: 1, halfLifeMs: 0 } },
    { updateMs: 0 },
    { innovationDf: 4 },
    { jumps: { perYear: -1, mean: [0, 0, 0], sd: [0, 0, 0], correlation: 0 } },
    { jumps: { perYear: 1, mean: [0], sd: [0, 0, 0], correlation: 0 } },
    { jumps: { perYear: 1, mean: [0, 0, 0], sd: [0, 0, -1], correlation: 0 } },
    { jumps: { perYear: 1, mean: [0, 0, 0], sd: [0, 0, 0], correlation: 2 } },
  ]
  for (const part of bad)
    expect(() => compileLaw({ ...LAW, ...part }, [HOUR_MS])).toThrow(InvalidInputError)
  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => compileLaw(LAW, [ms])).toThrow(InvalidInputError)
})
