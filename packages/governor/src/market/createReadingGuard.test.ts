import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReadingGuard } from './createReadingGuard.ts'

const MINUTE = 60_000

test('default: never more than now, nor than usual', () => {
  const guard = createReadingGuard({ unprovenUsd: 1e9 }).of('market')
  const said = [100, 120, 110, 105, 90].map((value, i) => guard.rely('v', value, i * MINUTE))
  expect(said).toEqual([100, 120, 110, 105, 90])
  expect(guard.rely('v', 200, 5 * MINUTE)).toBe(105) // the median of the five
  expect(guard.rely('v', 50, 6 * MINUTE)).toBe(50)
  expect(guard.rely('v', 421, 7 * MINUTE)).toBe(50) // beyond belief: the least of late
  expect(guard.rely('another', 7, 5 * MINUTE)).toBe(7)
})

test('behavior: unproven markets count as little', () => {
  const guard = createReadingGuard({ unprovenUsd: 10 }).of('market')
  expect([0, 1, 2, 3, 4, 5].map((i) => guard.rely('v', 1_000, i * MINUTE))).toEqual([
    ...[10, 10, 10, 10, 10],
    1_000,
  ])
})

test('behavior: readings of one minute count as one', () => {
  const guard = createReadingGuard({ unprovenUsd: 1e9 }).of('market')
  for (let i = 0; i < 20; i++) guard.rely('v', 100, i)
  expect(guard.rely('v', 1_000, 30)).toBe(1_000) // one reading makes no usual value
})

test('behavior: growth that lasts raises the limit, late', () => {
  const guard = createReadingGuard({ unprovenUsd: 1e9 }).of('market')
  for (let i = 0; i < 12; i++) guard.rely('v', 100, i * MINUTE)
  const said = Array.from({ length: 12 }, (_, i) => guard.rely('v', 300, (12 + i) * MINUTE))
  expect(said[0]).toBe(100)
  expect(said.at(-1)).toBe(300)
})

test('property: no lie, however many and in whatever order, gets more than the truth ever had', () => {
  const lie = fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e4, 1e5, 1e9)
  const truth = fc.double({ min: 60, max: 100, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(truth, { minLength: 5, maxLength: 12 }),
      fc.array(fc.oneof(lie, truth), { maxLength: 60 }),
      (before, then) => {
        const guard = createReadingGuard({ unprovenUsd: 1e9 }).of('market')
        let at = 0
        for (const value of before) {
          at += MINUTE
          guard.rely('v', value, at)
        }
        for (const value of then) {
          at += MINUTE
          const relied = guard.rely('v', value, at)
          expect(relied).toBeLessThanOrEqual(100)
          if (!(value > 0) || !Number.isFinite(value)) expect(relied).toBe(0)
        }
      },
    ),
  )
})
