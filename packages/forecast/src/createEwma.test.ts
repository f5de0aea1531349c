import { InvalidInputError, type PricePoint } from '@plimsoll/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEwma, type EwmaConfig, halfLifeOf } from './createEwma.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const config: EwmaConfig = {
  version: 'test',
  halfLifeMs: HOUR,
  minPoints: 2,
  horizonsMs: [HOUR, 4 * HOUR, 24 * HOUR],
}

const run = (points: readonly PricePoint[], change: Partial<EwmaConfig> = {}) =>
  createEwma({ ...config, ...change }).forecast('ETH', points)

/** Points at times in hours, with log prices. */
const series = (...points: readonly (readonly [hours: number, logPrice: number])[]) =>
  points.map(([hours, logPrice]) => ({ at: hours * HOUR, price: Math.exp(logPrice) }))

/** Uniform numbers from 0 to 1 by a linear congruence. */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
}

/** Geometric Brownian motion at uneven times, five minutes apart on average. */
function brownian(p: { seed: number; points: number; sigmaDay: number }): PricePoint[] {
  const next = uniform(p.seed)
  const points: PricePoint[] = []
  let [at, logPrice] = [0, Math.log(2_000)]
  for (let i = 0; i < p.points; i++) {
    points.push({ at, price: Math.exp(logPrice) })
    const elapsed = Math.ceil(next() * 10 * MINUTE)
    const normal = Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
    logPrice += p.sigmaDay * Math.sqrt(elapsed / (24 * HOUR)) * normal
    at += elapsed
  }
  return points
}

describe('default', () => {
  test('a series by hand, evenly spaced: returns 1 %, −2 %, 3 % an hour apart, half-life one hour', () => {
    const points = series([0, 0], [1, 0.01], [2, -0.01], [3, 0.02])
    // Weights 1/4, 1/2, 1 on squares and on time.
    const rate = (1e-4 / 4 + 4e-4 / 2 + 9e-4) / (1 / 4 + 1 / 2 + 1) // per hour
    const { horizons, model, at, asset } = run(points)
    expect([asset, model, at]).toEqual(['ETH', 'ewma@test', 3 * HOUR])
    expect(horizons.map(({ ms }) => ms)).toEqual(config.horizonsMs)
    for (const { ms, variance } of horizons) expect(variance).toBeCloseTo((rate * ms) / HOUR, 15)
  })

  test('a series by hand, unevenly spaced: half an hour, then two', () => {
    const points = series([0, 0], [0.5, 0.01], [2.5, -0.01])
    const rate = (1e-4 / 4 + 4e-4) / (0.5 / 4 + 2)
    expect(run(points).horizons[0]?.variance).toBeCloseTo(rate, 15)
  })

  test('behavior: equals the classical recursion with λ on even bars, once its start is forgotten', () => {
    const lambda = 0.94
    const points = brownian({ seed: 7, points: 4_000, sigmaDay: 0.05 }).map(({ price }, i) => ({
      at: i * 5 * MINUTE,
      price,
    }))
    let variance = 0
    for (const [i, { price }] of points.entries())
      if (i > 0)
        variance = lambda * variance + (1 - lambda) * Math.log(price / points[i - 1]!.price) ** 2
    const halfLifeMs = halfLifeOf(lambda, 5 * MINUTE)
    const { horizons } = run(points, { halfLifeMs, horizonsMs: [5 * MINUTE] })
    expect(horizons[0]!.variance / variance).toBeCloseTo(1, 9)
  })
})

test('behavior: recovers the volatility of a Brownian motion seen at uneven times', () => {
  for (const [seed, sigmaDay] of [
    [1, 0.02],
    [2, 0.05],
    [3, 0.2],
  ] as const) {
    const points = brownian({ seed, points: 20_000, sigmaDay })
    const { horizons } = run(points, { halfLifeMs: 240 * HOUR })
    // About 8,000 effective returns: a standard error of the volatility below 1 %.
    expect(Math.sqrt(horizons[2]!.variance) / sigmaDay).toBeGreaterThan(0.97)
    expect(Math.sqrt(horizons[2]!.variance) / sigmaDay).toBeLessThan(1.03)
  }
})

test('behavior: forgets: after ten half-lives of calm a shock weighs a thousandth', () => {
  const calm = Array.from({ length: 11 }, (_, i): [number, number] => [i + 1, 0.1])
  const [after] = run(series([0, 0], ...calm)).horizons
  expect(after!.variance).toBeCloseTo((0.01 * 2 ** -10) / (2 - 2 ** -10), 12)
})

test('behavior: a price that never moves has no variance', () => {
  expect(run(series([0, 1], [1, 1], [2, 1])).horizons.map(({ variance }) => variance)).toEqual([
    0, 0, 0,
  ])
})

test('property: variance is proportional to the horizon, finite and never negative', () => {
  const gap = fc.integer({ min: 1, max: 100 * HOUR })
  const price = fc.double({ min: 1e-6, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(gap, price), { minLength: 2, maxLength: 40 }), (steps) => {
      let at = 0
      const points = steps.map(([elapsed, price]) => {
        at += elapsed
        return { at, price }
      })
      const { horizons } = run(points)
      const [first] = horizons
      for (const { ms, variance } of horizons) {
        expect(variance >= 0 && Number.isFinite(variance)).toBe(true)
        if (variance > 0) expect(variance / ((first!.variance * ms) / HOUR)).toBeCloseTo(1, 12)
      }
    }),
    { seed: 20_200_312, numRuns: 300 },
  )
})

test('property: neither the currency of prices nor the date changes the forecast', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 0, max: 1e12 }),
      (scale, shift) => {
        const points = brownian({ seed: scale, points: 50, sigmaDay: 0.05 })
        const moved = points.map(({ at, price }) => ({ at: at + shift, price: price * scale }))
        const [before, after] = [run(points).horizons[0]!, run(moved).horizons[0]!]
        expect(after.variance / before.variance).toBeCloseTo(1, 9)
      },
    ),
    { seed: 20_200_312, numRuns: 100 },
  )
})

describe('error: InvalidInputError', () => {
  const cases: readonly [string, () => unknown][] = [
    ['no points', () => run([])],
    ['too few points', () => run(series([0, 0], [1, 0]), { minPoints: 3 })],
    [
      'a price of zero',
      () =>
        run([
          { at: 0, price: 1 },
          { at: 1, price: 0 },
        ]),
    ],
    [
      'a price that is not a number',
      () =>
        run([
          { at: 0, price: Number.NaN },
          { at: 1, price: 1 },
        ]),
    ],
    [
      'an infinite price',
      () =>
        run([
          { at: 0, price: 1 },
          { at: 1, price: Number.POSITIVE_INFINITY },
        ]),
    ],
    ['two points at one time', () => run(series([0, 0], [1, 0], [1, 0.1]))],
    ['points out of order', () => run(series([0, 0], [2, 0], [1, 0.1]))],
    [
      'a time that is not a number',
      () =>
        run([
          { at: 0, price: 1 },
          { at: Number.NaN, price: 1 },
        ]),
    ],
    ['a half-life of zero', () => createEwma({ ...config, halfLifeMs: 0 })],
    ['one point', () => createEwma({ ...config, minPoints: 1 })],
    ['no horizon', () => createEwma({ ...config, horizonsMs: [] })],
    ['a horizon that is not a number', () => createEwma({ ...config, horizonsMs: [Number.NaN] })],
    ['a decay of one', () => halfLifeOf(1, MINUTE)],
    ['no bar', () => halfLifeOf(0.94, 0)],
  ]
  for (const [name, attempt] of cases)
    test(name, () => {
      expect(attempt).toThrow(InvalidInputError)
    })
})
