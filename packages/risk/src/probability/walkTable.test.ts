import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { bivariateTail } from './bivariateTail.ts'
import { normalTail } from './normalTail.ts'
import { walkHit, walkTable } from './walkTable.ts'

const normal = walkTable({ steps: 48, df: null })
const student = walkTable({ steps: 3, df: 5 })

test('default', () => {
  for (const d of [0, 0.3, 1, 2.2, 3.7]) {
    expect(walkHit(normal, d, 1) / normalTail(d)).toBeCloseTo(1, 4)
    // two steps: at or below the barrier after the first or after the second, correlation 1/√2
    const first = d * Math.SQRT2
    const two = normalTail(first) + normalTail(d) - bivariateTail(first, d, Math.SQRT1_2)
    expect(walkHit(normal, d, 2) / two).toBeCloseTo(1, 3)
  }
})

test('behavior: a walk from the barrier itself stays above it with probability (2n)!/(n!·2ⁿ)², whatever the step', () => {
  // Sparre Andersen's theorem
  let stays = 1
  for (let n = 1; n <= 48; n++) {
    stays *= (2 * n - 1) / (2 * n)
    expect(walkHit(normal, 0, n)).toBeCloseTo(1 - stays, 5)
    if (n <= 3) expect(walkHit(student, 0, n)).toBeCloseTo(1 - stays, 5)
  }
})

test("behavior: one step of Student's t has its tail", () => {
  // 97.5 % and 99.95 % points of five degrees, scaled to unit variance
  expect(walkHit(student, 2.570581836 * Math.sqrt(0.6), 1)).toBeCloseTo(0.025, 5)
  expect(walkHit(student, 6.868826626 * Math.sqrt(0.6), 1)).toBeCloseTo(0.0005, 6)
})

test('behavior: many steps approach a path that is always watched, with the barrier moved out', () => {
  for (const d of [0.5, 1, 2, 3]) {
    const shifted = 2 * normalTail(d + 0.5826 / Math.sqrt(48))
    expect(Math.abs(walkHit(normal, d, 48) / shifted - 1)).toBeLessThan(0.03)
    expect(walkHit(normal, d, 48)).toBeLessThan(2 * normalTail(d))
  }
})

test('behavior: falls with distance, rises with steps, also beyond the table', () => {
  for (const table of [normal, student])
    for (let n = 1; n <= 3; n += 0.5)
      for (let d = 0; d < 60; d += 0.37) {
        const here = walkHit(table, d, n)
        expect(here).toBeGreaterThanOrEqual(walkHit(table, d + 0.37, n))
        expect(here).toBeGreaterThanOrEqual(0)
        expect(here).toBeLessThanOrEqual(1)
      }
  for (let n = 1; n < 48; n++)
    expect(walkHit(normal, 2 / Math.sqrt(n), n)).toBeLessThan(
      walkHit(normal, 2 / Math.sqrt(n + 1), n + 1),
    )
})

test('error: InvalidInputError', () => {
  for (const df of [2, 0, Number.NaN])
    expect(() => walkTable({ steps: 1, df })).toThrow(InvalidInputError)
})
