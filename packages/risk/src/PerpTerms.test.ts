import { priceFromNumber } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { type WorldSketch, world } from '../test/world.ts'
import { openLedger } from './Ledger.ts'
import { paidShare, perpTerms, worstTotal } from './PerpTerms.ts'

type MarketSketch = NonNullable<WorldSketch['markets']>[number]

const leg = { market: 'vETH', markPrice: priceFromNumber(2_000) }

function termsOf(
  side: 'buy' | 'sell',
  market: Partial<MarketSketch> | null,
  traded: ReadonlyMap<string, number> = new Map(),
) {
  const frame = world({
    markets: market === null ? [] : [{ venue: 'perp', asset: 'ETH', ...market }],
  })
  const ledger = { ...openLedger(frame, []), traded }
  return perpTerms({ ledger, slippageCap: 0.01 }, { venue: 'perp', leg, side })
}

describe('perpTerms', () => {
  test('default: fee by side, half of the move that the value makes', () => {
    const market = { buyFee: 0.001, sellFee: 0.002, depth: 1_000_000 }
    expect(termsOf('buy', market).costAt(100_000).fee).toBe(0.001)
    expect(termsOf('sell', market).costAt(100_000).fee).toBe(0.002)
    expect(termsOf('sell', market).costAt(100_000).spread).toBeCloseTo(0.0005, 12)
  })

  test('behavior: what the plan trades already comes before', () => {
    const { costAt } = termsOf('sell', { depth: 1_000_000 }, new Map([['perp vETH', 200_000]]))
    expect(costAt(100_000).spread).toBeCloseTo(0.0025, 12)
  })

  test.each([
    ['sell', 1_990, 0.005, 1_990],
    ['sell', 2_010, -0.005, 2_000],
    ['buy', 2_010, 0.005, 2_010],
    ['buy', 1_990, -0.005, 2_000],
  ] as const)('behavior: to %s at a fill of %d', (side, fill, spread, reference) => {
    const terms = termsOf(side, { fill })
    expect(terms.costAt(0).spread).toBeCloseTo(spread, 12)
    expect(terms.reference).toBe(priceFromNumber(reference))
    expect(paidShare(terms.costAt(0))).toBeCloseTo(Math.max(0, spread), 12)
  })

  test('behavior: the largest value moves the price by half of the cap on average', () => {
    const terms = termsOf('sell', { depth: 1_000_000 })
    expect(terms.largest).toBeCloseTo(1_000_000, 6)
    expect(terms.costAt(terms.largest).spread).toBeCloseTo(0.005, 12)
  })

  test('behavior: a market that is not reported costs the whole cap and has no limit', () => {
    const terms = termsOf('sell', null)
    expect(terms.costAt(1e9)).toEqual({ fee: 0, spread: 0.01 })
    expect([terms.largest, terms.fixedFee]).toEqual([Number.POSITIVE_INFINITY, 0])
  })

  test('behavior: another market of the venue, and another venue, say nothing', () => {
    expect(termsOf('sell', { asset: 'BTC' }).largest).toBe(Number.POSITIVE_INFINITY)
    expect(termsOf('sell', { venue: 'snx' }).largest).toBe(Number.POSITIVE_INFINITY)
  })

  test('behavior: a market without depth, or with a fee out of range, bears nothing', () => {
    expect(termsOf('sell', { depth: 0, fixedFee: 2 })).toMatchObject({ largest: 0, fixedFee: 2 })
    expect(termsOf('sell', { sellFee: 1 }).largest).toBe(0)
    expect(termsOf('sell', { fill: 0 }).largest).toBe(0)
  })
})

test('worstTotal: the cap from the reference; a sale rounds up, a purchase down', () => {
  const reference = priceFromNumber(3)
  expect(worstTotal({ size: 10n ** 18n, reference, side: 'sell', cap: 0.01 })).toBe(
    2_970000000000000000n,
  )
  expect(worstTotal({ size: 1n, reference, side: 'sell', cap: 0.01 })).toBe(3n)
  expect(worstTotal({ size: 1n, reference, side: 'buy', cap: 0.01 })).toBe(3n)
})
