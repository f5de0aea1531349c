import { expect, test } from 'vitest'
import { createRandom } from './createRandom.ts'

const moments = (draw: () => number, count = 40_000) => {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < count; i++) {
    const value = draw()
    sum += value
    squares += value * value
  }
  return { mean: sum / count, variance: squares / count - (sum / count) ** 2 }
}

test('default: the same seed and stream give the same numbers', () => {
  const [a, b] = [createRandom(3, 5), createRandom(3, 5)]
  for (let i = 0; i < 100; i++) expect(a.normal()).toBe(b.normal())
})

test('behavior: another stream gives others', () => {
  const first = Array.from({ length: 50 }, (_, stream) => createRandom(3, stream).uniform())
  expect(new Set(first).size).toBe(50)
})

test('behavior: moments are those of their laws', () => {
  const random = createRandom(1, 0)
  const uniform = moments(random.uniform)
  expect(uniform.mean).toBeCloseTo(0.5, 1.5)
  expect(uniform.variance).toBeCloseTo(1 / 12, 2)
  const normal = moments(random.normal)
  expect(Math.abs(normal.mean)).toBeLessThan(0.02)
  expect(Math.abs(normal.variance - 1)).toBeLessThan(0.03)
  const student = moments(random.student4)
  expect(Math.abs(student.mean)).toBeLessThan(0.04)
  expect(Math.abs(student.variance - 2)).toBeLessThan(0.3)
})
