import {
  type Action,
  applyAction,
  type Grant,
  healthFactorOf,
  InvalidInputError,
  lendingDomain,
  numberFromRaw,
  usd,
} from '@plimsoll/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  deleverage,
  type MarketSketch,
  market,
  quiet,
  reduce,
  transfer,
  USDC,
  WETH,
} from '../test/market.ts'
import { type CapsConfig, DEFAULT_CAPS } from './CapsConfig.ts'
import { createCaps } from './createCaps.ts'

const grant = (
  action: Action,
  sketch: MarketSketch = {},
  config: Partial<CapsConfig> = {},
): Grant => createCaps({ ...DEFAULT_CAPS, ...config }).grant({ action, frame: market(sketch) })

/** Value an action trades. [USD] */
function traded({ intents }: Action): number {
  let value = 0
  for (const intent of intents) {
    if (intent.type === 'swap')
      value +=
        numberFromRaw(intent.amountIn, intent.tokenIn.decimals) *
        (intent.tokenIn.asset === 'ETH' ? 2_000 : 1)
    if (intent.type === 'trade') value += Math.abs(numberFromRaw(intent.size, 18)) * 2_000
  }
  return value
}

/** What came out: the type, the rule that decided and the value traded. */
function outcome(result: Grant): readonly [Grant['type'], string | null, number] {
  const value = result.type === 'denied' ? 0 : Math.round(traded(result.action))
  return [result.type, result.type === 'allowed' ? null : result.rule, value]
}

describe('limits: at, just under, just over', () => {
  const volume = { volume5m: 100_000, depthDown: 1e9 } // participation 10 % = 10000
  const depth = { volume5m: 1e9, depthDown: 100_000 } // depth share 10 % = 10000
  const bypass = { health: 1.02, volume5m: 0, depthDown: 100_000 } // a quarter = 25000
  const perpDepth = { perpDepth: 100_000, volume5m: 0 } // 10000, whatever the spot pool's volume
  const perpBypass = { perpDepth: 100_000, perpHealth: 1.02 }
  const cases: readonly [string, Action, MarketSketch, ReturnType<typeof outcome>][] = [
    ['participation under', deleverage(9_999), volume, ['allowed', null, 9_999]],
    ['participation at', deleverage(10_000), volume, ['allowed', null, 10_000]],
    ['participation over', deleverage(10_001), volume, ['reduced', 'participation', 10_000]],
    ['depth under', deleverage(9_999), depth, ['allowed', null, 9_999]],
    ['depth at', deleverage(10_000), depth, ['allowed', null, 10_000]],
    ['depth over', deleverage(10_001), depth, ['reduced', 'depth-share', 10_000]],
    ['depth far over', deleverage(80_000), depth, ['reduced', 'depth-share', 10_000]],
    ['bypass under', deleverage(24_999), bypass, ['allowed', null, 24_999]],
    ['bypass at', deleverage(25_000), bypass, ['allowed', null, 25_000]],
    ['bypass over', deleverage(25_001), bypass, ['reduced', 'bypass-depth-share', 25_000]],
    ['perp notional under', reduce(24_999), {}, ['allowed', null, 24_999]],
    ['perp notional at', reduce(25_000), {}, ['allowed', null, 25_000]],
    ['perp notional over', reduce(25_001), {}, ['reduced', 'perp-notional', 25_000]],
    ['perp depth at', reduce(10_000), perpDepth, ['allowed', null, 10_000]],
    ['perp depth over', reduce(10_001), perpDepth, ['reduced', 'depth-share', 10_000]],
    ['perp bypass at', reduce(25_000), perpBypass, ['allowed', null, 25_000]],
    ['perp bypass over', reduce(25_001), perpBypass, ['reduced', 'bypass-depth-share', 25_000]],
    ['transfer over', transfer(10_001), depth, ['reduced', 'depth-share', 10_000]],
    ['transfer bypass at', transfer(25_000), bypass, ['allowed', null, 25_000]],
    ['transfer bypass over', transfer(25_001), bypass, ['reduced', 'bypass-depth-share', 25_000]],
  ]
  for (const [name, action, sketch, expected] of cases)
    test(name, () => {
      expect(outcome(grant(action, sketch, { perpNotionalUsd: 25_000 }))).toEqual(expected)
    })

  test('bypass starts below its health, not at it', () => {
    const at = { volume5m: 0, depthDown: 100_000 }
    expect(outcome(grant(deleverage(10), { ...at, health: 1.031 }))[0]).toBe('denied')
    expect(outcome(grant(deleverage(10), { ...at, health: 1.029 }))[0]).toBe('allowed')
  })

  test('the worse of oracle and market prices opens the bypass', () => {
    const marketPrices = new Map([
      ['ETH', 1_700],
      ['USDC', 1],
    ])
    const result = grant(deleverage(10), { health: 1.2, volume5m: 0, marketPrices })
    expect(result.type).toBe('allowed')
    expect(result.checks.map(({ rule }) => rule)).toEqual(['bypass-depth-share'])
  })
})

describe('fails closed', () => {
  const cases: readonly [string, Action, MarketSketch, string][] = [
    ['no volume', deleverage(10), { volume5m: 0 }, 'participation'],
    ['no depth', deleverage(10), { depthDown: 0 }, 'depth-share'],
    ['negative depth', deleverage(10), { depthDown: -5 }, 'depth-share'],
    ['no reading of the pair', deleverage(10), { readings: [] }, 'depth-unknown'],
    ['no price', deleverage(10), { marketPrices: new Map([['USDC', 1]]) }, 'price-unknown'],
    ['a price of zero', deleverage(10), { marketPrices: new Map([['ETH', 0]]) }, 'price-unknown'],
    [
      'a price that is not a number',
      deleverage(10),
      { marketPrices: new Map([['ETH', Number.NaN]]) },
      'price-unknown',
    ],
    ['bypass without depth', deleverage(10), { health: 1.01, depthDown: 0 }, 'bypass-depth-share'],
    ['bypass without a reading', deleverage(10), { health: 1.01, readings: [] }, 'depth-unknown'],
    ['a perp market without depth', reduce(10), { perpDepth: 0 }, 'depth-share'],
    ['perp without a price', reduce(10), { marketPrices: new Map() }, 'price-unknown'],
    ['too little left of a unit', deleverage(10), { volume5m: 1e-7 }, 'participation'],
  ]
  for (const [name, action, sketch, rule] of cases)
    test(name, () => {
      // Domain prices stay known: only the market's are taken away.
      const frame = market(sketch)
      const known = {
        ...frame,
        portfolio: {
          ...frame.portfolio,
          domains: frame.portfolio.domains.map((domain) => ({
            ...domain,
            health: () => domain.health(frame.oraclePrices),
          })),
        },
      }
      const result = createCaps(DEFAULT_CAPS).grant({ action, frame: known })
      expect([result.type, result.type === 'denied' ? result.rule : null]).toEqual(['denied', rule])
    })

  test('a hedge and a boost never use the bypass', () => {
    const sketch = { health: 1.01, volume5m: 0, perpDepth: 100_000, perpHealth: 1.01 }
    expect(grant(deleverage(10, { type: 'boost' }), sketch).type).toBe('denied')
    expect(outcome(grant(reduce(20_000), sketch))).toEqual(['allowed', null, 20_000])
    const hedge = grant(reduce(20_000, { type: 'hedge' }), sketch)
    expect(outcome(hedge)).toEqual(['reduced', 'depth-share', 10_000])
  })
})

describe('no footprint', () => {
  const base = { venue: 'aave', domain: 'aave/owner' } as const
  const closed = { volume5m: 0, depthDown: 0, depthUp: 0 }
  test('repay, add collateral, transfer and cancel pass a dead market', () => {
    for (const action of [
      quiet('repay', [{ type: 'repay', ...base, token: USDC, raw: 10n ** 12n }]),
      quiet('add-collateral', [{ type: 'supply', ...base, token: WETH, raw: 10n ** 21n }]),
      quiet('transfer', [
        { type: 'withdraw', venue: 'perp', domain: 'perp/owner', token: USDC, raw: 1n },
        { type: 'repay', ...base, token: USDC, raw: 1n },
      ]),
      quiet('cancel', [{ type: 'cancel', venue: 'perp', domain: 'perp/owner', market: 'vETH' }]),
    ])
      expect(grant(action, closed)).toEqual({
        type: 'allowed',
        action,
        checks: [{ rule: 'no-footprint', asked: 0, limit: 0, unit: 'USD' }],
      })
  })

  test('the kind of action does not matter, only that it trades', () => {
    const swap = deleverage(10).intents
    expect(grant({ ...quiet('transfer', swap) }, closed).type).toBe('denied')
  })
})

describe('reduced', () => {
  test('every intent, the flash loan and the costs shrink together; health after is recomputed', () => {
    const action = deleverage(40_000)
    const result = grant(action, { depthDown: 100_000, volume5m: 1e9 })
    if (result.type !== 'reduced') throw expect.unreachable()
    const [repay, withdraw, swap] = result.action.intents
    if (repay?.type !== 'repay' || withdraw?.type !== 'withdraw' || swap?.type !== 'swap')
      throw expect.unreachable()
    expect(swap.amountIn).toBe(withdraw.raw)
    expect(result.action.flashLoan?.raw).toBe(repay.raw)
    expect(Number(withdraw.raw) / 1e18).toBeCloseTo(5, 9)
    expect(Number(repay.raw) / 1e6).toBeCloseTo(9_900, 5)
    expect(swap.minOut >= repay.raw + (repay.raw * 5n + 9_999n) / 10_000n).toBe(true)
    expect(Number(result.action.cost.slippage) / 1e8).toBeCloseTo(10, 6)
    expect(result.action.cost.gas).toBe(action.cost.gas)
  })

  test('health after is what the domain’s own arithmetic gives', () => {
    const frame = market({ depthDown: 100_000, volume5m: 1e9 })
    const loan = frame.lending[0]!
    const healthOf = (action: Action) =>
      healthFactorOf(
        lendingDomain({
          position: applyAction(loan, action),
          fullCloseHealth: 0.95,
        }).health(frame.oraclePrices),
      )
    const whole = deleverage(40_000)
    const action = { ...whole, healthAfter: healthOf(whole) }
    const result = createCaps(DEFAULT_CAPS).grant({ action, frame })
    if (result.type !== 'reduced') throw expect.unreachable()
    expect(result.action.healthAfter).toBeCloseTo(healthOf(result.action), 9)
    expect(result.action.healthAfter).toBeGreaterThan(action.healthBefore)
    expect(result.action.healthAfter).toBeLessThan(action.healthAfter)
  })

  test('a hedge in a market the account does not hold yet', () => {
    const intents = reduce(100_000).intents.map((intent) => ({
      ...intent,
      market: 'vSOL',
      reduceOnly: false,
    }))
    const action = reduce(100_000, {
      type: 'hedge',
      intents: intents as Action['intents'],
      healthBefore: Number.POSITIVE_INFINITY,
      healthAfter: 2,
    })
    const result = grant(action) // cap of 50000: half
    if (result.type !== 'reduced') throw expect.unreachable()
    expect(result.action.healthAfter).toBeCloseTo(4, 9)
  })

  test('a fixed fee does not shrink with the trade', () => {
    const sketch = { perpDepth: 100_000, fixedFee: 3 }
    const fees = usd(43n * 10n ** 8n) // 0.1 % of 40000 and the keeper's 3
    const { cost } = reduce(40_000)
    const result = grant(reduce(40_000, { cost: { ...cost, fees } }), sketch)
    if (result.type !== 'reduced') throw expect.unreachable()
    expect(Number(result.action.cost.fees) / 1e8).toBeCloseTo(13, 6)
  })

  test('the worst price of a trade never loosens', () => {
    const action = reduce(100_000)
    const result = grant(action)
    const [before] = action.intents
    const after = result.action.intents[0]
    if (before?.type !== 'trade' || after?.type !== 'trade') throw expect.unreachable()
    expect(after.limit * before.size <= before.limit * after.size).toBe(true) // both sizes are negative
  })
})

test('behavior: swaps of one action on one market count together', () => {
  const { intents } = deleverage(6_000)
  const action = deleverage(6_000, { intents: [...intents, ...intents] })
  const result = grant(action, { depthDown: 100_000, volume5m: 1e9 })
  expect(outcome(result)).toEqual(['reduced', 'depth-share', 10_000])
})

test('behavior: buying a perp looks at the depth above its price', () => {
  const intents = reduce(10).intents.map((intent) =>
    intent.type === 'trade' ? { ...intent, size: -intent.size } : intent,
  )
  const result = grant(reduce(10, { intents }), { perpDepth: 1e9 })
  expect(result.checks).toMatchObject([{ rule: 'depth-share', asked: 10, limit: 0.1 }])
})

test('behavior: a perp market is measured by its own reading, not by another of its venue', () => {
  const intents = reduce(60_000).intents.map((intent) =>
    intent.type === 'trade' ? { ...intent, market: 'vETH-2' } : intent,
  )
  const result = grant(reduce(60_000, { intents }), { perpDepth: 1e9 })
  expect(outcome(result)).toEqual(['reduced', 'perp-notional', 50_000])
})

test('behavior: buying looks at the depth above the price', () => {
  const action = quiet('boost', [
    {
      type: 'swap',
      venue: 'pool',
      tokenIn: USDC,
      tokenOut: WETH,
      amountIn: 20_000n * 10n ** 6n,
      minOut: 1n,
    },
  ])
  expect(outcome(grant(action, { depthUp: 100_000, depthDown: 1 }))).toEqual([
    'reduced',
    'depth-share',
    10_000,
  ])
})

test('property: what is granted never exceeds a limit, and what is within them passes whole', () => {
  const seen = new Set<string>()
  const value = fc.integer({ min: 1, max: 300_000 })
  fc.assert(
    fc.property(
      value,
      fc.integer({ min: 0, max: 3_000_000 }),
      fc.integer({ min: 0, max: 3_000_000 }),
      fc.integer({ min: 95, max: 200 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.constantFrom(deleverage, reduce),
      fc.boolean(),
      (asked, depthDown, volume5m, percent, limitBps, make, measured) => {
        const sketch = {
          depthDown,
          volume5m,
          health: percent / 100,
          perpHealth: (percent + 0.1) / 100,
          ...(measured ? { perpDepth: depthDown } : {}),
        }
        const config = { ...DEFAULT_CAPS, participationBps: limitBps, depthShareBps: limitBps }
        const action = make(asked)
        const result = grant(action, sketch, config)
        seen.add(result.type)
        const share = percent < 103 ? 0.25 : limitBps / 10_000
        // A perp market reports no volume, and within the bypass nobody asks for it.
        const volume = make === reduce || percent < 103 ? Number.POSITIVE_INFINITY : volume5m
        const limit =
          make === reduce && !measured
            ? config.perpNotionalUsd
            : Math.min(depthDown, volume) * share
        if (result.type === 'denied') expect(limit).toBeLessThan(0.001)
        else expect(traded(result.action)).toBeLessThanOrEqual(limit * (1 + 1e-12))
        if (result.type === 'allowed') expect(result.action).toBe(action)
        else expect(asked).toBeGreaterThan(limit)
        for (const check of result.checks)
          if (result.type === 'allowed') expect(check.asked).toBeLessThanOrEqual(check.limit)
      },
    ),
    { seed: 20_200_312, numRuns: 1_000 },
  )
  expect([...seen].toSorted()).toEqual(['allowed', 'denied', 'reduced'])
})

test('error: InvalidInputError', () => {
  for (const config of [
    { ...DEFAULT_CAPS, participationBp: 5 },
    { ...DEFAULT_CAPS, participationBps: -1 },
    { ...DEFAULT_CAPS, depthShareBps: Number.NaN },
    { ...DEFAULT_CAPS, bypassDepthShareBps: 500 },
    { ...DEFAULT_CAPS, perpNotionalUsd: '5' },
    null,
  ])
    expect(() => createCaps(config as CapsConfig)).toThrow(InvalidInputError)
})
