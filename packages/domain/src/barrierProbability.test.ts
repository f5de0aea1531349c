import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barrierDistance, barrierProbability, returnQuantile } from './barrierProbability.ts'
import type { ExcursionLaw, PriceLaw } from './Forecast.ts'
import { normalCdf, normalQuantile } from './normal.ts'

const law: ExcursionLaw = {
  points: [
    { probability: 0.5, distance: 0.01 },
    { probability: 0.1, distance: 0.03 },
    { probability: 0.01, distance: 0.06 },
  ],
  tailIndex: 3,
}
const returns: PriceLaw = {
  returns: [
    { probability: 0.01, value: -0.05 },
    { probability: 0.5, value: 0.001 },
    { probability: 0.99, value: 0.04 },
  ],
  fall: law,
  rise: { ...law, tailIndex: 4 },
}

test('default: at the points, between them and beyond', () => {
  expect(barrierProbability(law, 0.01)).toBeCloseTo(0.5, 12)
  // Half-way between .5 and .1 in standard deviations: .6745 and 1.6449.
  expect(barrierProbability(law, 0.02)).toBeCloseTo(2 * normalCdf(-1.159_671_7), 7)
  expect(barrierProbability(law, 0.06)).toBeCloseTo(0.01, 12)
  expect(barrierProbability(law, 0.12)).toBeCloseTo(0.01 / 8, 12)
})

test('behavior: points of a driftless walk give back its law of reflection', () => {
  const points = [0.9, 0.5, 0.1, 0.01].map((probability) => ({
    probability,
    distance: 0.02 * normalQuantile(1 - probability / 2),
  }))
  for (const distance of [0.001, 0.01, 0.03, 0.05])
    expect(barrierProbability({ points, tailIndex: 3 }, distance)).toBeCloseTo(
      2 * normalCdf(-distance / 0.02),
      12,
    )
})

test('behavior: a barrier at the price or past it is reached for certain', () => {
  for (const distance of [0, -0.1, Number.NEGATIVE_INFINITY])
    expect(barrierProbability(law, distance)).toBe(1)
})

test('behavior: quantiles of returns at the points, between them and beyond', () => {
  expect(returnQuantile(returns, 0.01)).toBe(-0.05)
  expect(returnQuantile(returns, 0.5)).toBeCloseTo(0.001, 12)
  expect(returnQuantile(returns, 0.255)).toBeCloseTo((-0.05 + 0.001) / 2, 12)
  expect(returnQuantile(returns, 0.00125)).toBeCloseTo(-0.1, 12)
  expect(returnQuantile(returns, 1 - 0.01 / 16)).toBeCloseTo(0.08, 9)
})

test('property: the distance of a probability has that probability; further is never likelier', () => {
  const distance = fc.double({ min: 1e-6, max: 1, noNaN: true })
  fc.assert(
    fc.property(distance, distance, (one, other) => {
      const p = barrierProbability(law, one)
      expect(barrierDistance(law, p) / one).toBeCloseTo(1, 9)
      expect(barrierProbability(law, Math.max(one, other))).toBeLessThanOrEqual(p)
    }),
  )
})
