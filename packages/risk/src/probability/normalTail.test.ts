import { expect, test } from 'vitest'
import { millsRatio, normalDensity, normalTail, normalTailInverse } from './normalTail.ts'

// Φ̄ to sixteen digits, from tables of the error function
const KNOWN: readonly (readonly [number, number])[] = [
  [0, 0.5],
  [0.5, 0.3085375387259869],
  [1, 0.15865525393145705],
  [2, 0.02275013194817921],
  [3, 0.0013498980316300946],
  [5, 2.866515718791939e-7],
  [8, 6.220960574271785e-16],
  [10, 7.61985302416047e-24],
  [20, 2.753624118606233e-89],
  [30, 4.906713927148187e-198],
]

test('default', () => {
  for (const [x, tail] of KNOWN) {
    expect(Math.abs(normalTail(x) / tail - 1)).toBeLessThan(1e-9)
    expect(Math.abs(normalTail(-x) / (1 - tail) - 1)).toBeLessThan(1e-12)
  }
})

test('behavior: between nodes it agrees with the integral of the density', () => {
  for (let x = 0.003; x < 14; x += 0.0917) {
    const step = 1e-3
    const slope = (normalTail(x - step) - normalTail(x + step)) / (2 * step)
    expect(slope / normalDensity(x)).toBeCloseTo(1 + (step * step * (x * x - 1)) / 6, 5)
    expect(millsRatio(x)).toBeGreaterThan(x / (1 + x * x)) // Gordon's bounds
    expect(millsRatio(x)).toBeLessThan(1 / x)
  }
})

test('behavior: nothing is left at infinity, everything at minus infinity', () => {
  expect(normalTail(Number.POSITIVE_INFINITY)).toBe(0)
  expect(normalTail(Number.NEGATIVE_INFINITY)).toBe(1)
  expect(normalTail(60)).toBe(0)
})

test('behavior: the inverse takes a tail back', () => {
  for (const p of [1e-200, 1e-30, 1e-9, 1e-3, 0.02, 0.3, 0.4999, 0.5, 0.7, 0.999999])
    expect(normalTail(normalTailInverse(p)) / p).toBeCloseTo(1, 8)
  expect(normalTailInverse(0)).toBe(Number.POSITIVE_INFINITY)
  expect(normalTailInverse(1)).toBe(Number.NEGATIVE_INFINITY)
})
