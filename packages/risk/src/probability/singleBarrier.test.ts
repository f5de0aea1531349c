import { domainOf, position, prices } from '@plimsoll/domain/arbitraries'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileDomain } from './compileDomain.ts'
import { singleBarrier } from './singleBarrier.ts'

const ASSETS = ['BTC', 'ETH', 'USDC']

test('property: it is the price of liquidation of the domain, and says nothing of two assets', () => {
  let found = 0
  fc.assert(
    fc.property(position, prices, (of, at) => {
      const domain = domainOf(of)
      const compiled = compileDomain(domain, ASSETS, at)
      const volatile = domain.assets.filter((asset) => {
        const { backing, requirement } = domain.linear
        const net = (backing.perToken.get(asset) ?? 0) - (requirement.perToken.get(asset) ?? 0)
        return asset !== 'USDC' && net !== 0
      })
      const barrier = singleBarrier(compiled, ['USDC'])
      if (volatile.length !== 1 || compiled.status !== 'open') {
        if (volatile.length > 1) expect(barrier).toBeNull()
        return
      }
      const [asset = ''] = volatile
      const price = domain.liquidationPrice(asset, at)
      if (barrier === null) {
        expect(price).toBeNull()
        return
      }
      found++
      const move = Math.log((price ?? 0) / (at.get(asset) ?? 0))
      expect(barrier.asset).toBe(asset)
      expect(barrier.side).toBe(move < 0 ? 'fall' : 'rise')
      expect(barrier.distance).toBeCloseTo(Math.abs(move), 6)
    }),
    { numRuns: 1_000 },
  )
  expect(found).toBeGreaterThan(20)
})
