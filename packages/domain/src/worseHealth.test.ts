import { describe, expect, test } from 'vitest'
import { createLinearDomain } from './createLinearDomain.ts'
import { priceSets, worseHealth } from './worseHealth.ts'

/** Long 1 ETH at a maintenance margin of a tenth, with a loss of 1,500 carried in cash. */
const perp = (mark: number) =>
  createLinearDomain({
    id: 'perp/owner',
    venue: 'perp',
    type: 'perp',
    linear: {
      backing: { constant: -1_500, perToken: new Map([['ETH', 1]]) },
      requirement: { constant: 0, perToken: new Map([['ETH', 0.1]]) },
      equity: { constant: -1_500, perToken: new Map([['ETH', 1]]) },
      exposure: { constant: 0, perToken: new Map([['ETH', 1]]) },
    },
    venuePrices: new Map([['ETH', mark]]),
    liquidation: { closeFactor: 1, fullCloseHealth: null, bonus: 0.0125, partial: true },
  })
const frame = (oracle: number, market: number) => ({
  oraclePrices: new Map([
    ['ETH', oracle],
    ['USDC', 1],
  ]),
  marketPrices: new Map([
    ['ETH', market],
    ['USDC', 1],
  ]),
})

describe('worseHealth', () => {
  test('default: the market where it is worse', () => {
    const { worse, health } = worseHealth(perp(2_000), frame(2_000, 1_900))
    expect(worse).toBe('market')
    expect(health).toEqual({ type: 'solvent', lnHealth: expect.closeTo(Math.log(400 / 190), 12) })
  })

  test('behavior: a venue is taken at its own price, whatever another oracle says', () => {
    const { worse, health } = worseHealth(perp(1_700), frame(2_000, 2_000))
    expect(worse).toBe('oracle')
    expect(health).toEqual({ type: 'solvent', lnHealth: expect.closeTo(Math.log(200 / 170), 12) })
  })
})

test('priceSets: what a venue does not price comes from the frame', () => {
  expect([...priceSets(perp(1_700), frame(2_000, 1_900)).oracle]).toEqual([
    ['ETH', 1_700],
    ['USDC', 1],
  ])
})
