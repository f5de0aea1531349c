import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyDomain } from './anyDomain.ts'
import type { CompiledDomain } from './compileDomain.ts'
import { createLiquidationModel } from './createLiquidationModel.ts'
import type { ReturnLaw } from './ReturnLaw.ts'

const DAY_MS = 86_400_000
const ASSETS = ['ETH', 'BTC', 'SOL']

const lawWith = (correlation: number, quiet: boolean): ReturnLaw => ({
  assets: ASSETS,
  variance: [0.64, 0.36, 1].map((variance) => [{ ms: 365 * DAY_MS, variance }]),
  correlation,
  volOfVol: { sd: quiet ? 0 : 0.892, halfLifeMs: DAY_MS },
  jumps: quiet
    ? null
    : { perYear: 24, mean: [-0.02, -0.02, -0.04], sd: [0.05, 0.05, 0.1], correlation: 0.75 },
  updateMs: 300_000,
  innovationDf: null,
})

const loan = (asset: number, health: number): CompiledDomain => ({
  id: `loan ${asset}`,
  assets: ASSETS,
  active: Int32Array.of(asset),
  backing: Float64Array.of(health),
  backingConstant: 0,
  requirement: Float64Array.of(0),
  requirementConstant: 1,
  status: health < 1 ? 'liquidatable' : 'open',
})

const anyOf = (law: ReturnLaw, domains: readonly CompiledDomain[]) => {
  const model = createLiquidationModel({ law, horizonsMs: [DAY_MS] })
  const hits = domains.map((domain) => model.hit(domain, 0))
  return { any: anyDomain(model, hits, 0), own: hits.map(({ probability }) => probability) }
}

test('default', () => {
  const { any, own } = anyOf(lawWith(0.8, false), [loan(0, 1.1), loan(1, 1.08), loan(2, 1.2)])
  expect(any.frechet.lower).toBe(Math.max(...own))
  expect(any.ditlevsen.lower).toBeGreaterThan(any.frechet.lower)
  expect(any.ditlevsen.upper).toBeLessThan(any.frechet.upper)
  expect(any.estimate).toBeGreaterThanOrEqual(any.ditlevsen.lower)
  expect(any.estimate).toBeLessThanOrEqual(any.ditlevsen.upper)
})

test('behavior: the same loan twice is one loan', () => {
  const { any, own } = anyOf(lawWith(0.8, false), [loan(0, 1.1), loan(0, 1.1)])
  // But for components of next to no weight, which are taken for independent.
  const within = 1e-3 * (own[0] ?? 0)
  expect(Math.abs(any.ditlevsen.upper - (own[0] ?? 0))).toBeLessThan(within)
  expect(Math.abs(any.estimate - (own[0] ?? 0))).toBeLessThan(within)
})

test('behavior: independent loans multiply what is safe', () => {
  const { any, own } = anyOf(lawWith(0, true), [loan(0, 1.08), loan(1, 1.06), loan(2, 1.1)])
  const safe = own.reduce((product, p) => product * (1 - p), 1)
  expect(any.estimate).toBeCloseTo(1 - safe, 3)
})

test('behavior: one that can be liquidated now makes it certain, none makes it nothing', () => {
  const law = lawWith(0.8, false)
  expect(anyOf(law, [loan(0, 0.99), loan(1, 1.2)]).any.estimate).toBe(1)
  const { any } = anyOf(law, [])
  expect(any.estimate).toBe(0)
  const single = anyOf(law, [loan(0, 1.1)])
  expect(single.any.estimate).toBe(single.own[0])
})

test('property: bounds hold each other in order', () => {
  const health = fc.integer({ min: 1_001, max: 1_400 }).map((n) => n / 1_000)
  const book = fc.tuple(fc.constantFrom(0, 1, 2), health).map(([asset, at]) => loan(asset, at))
  const correlation = fc.integer({ min: -40, max: 100 }).map((n) => n / 100)
  fc.assert(
    fc.property(
      fc.array(book, { minLength: 1, maxLength: 5 }),
      correlation,
      fc.boolean(),
      (books, rho, quiet) => {
        const { any } = anyOf(lawWith(rho, quiet), books)
        const order = [
          any.frechet.lower,
          any.ditlevsen.lower,
          any.estimate,
          any.ditlevsen.upper,
          any.frechet.upper,
        ]
        for (let i = 1; i < order.length; i++)
          expect(order[i] ?? 0).toBeGreaterThanOrEqual((order[i - 1] ?? 0) - 1e-9)
      },
    ),
    { numRuns: 60 },
  )
})
