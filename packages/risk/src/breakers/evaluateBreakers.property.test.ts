import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_BREAKER_CONFIG } from './BreakerConfig.ts'
import type { BreakerState, Level } from './BreakerState.ts'
import { evaluateBreakers } from './evaluateBreakers.ts'
import { type FeedReading, NO_READINGS } from './MarketReadings.ts'
import { median } from './median.ts'

const config = DEFAULT_BREAKER_CONFIG
const NOW = 1_800_000_000
const rank: Readonly<Record<Level, number>> = { green: 0, amber: 1, red: 2 }

const sources: fc.Arbitrary<readonly FeedReading[]> = fc
  .array(
    fc.record({
      price: fc.double({ min: 1_500, max: 2_500, noNaN: true }),
      age: fc.integer({ min: -3_600, max: 7_200 }),
      heartbeat: fc.constantFrom(60, 600, 3_600),
    }),
    { maxLength: 7 },
  )
  .map((all) =>
    all.map(({ price, age, heartbeat }, i) => ({
      feed: `s${i}`,
      asset: 'ETH',
      role: 'market',
      price,
      updatedAt: NOW - age,
      heartbeat,
    })),
  )
const evaluate = (feeds: readonly FeedReading[], price: number): BreakerState =>
  evaluateBreakers({
    readings: {
      ...NO_READINGS,
      feeds,
      protocol: [{ domain: 'loan', venue: 'v', asset: 'ETH', price, deviationThreshold: null }],
    },
    config,
    previous: null,
    now: NOW,
  })
const isFresh = ({ updatedAt, heartbeat }: FeedReading): boolean =>
  NOW - updatedAt <= heartbeat + 60 && updatedAt <= NOW + 30

test('property: a stale or future-dated source never counts as a fresh one', () => {
  fc.assert(
    fc.property(sources, fc.double({ min: 1_500, max: 2_500, noNaN: true }), (feeds, price) => {
      const fresh = feeds.filter(isFresh)
      const state = evaluate(feeds, price)
      expect(state.medians).toEqual(evaluate(fresh, price).medians)
      expect(state.overall).toBe(evaluate(fresh, price).overall)
      if (fresh.length > 0) expect(state.medians[0]?.price).toBe(median(fresh.map((f) => f.price)))
      if (fresh.length < 3) expect(state.overall).not.toBe('green')
      if (fresh.length < 1) expect(state.overall).toBe('red')
      for (const feed of feeds.filter((each) => !isFresh(each)))
        expect(state.standings.find(({ id }) => id === feed.feed)?.level).not.toBe('green')
    }),
  )
})

test('property: a larger divergence is never a milder level', () => {
  const feeds = ['a', 'b', 'c'].map(
    (feed): FeedReading => ({
      feed,
      asset: 'ETH',
      role: 'market',
      price: 2_000,
      updatedAt: NOW,
      heartbeat: 60,
    }),
  )
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      (a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)]
        for (const sign of [-1, 1]) {
          const mild = evaluate(feeds, 2_000 * (1 + sign * small))
          const wild = evaluate(feeds, 2_000 * (1 + sign * large))
          expect(rank[wild.overall]).toBeGreaterThanOrEqual(rank[mild.overall])
        }
      },
    ),
  )
})

test('property: memory only delays leaving: never milder than without it, and as mild after long calm', () => {
  const walk = fc.array(
    fc.record({
      passed: fc.integer({ min: 1, max: 900 }),
      share: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  fc.assert(
    fc.property(walk, (steps) => {
      let state: BreakerState | null = null
      let now = NOW
      const at = (share: number, previous: BreakerState | null): BreakerState =>
        evaluateBreakers({
          readings: {
            ...NO_READINGS,
            perps: [{ venue: 'p', market: 'm', asset: 'ETH', mark: 1 + share, index: 1 }],
          },
          config,
          previous,
          now,
        })
      for (const { passed, share } of steps) {
        now += passed
        state = at(share, state)
        expect(rank[state.overall]).toBeGreaterThanOrEqual(rank[at(share, null).overall])
      }
      for (let i = 0; i < 3; i++) {
        now += 600
        state = at(0, state)
      }
      expect(state?.overall).toBe('green')
    }),
  )
})
