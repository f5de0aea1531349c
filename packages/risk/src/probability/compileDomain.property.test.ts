import { InvalidInputError, MissingPriceError } from '@plimsoll/domain'
import { domainOf, position, prices } from '@plimsoll/domain/arbitraries'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileDomain, compiledSensitivity } from './compileDomain.ts'

const ASSETS = ['BTC', 'ETH', 'USDC']

test('property: a compiled domain has the health and the derivatives of the domain', () => {
  fc.assert(
    fc.property(position, prices, (of, at) => {
      const domain = domainOf(of)
      const compiled = compileDomain(domain, ASSETS, at)
      const health = domain.health(at)
      const expected = domain.sensitivity(at)
      const found = compiledSensitivity(compiled)
      if (health.type === 'unlevered') expect(compiled.status).toBe('unlevered')
      else if (health.type === 'insolvent') expect(compiled.status).toBe('liquidatable')
      else if (Math.abs(health.lnHealth) > 1e-12)
        expect(compiled.status).toBe(health.lnHealth < 0 ? 'liquidatable' : 'open')
      if (expected.type !== 'solvent') return
      const places = [...compiled.active].map((asset) => domain.assets.indexOf(ASSETS[asset] ?? ''))
      const n = places.length
      expect(found?.lnHealth).toBeCloseTo(expected.lnHealth, 9)
      places.forEach((a, i) => {
        expect(found?.gradient[i]).toBeCloseTo(expected.gradient[a] ?? 0, 6)
        places.forEach((b, j) => {
          const size = 1 + Math.abs(expected.hessian[a]?.[b] ?? 0)
          expect((found?.hessian[i * n + j] ?? 0) / size).toBeCloseTo(
            (expected.hessian[a]?.[b] ?? 0) / size,
            6,
          )
        })
      })
    }),
  )
})

test('error: InvalidInputError', () => {
  const at = new Map([
    ['ETH', 2_000],
    ['BTC', 40_000],
    ['USDC', 1],
  ])
  const moved = fc.sample(position, { numRuns: 50, seed: 1 }).map(domainOf)
  const withEth = moved.find(({ linear }) => linear.backing.perToken.has('ETH'))
  expect(withEth).toBeDefined()
  if (withEth === undefined) return
  expect(() => compileDomain(withEth, ['BTC'], at)).toThrow(InvalidInputError)
  expect(() => compileDomain(withEth, ASSETS, new Map())).toThrow(MissingPriceError)
})
