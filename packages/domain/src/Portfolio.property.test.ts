import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainOf, moved, OWNER, position, prices, RUNS, TOKENS } from '../test/arbitraries.ts'
import {
  delta,
  distance,
  equity,
  findDomain,
  gamma,
  healthFactorOf,
  healths,
  type Portfolio,
  weakestDomain,
} from './Portfolio.ts'
import { numberFromRaw } from './units.ts'

const portfolio: fc.Arbitrary<Portfolio> = fc.record({
  domains: fc
    .array(position, { maxLength: 4 })
    .map((positions) =>
      positions.map((held, i) => domainOf({ ...held, domain: `${held.domain}/${i}` })),
    ),
  spot: fc.array(
    fc
      .record({ token: fc.constantFrom(...TOKENS), whole: fc.integer({ min: 0, max: 1_000 }) })
      .map(({ token, whole }) => ({
        type: 'spot' as const,
        account: OWNER,
        token,
        raw: BigInt(whole) * 10n ** BigInt(token.decimals),
      })),
    { maxLength: 3 },
  ),
})

describe('property', () => {
  test('equity adds up over domains and reserve', () => {
    fc.assert(
      fc.property(portfolio, prices, (book, at) => {
        const parts = [
          ...book.domains.map((domain) => domain.equity(at)),
          ...book.spot.map(
            ({ token, raw }) =>
              numberFromRaw(raw, token.decimals) * (at.get(token.asset) ?? Number.NaN),
          ),
        ]
        const size = 1 + parts.reduce((sum, part) => sum + Math.abs(part), 0)
        const sum = parts.reduce((total, part) => total + part, 0)
        expect(Math.abs(equity(book, at) - sum) / size).toBeLessThan(1e-12)
      }),
      RUNS,
    )
  })

  test('delta equals central differences of equity; gamma of linear legs is nothing', () => {
    const step = 1e-5
    fc.assert(
      fc.property(portfolio, prices, (book, at) => {
        const net = delta(book, at)
        const size =
          1 +
          book.domains.reduce((sum, d) => sum + d.exposure(at) + Math.abs(d.equity(at)), 0) +
          Math.abs(equity(book, at))
        for (const asset of at.keys()) {
          const up = equity(book, moved(at, asset, Math.exp(step)))
          const down = equity(book, moved(at, asset, Math.exp(-step)))
          expect(Math.abs((net.get(asset) ?? 0) - (up - down) / (2 * step)) / size).toBeLessThan(
            1e-6,
          )
        }
        expect(gamma(book, at).size).toBe(0)
      }),
      RUNS,
    )
  })

  test('the weakest domain is nobody’s better', () => {
    fc.assert(
      fc.property(portfolio, prices, (book, at) => {
        const all = healths(book, at)
        const weakest = weakestDomain(book, at)
        expect(all.map(({ domain }) => domain)).toEqual(book.domains)
        if (weakest === null) {
          expect(all.every(({ health }) => health.type === 'unlevered')).toBe(true)
          return
        }
        expect(findDomain(book, weakest.domain.id)).toBe(weakest.domain)
        for (const { health } of all)
          expect(distance(weakest.health)).toBeLessThanOrEqual(distance(health))
      }),
      RUNS,
    )
  })
})

test('healthFactorOf: the ends of the scale', () => {
  expect(healthFactorOf({ type: 'unlevered' })).toBe(Number.POSITIVE_INFINITY)
  expect(healthFactorOf({ type: 'insolvent', shortfall: 1 })).toBe(0)
  expect(healthFactorOf({ type: 'solvent', lnHealth: 0 })).toBe(1)
})

test('findDomain: null for a stranger', () => {
  expect(findDomain({ domains: [], spot: [] }, 'nowhere')).toBeNull()
})
