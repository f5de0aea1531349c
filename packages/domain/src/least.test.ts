import { expect, test } from 'vitest'
import { least } from './least.ts'

test('default: the smallest, wherever it stands', () => {
  expect(least(3n, 1n, 2n)).toBe(1n)
  expect(least(-3n, 1n)).toBe(-3n)
})

test('behavior: one amount is its own least, beyond the range of numbers too', () => {
  expect(least(2n ** 200n)).toBe(2n ** 200n)
  expect(least(2n ** 200n, 2n ** 200n - 1n)).toBe(2n ** 200n - 1n)
})
