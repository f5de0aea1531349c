import type { MarginDomain } from '@plimsoll/domain'
import { domainOf, position } from '@plimsoll/domain/arbitraries'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReturnLaw } from './createReturnLaw.ts'
import { probabilityOfLiquidation } from './probabilityOfLiquidation.ts'

const HOUR_MS = 3_600_000
const PRICES = new Map([
  ['ETH', 2_000],
  ['BTC', 40_000],
  ['USDC', 1],
])
const LAW = createReturnLaw({
  assets: ['BTC', 'ETH', 'USDC'],
  forecasts: ['BTC', 'ETH'].map((asset) => ({
    asset,
    model: 'test',
    at: 0,
    horizons: [{ ms: 24 * HOUR_MS, variance: 1.6e-3 }],
  })),
})
const of = (domain: MarginDomain) =>
  probabilityOfLiquidation({
    domain,
    prices: PRICES,
    law: LAW,
    horizonsMs: [HOUR_MS / 4, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS],
  })

test('property: 1 where it can be liquidated, 0 where nothing is owed, in between else', () => {
  let between = 0
  fc.assert(
    fc.property(position, (each) => {
      const domain = domainOf(each)
      const health = domain.health(PRICES)
      const ps = of(domain)
      for (const p of ps) expect(p >= 0 && p <= 1).toBe(true)
      if (health.type === 'unlevered') expect(ps).toEqual([0, 0, 0, 0])
      else if (health.type === 'insolvent' || health.lnHealth < -1e-9)
        expect(ps).toEqual([1, 1, 1, 1])
      else if (health.lnHealth > 1e-9 && (ps[3] ?? 0) > 0) between++
    }),
    { numRuns: 300 },
  )
  expect(between).toBeGreaterThan(5)
})
