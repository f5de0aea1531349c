import { expect, test } from 'vitest'
import { mean, pairedDifference, quantile } from './bootstrap.ts'
import { createRandom } from './createRandom.ts'

const random = createRandom(5, 1)
const theirs = Float64Array.from({ length: 400 }, () => 10 + random.normal())
const ours = theirs.map((each) => each - 0.5 + 0.1 * random.normal())

test('default: what paths have in common cancels', () => {
  const { value, low, high } = pairedDifference({ ours, theirs, seed: 1 })
  expect(value).toBeCloseTo(mean(ours) - mean(theirs), 12)
  expect(low).toBeLessThan(value)
  expect(high).toBeGreaterThan(value)
  // 1.96 · 0.1 / √400 on each side, not the 0.1 of unpaired means.
  expect(high - low).toBeGreaterThan(0.015)
  expect(high - low).toBeLessThan(0.025)
})

test('behavior: the interval holds the truth as often as it says', () => {
  let held = 0
  for (let trial = 0; trial < 200; trial++) {
    const draw = createRandom(trial, 9)
    const zero = new Float64Array(60)
    const sample = zero.map(() => 0.3 + draw.normal())
    const { low, high } = pairedDifference({ ours: sample, theirs: zero, seed: trial, draws: 300 })
    if (low <= 0.3 && 0.3 <= high) held += 1
  }
  expect(held).toBeGreaterThan(178)
})

test('behavior: quantiles lie between neighbours', () => {
  expect(quantile(Float64Array.from([1, 2, 4]), 0.75)).toBe(3)
})
