import { type Action, type Frame, usd } from '@plimsoll/domain'
import type { Assessment } from '@plimsoll/risk'
import { describe, expect, test } from 'vitest'
import { DEFAULT_MARGIN_KEEPER_CONFIG } from './config.ts'
import { createPolicy, observe, recall } from './policy.ts'

const action = (type: Action['type']): Action => ({
  type,
  domain: 'loan',
  intents: [],
  settlement: 'direct',
  flashLoan: null,
  cost: { slippage: usd(0n), fees: usd(0n), gas: usd(0n) },
  healthBefore: 1,
  healthAfter: 2,
  why: type,
})
const frame = { block: { number: 1n } } as unknown as Frame
const assessment = {
  diverged: false,
  regime: 'calm',
  breakers: { overall: 'green' },
  forcedVenues: 1,
  any24h: { lower: 0.01, upper: 0.03, estimate: 0.02 },
  sigmaRatio: 1.2,
  outlook: { forecasts: [{}] },
} as unknown as Assessment
const engineOf = (name: string, ...types: readonly Action['type'][]) => ({
  name,
  plan: () => ({ engine: name, actions: types.map(action), why: name }),
})
const policy = createPolicy({
  config: DEFAULT_MARGIN_KEEPER_CONFIG,
  engines: {
    normal: engineOf('calm engine', 'repay', 'boost'),
    preserving: engineOf('careful engine', 'reduce', 'boost', 'repay'),
  },
  governor: {
    name: 'strict',
    grant: ({ action: asked }) => ({ type: 'denied', action: asked, rule: 'r', checks: [] }),
  },
})
const typesIn = (mode: 'normal' | 'preserving', of: Assessment): readonly string[] =>
  policy.plan({ frame, assessment: of, mode }).actions.map(({ type }) => type)

describe('plan', () => {
  test('default: the engine of the mode plans', () => {
    expect(policy.plan({ frame, assessment, mode: 'normal' })).toMatchObject({
      engine: 'calm engine',
      why: 'calm engine',
    })
    expect(typesIn('normal', assessment)).toEqual(['repay', 'boost'])
  })

  test('behavior: nothing is boosted while preserving, and the plan says so', () => {
    expect(typesIn('preserving', assessment)).toEqual(['reduce', 'repay'])
    expect(policy.plan({ frame, assessment, mode: 'preserving' }).why).toContain(
      'preserving capital',
    )
  })

  test('behavior: nothing is boosted while prices have diverged', () => {
    const diverged = { ...assessment, diverged: true }
    expect(typesIn('normal', diverged)).toEqual(['repay'])
    expect(policy.plan({ frame, assessment: diverged, mode: 'normal' }).why).toContain('diverged')
  })

  test.each(['amber', 'red'] as const)(
    'behavior: nothing is boosted while a breaker is %s',
    (overall) => {
      const alarmed = { ...assessment, breakers: { ...assessment.breakers, overall } }
      expect(typesIn('normal', alarmed)).toEqual(['repay'])
      expect(policy.plan({ frame, assessment: alarmed, mode: 'normal' }).why).toContain(overall)
    },
  )
})

test('default: govern asks the governor', () => {
  expect(policy.govern({ action: action('repay'), frame })).toMatchObject({
    type: 'denied',
    rule: 'r',
  })
})

test('default: what preservation looks at is the worse price now, and the journal after a restart', () => {
  const judged = {
    ...assessment,
    equity: 50,
    weakest: 'b',
    domains: [
      { domain: 'a', healthFactor: 1.5 },
      { domain: 'b', healthFactor: 1.1 },
    ],
  } as unknown as Assessment
  const seen = {
    time: 7n,
    equity: 50,
    weakest: 1.1,
    breakers: 'green',
    forcedVenues: 1,
    probability24h: 0.02,
    sigmaRatio: 1.2,
  }
  expect(observe(7n, judged)).toEqual(seen)
  expect(observe(7n, { ...judged, weakest: null })).toEqual({ ...seen, weakest: null })
  expect(observe(7n, { ...judged, any24h: null })).toEqual({ ...seen, probability24h: null })
  // Without any forecast there is no probability to watch.
  const { probability24h: _, sigmaRatio: __, ...unforecast } = seen
  const none = { ...judged.outlook, forecasts: [] }
  expect(observe(7n, { ...judged, outlook: none })).toEqual(unforecast)
  const observed = {
    type: 'frame.observed',
    agent: 'a',
    at: 0,
    block: 1n,
    owner: '0x0',
    time: 7n,
    equity: 50,
    health: [
      { domain: 'a', factor: 1.5 },
      { domain: 'b', factor: 1.1 },
      { domain: 'c', factor: null },
    ],
    prices: [],
  } as const
  const unknown = { probability24h: null, breakers: null, sigmaRatio: null, forcedVenues: null }
  expect(recall(observed)).toEqual({ time: 7n, equity: 50, weakest: 1.1, ...unknown })
  expect(recall({ ...observed, health: [] })).toEqual({
    time: 7n,
    equity: 50,
    weakest: null,
    ...unknown,
  })
  const assessed = {
    type: 'frame.assessed',
    agent: 'a',
    at: 0,
    block: 1n,
    time: 7n,
    regime: 'calm',
    probabilities: [],
    any24h: 0.02,
    sigmaRatio: 1.1,
    forcedVenues: 1,
    worst: null,
    level: 'amber',
    breakers: '{}',
  } as const
  expect(recall(observed, assessed)).toEqual({
    time: 7n,
    equity: 50,
    weakest: 1.1,
    probability24h: 0.02,
    breakers: 'amber',
    sigmaRatio: 1.1,
    forcedVenues: 1,
  })
})
