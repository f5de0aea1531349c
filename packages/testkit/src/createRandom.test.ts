import { InvalidInputError } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from './createRandom.ts'

test('default: the sequence of a seed is fixed', () => {
  const random = createRandom(1)
  const first = [random.int(0, 999), random.int(0, 999), random.int(0, 999), random.int(0, 999)]
  expect(first).toEqual([627, 527, 968, 612])
})

test('property: every draw stays within its bounds and both ends occur', () => {
  fc.assert(
    fc.property(fc.integer(), fc.bigInt({ min: 0n, max: 10n ** 30n }), (seed, span) => {
      const random = createRandom(seed)
      const seen = new Set(Array.from({ length: 200 }, () => random.int(-1, 1)))
      expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1])
      const drawn = random.bigint(5n, 5n + span)
      expect(5n <= drawn && drawn <= 5n + span).toBe(true)
      const share = random.next()
      expect(0 <= share && share < 1).toBe(true)
    }),
  )
})

test('error: InvalidInputError', () => {
  expect(() => createRandom(1).pick([])).toThrow(InvalidInputError)
})
