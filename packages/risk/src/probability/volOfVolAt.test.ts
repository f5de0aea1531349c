import { expect, test } from 'vitest'
import { volOfVolAt } from './volOfVolAt.ts'

const DAY_MS = 86_400_000
const LAW = { sd: 0.892, halfLifeMs: DAY_MS }

test('default', () => {
  expect(volOfVolAt(LAW, DAY_MS)).toBeCloseTo(0.8, 1)
  expect(volOfVolAt(LAW, 7 * DAY_MS)).toBeCloseTo(0.5, 0)
})

test('behavior: the stationary deviation over moments, nothing over ages, falling in between', () => {
  expect(volOfVolAt(LAW, 1)).toBeCloseTo(0.892, 5)
  expect(volOfVolAt(LAW, 3_650 * DAY_MS)).toBeLessThan(0.05)
  let before = 1
  for (let ms = 60_000; ms < 1e10; ms *= 1.7) {
    expect(volOfVolAt(LAW, ms)).toBeLessThan(before)
    before = volOfVolAt(LAW, ms)
  }
  expect(volOfVolAt({ sd: 0, halfLifeMs: 1 }, DAY_MS)).toBe(0)
})

test('behavior: has the variance of the integral of an exponential of a sum', () => {
  // E[(∫v)²] by a double sum over a grid
  const n = 400
  let square = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      square += Math.exp(0.892 ** 2 * 2 ** (-Math.abs(i - j) / n)) / (n * n)
  expect(volOfVolAt(LAW, DAY_MS) ** 2).toBeCloseTo(Math.log(square), 3)
})
