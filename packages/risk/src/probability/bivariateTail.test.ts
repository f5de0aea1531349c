import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bivariateTail } from './bivariateTail.ts'
import { normalDensity, normalTail } from './normalTail.ts'

/** `∫_h^∞ φ(x) Φ̄((k − ρx)/√(1 − ρ²)) dx` by a fine sum. */
function bySum(h: number, k: number, rho: number): number {
  const step = 1e-4
  const across = Math.sqrt(1 - rho * rho)
  let sum = 0
  for (let x = h + step / 2; x < 9; x += step)
    sum += normalDensity(x) * normalTail((k - rho * x) / across) * step
  return sum
}

test('default', () => {
  for (const rho of [-0.97, -0.5, 0, 0.3, 0.8, 0.95, 0.995])
    for (const [h, k] of [
      [0, 0],
      [1, 1.2],
      [2.5, 2.4],
      [3, 1],
      [-0.5, 1],
    ] as const)
      expect(Math.abs(bivariateTail(h, k, rho) - bySum(h, k, rho))).toBeLessThan(1e-6)
})

test('behavior: closed forms', () => {
  for (const rho of [-0.9, -0.2, 0.4, 0.99])
    expect(bivariateTail(0, 0, rho)).toBeCloseTo(0.25 + Math.asin(rho) / (2 * Math.PI), 6)
  expect(bivariateTail(1, 2, 1)).toBe(normalTail(2))
  expect(bivariateTail(1, 2, -1)).toBe(0)
  expect(bivariateTail(Number.POSITIVE_INFINITY, 1, 0.5)).toBe(0)
  expect(bivariateTail(Number.NEGATIVE_INFINITY, 1, 0.5)).toBeCloseTo(normalTail(1), 12)
})

test('property: between the bounds of any dependence, symmetric', () => {
  const x = fc.integer({ min: -400, max: 600 }).map((n) => n / 100)
  const rho = fc.integer({ min: -100, max: 100 }).map((n) => n / 100)
  fc.assert(
    fc.property(x, x, rho, (h, k, r) => {
      const p = bivariateTail(h, k, r)
      expect(p).toBeLessThanOrEqual(Math.min(normalTail(h), normalTail(k)))
      expect(p).toBeGreaterThanOrEqual(Math.max(0, normalTail(h) + normalTail(k) - 1))
      expect(p).toBeCloseTo(bivariateTail(k, h, r), 12)
    }),
  )
})
