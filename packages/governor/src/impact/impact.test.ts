import { InvalidInputError } from '@plimsoll/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addFlow, decayFlow, NO_FLOW, unabsorbed } from './FlowState.ts'
import { type ImpactTerms, LINEAR_BELOW } from './ImpactTerms.ts'
import { linearImpact } from './linearImpact.ts'
import { marketImpact } from './marketImpact.ts'
import { ownImpact } from './ownImpact.ts'
import { constantProductImpact, type LiquidityRange, tickImpact } from './poolImpact.ts'
import { flowOfImpact, squareRootImpact } from './squareRootImpact.ts'
import { MAX_STRESS, stressMultiplier } from './stressMultiplier.ts'

const terms: ImpactTerms = {
  dailyVolume: 1e9,
  dailyVolatility: 0.04,
  stress: 1,
  prefactor: 1,
}

describe('squareRootImpact', () => {
  test('default', () => {
    // 1 % of a day's volume moves the price by a tenth of a day's volatility.
    expect(squareRootImpact(1e7, terms)).toBeCloseTo(0.004, 12)
    expect(squareRootImpact(-1e7, { ...terms, stress: 2 })).toBeCloseTo(-0.008, 12)
    expect(squareRootImpact(0, { ...terms, dailyVolume: 0 })).toBe(0)
  })

  test('behavior: linear below 1e-4 of a day, and the two meet', () => {
    const edge = LINEAR_BELOW * terms.dailyVolume
    expect(squareRootImpact(edge / 2, terms)).toBeCloseTo(squareRootImpact(edge, terms) / 2, 15)
    expect(squareRootImpact(edge * (1 - 1e-12), terms)).toBeCloseTo(
      squareRootImpact(edge * (1 + 1e-12), terms),
      12,
    )
  })

  test('behavior: a market without volume bears nothing', () => {
    expect(squareRootImpact(1, { ...terms, dailyVolume: 0 })).toBe(Number.POSITIVE_INFINITY)
    expect(squareRootImpact(1, { ...terms, dailyVolume: Number.NaN })).toBe(
      Number.POSITIVE_INFINITY,
    )
    for (const bad of [0, -1, Number.NaN]) {
      expect(flowOfImpact(0.01, { ...terms, dailyVolume: bad })).toBe(0)
      expect(flowOfImpact(0.01, { ...terms, dailyVolatility: bad })).toBe(0)
    }
  })

  test('property: grows with size, is odd and concave, and flowOfImpact inverts it', () => {
    const size = fc.double({ min: 1, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        const at = (flow: number) => squareRootImpact(flow, terms)
        expect(at(low)).toBeLessThanOrEqual(at(high))
        expect(at(-a)).toBe(-at(a))
        expect(at(low + high)).toBeLessThanOrEqual((at(low) + at(high)) * (1 + 1e-12))
        expect(flowOfImpact(at(a), terms) / a).toBeCloseTo(1, 9)
      }),
    )
  })
})

test('linearImpact: ten times in the worst stress', () => {
  expect(linearImpact(1e8, 0.02, terms)).toBeCloseTo(0.002, 12)
  expect(linearImpact(1e8, 0.02, { ...terms, stress: Math.sqrt(10) })).toBeCloseTo(0.02, 12)
  expect(linearImpact(1, 0.02, { dailyVolume: 0, stress: 1 })).toBe(Number.POSITIVE_INFINITY)
})

test('stressMultiplier: the root of the ratio within 1 and 3.2, unknown is stress', () => {
  expect(stressMultiplier(0.5, 1)).toBe(1)
  expect(stressMultiplier(4, 1)).toBe(2)
  expect(stressMultiplier(100, 1)).toBe(MAX_STRESS)
  expect(stressMultiplier(Number.NaN, 1)).toBe(MAX_STRESS)
  expect(stressMultiplier(1, 0)).toBe(MAX_STRESS)
})

describe('decayFlow', () => {
  const hour = 3_600_000
  test('default', () => {
    const flow = addFlow(NO_FLOW, 100)
    expect(unabsorbed(flow)).toBe(100)
    expect(unabsorbed(decayFlow(flow, hour / 2))).toBeCloseTo(30 + 40 * 2 ** (-1 / 24), 12)
    expect(unabsorbed(decayFlow(flow, 12 * hour))).toBeCloseTo(20 + 60 * 2 ** -24, 9)
  })

  test('behavior: steps add up', () => {
    const flow = addFlow(NO_FLOW, 100)
    const once = decayFlow(flow, 5 * hour)
    const twice = decayFlow(decayFlow(flow, 2 * hour), 3 * hour)
    expect(twice.fast).toBeCloseTo(once.fast, 12)
    expect(twice.slow).toBeCloseTo(once.slow, 12)
  })

  test('error: InvalidInputError', () => {
    expect(() => decayFlow(NO_FLOW, -1)).toThrow(InvalidInputError)
    expect(() => decayFlow(NO_FLOW, Number.NaN)).toThrow(InvalidInputError)
  })
})

describe('pools', () => {
  test('constant product: the exact move, and its first order', () => {
    // Selling a tenth of the reserve: price falls to 1 / 1.1².
    expect(constantProductImpact(10, 100)).toBeCloseTo(Math.log(1.21), 12)
    expect(constantProductImpact(1e-6, 1) / 2e-6).toBeCloseTo(1, 5)
    expect(constantProductImpact(1, 0)).toBe(Number.POSITIVE_INFINITY)
    expect(constantProductImpact(Number.NaN, 1)).toBe(Number.POSITIVE_INFINITY)
  })

  const wide: LiquidityRange = { lower: 1e-6, upper: 1e12, liquidity: 1_000 }
  test('one wide range is a constant-product pool', () => {
    const price = 2_000
    const base = wide.liquidity / Math.sqrt(price)
    const quote = wide.liquidity * Math.sqrt(price)
    expect(tickImpact({ price, ranges: [wide], side: 'sell', amount: 1 })).toBeCloseTo(
      constantProductImpact(1, base),
      9,
    )
    expect(tickImpact({ price, ranges: [wide], side: 'buy', amount: 500 })).toBeCloseTo(
      constantProductImpact(500, quote),
      9,
    )
  })

  test('property: ranges cut in two at any price are the same pool', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 100, max: 5_000, noNaN: true }),
        fc.double({ min: 1e-3, max: 30, noNaN: true }),
        fc.constantFrom('sell' as const, 'buy' as const),
        (cut, amount, side) => {
          const ranges = [
            { ...wide, lower: cut },
            { ...wide, upper: cut },
          ]
          expect(tickImpact({ price: 2_000, ranges, side, amount })).toBeCloseTo(
            tickImpact({ price: 2_000, ranges: [wide], side, amount }),
            9,
          )
        },
      ),
    )
  })

  test('a gap is jumped, and an exhausted pool moves without end', () => {
    const near = { lower: 1_900, upper: 2_100, liquidity: 1_000 }
    const far = { lower: 1_000, upper: 1_500, liquidity: 1_000 }
    const holds = 1_000 * (1 / Math.sqrt(1_900) - 1 / Math.sqrt(2_000))
    const at = (amount: number) =>
      tickImpact({ price: 2_000, ranges: [far, near], side: 'sell', amount })
    expect(at(holds)).toBeCloseTo(Math.log(2_000 / 1_900), 12)
    expect(at(holds * 1.000001)).toBeGreaterThan(Math.log(2_000 / 1_500) - 1e-12)
    expect(at(1e6)).toBe(Number.POSITIVE_INFINITY)
  })
})

test('marketImpact: the worst of the laws', () => {
  const pool = (value: number) => constantProductImpact(value, 1e8)
  expect(marketImpact({ terms, slope: null, pool: null }, 0, 1e6)).toBeCloseTo(
    0.04 * Math.sqrt(1e-3),
    12,
  )
  expect(marketImpact({ terms, slope: null, pool }, 0, 1e6)).toBeCloseTo(2 * Math.log(1.01), 12)
  expect(marketImpact({ terms, slope: 100, pool }, 0, 1e6)).toBeCloseTo(0.1, 12)
})

test('ownImpact: what removing our flow would give back, less than its impact alone', () => {
  const law = (flow: number) => squareRootImpact(flow, terms)
  expect(ownImpact(law, 4e7, 4e7)).toBe(law(4e7))
  expect(ownImpact(law, 4e7, 3e7)).toBeCloseTo(law(4e7) - law(1e7), 12)
  expect(ownImpact(law, 4e7, 3e7)).toBeLessThan(law(3e7))
})
