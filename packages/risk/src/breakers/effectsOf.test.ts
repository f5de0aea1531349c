import { describe, expect, test } from 'vitest'
import { DEFAULT_BREAKER_CONFIG } from './BreakerConfig.ts'
import type { BreakerState } from './BreakerState.ts'
import { type DecisionContext, describeReason, effectsOf, rulesOf } from './effectsOf.ts'
import { evaluateBreakers } from './evaluateBreakers.ts'
import { type MarketReadings, NO_READINGS } from './MarketReadings.ts'

const config = DEFAULT_BREAKER_CONFIG
const NOW = 1_800_000_000
const stateOf = (readings: Partial<MarketReadings>): BreakerState =>
  evaluateBreakers({ readings: { ...NO_READINGS, ...readings }, config, previous: null, now: NOW })

const marked = (mark: number) => ({
  perps: [{ venue: 'perp', market: 'vETH', asset: 'ETH', mark, index: 1 }],
})
const green = stateOf({})
const amber = stateOf(marked(1.01))
const red = stateOf(marked(1.03))

const safe: DecisionContext = { healthMarket: 1.5, actBelow: 1.3, pHit10min: 0.001 }
const asked: DecisionContext = { ...safe, healthMarket: 1.299 }
const nearlyHit: DecisionContext = { ...safe, pHit10min: 0.2 }
const hit: DecisionContext = { ...safe, pHit10min: 0.2001 }
const unknown: DecisionContext = { ...safe, pHit10min: null }

test.for([
  ['green', green, 1, true],
  ['amber', amber, 1.3, false],
  ['red', red, 1.3, false],
] as const)('default: %s sets ν and whether risk may be raised', ([level, state, nu, boost]) => {
  expect(effectsOf(state, safe, config)).toMatchObject({
    level,
    nuFactor: nu,
    allowBoost: boost,
  })
})

test.for([
  ['green', 'nothing asks', green, safe, false, 'two-prices'],
  ['green', 'the market asks', green, asked, true, 'market-health'],
  ['green', 'the venue may hit, at the limit', green, nearlyHit, false, 'two-prices'],
  ['green', 'the venue will hit', green, hit, true, 'venue-hit'],
  ['amber', 'nothing asks', amber, safe, false, 'two-prices'],
  ['amber', 'the market asks', amber, asked, true, 'market-health'],
  ['amber', 'the venue may hit, at the limit', amber, nearlyHit, false, 'two-prices'],
  ['amber', 'the venue will hit', amber, hit, true, 'venue-hit'],
  ['amber', 'it is not known whether it hits', amber, unknown, false, 'two-prices'],
  ['red', 'nothing asks', red, safe, false, 'red'],
  ['red', 'the market asks', red, asked, false, 'red'],
  ['red', 'the venue may hit, at the limit', red, nearlyHit, false, 'red'],
  ['red', 'the venue will hit', red, hit, true, 'venue-hit'],
  ['red', 'it is not known whether it hits', red, unknown, false, 'red'],
] as const)('default: trades in %s when %s', ([, , state, context, allowed, rule]) => {
  expect(effectsOf(state, context, config)).toMatchObject({ allowSwap: allowed, swapRule: rule })
})

test('behavior: no market health and no probability allow nothing', () => {
  const nothing = { healthMarket: Number.NaN, actBelow: 1.3, pHit10min: Number.NaN }
  expect(effectsOf(green, nothing, config).allowSwap).toBe(false)
})

test('behavior: an insolvent book at market prices asks', () => {
  expect(effectsOf(amber, { ...safe, healthMarket: 0 }, config).allowSwap).toBe(true)
})

describe('touches', () => {
  const state = stateOf({
    ...marked(1.03),
    stables: [{ asset: 'DAI', price: 0.9, redemption: null }],
    parities: [{ asset: 'wstETH', base: 'ETH', market: 1.19, nav: 1.2 }],
  })
  const level = (assets: readonly string[], venues: readonly string[]) =>
    effectsOf(state, { ...safe, touches: { assets, venues } }, config).level

  test('default: the whole book where nothing is said', () => {
    expect(effectsOf(state, safe, config).level).toBe('red')
  })

  test('behavior: only what a decision touches bears on it', () => {
    expect(level(['BTC'], ['aave'])).toBe('green')
    expect(level(['wstETH'], ['aave'])).toBe('amber')
    expect(level(['BTC'], ['perp'])).toBe('red')
  })

  test('behavior: a chain bears on everything', () => {
    const down = stateOf({ sequencers: [{ chain: 'arbitrum', up: false, since: NOW }] })
    const permission = effectsOf(down, { ...asked, touches: { assets: [], venues: [] } }, config)
    expect(permission).toMatchObject({ level: 'red', allowSwap: false })
    expect(rulesOf(permission)).toEqual(['sequencer'])
  })

  test('behavior: a market source that failed alone bears on nothing', () => {
    const dead = stateOf({
      feeds: [{ feed: 'cex', asset: 'ETH', role: 'market', price: 1, updatedAt: 0, heartbeat: 60 }],
    })
    expect(effectsOf(dead, safe, config)).toMatchObject({ level: 'green', why: [] })
  })
})

test('behavior: names every rule, the worst first, with figure, limit and since when', () => {
  const state = stateOf({
    parities: [{ asset: 'wstETH', base: 'ETH', market: 1.188, nav: 1.2 }],
    ...marked(1.03),
  })
  const permission = effectsOf(state, safe, config)
  expect(rulesOf(permission)).toEqual(['mark-index', 'nav-parity'])
  expect(permission.why.map(describeReason)).toEqual([
    `red: mark-index of vETH on perp 0.03, limit 0.02, since ${NOW}`,
    `amber: nav-parity of wstETH in ETH 0.01, limit 0.007, since ${NOW}`,
  ])
})
