import { InvalidInputError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { loan, plan } from '../test/plan.ts'
import { domainId, routes, USDC, WBTC, WETH } from '../test/world.ts'
import { createStaticThreshold } from './createStaticThreshold.ts'
import { DEFAULT_STATIC_THRESHOLD, type StaticThresholdConfig } from './StaticThresholdConfig.ts'

describe('loans', () => {
  test('default: holds above the limit and says where it stands', () => {
    const { actions, why } = plan({ loans: [{ ...loan, debt: [{ token: USDC, amount: 10_000 }] }] })
    expect(actions).toEqual([])
    expect(why).toBe(`Hold: weakest ${domainId('aave')} at health 1.600, above 1.3.`)
  })

  test('behavior: repays y = D(1 − h/h′) from the reserve and nothing else', () => {
    const { actions } = plan({ loans: [loan], reserve: [{ token: USDC, amount: 50_000 }] })
    expect(actions.map(({ type }) => type)).toEqual(['repay'])
    const [repay] = actions
    expect(repay?.intents).toHaveLength(1)
    const [intent] = repay!.intents
    if (intent?.type !== 'repay') throw expect.unreachable()
    expect(Number(intent.raw) / 1e6).toBeCloseTo((16_000 / 1.2) * (1 - 1.2 / 1.6), 4)
    expect(repay!.healthBefore).toBeCloseTo(1.2, 8)
    expect(repay!.healthAfter).toBeCloseTo(1.6, 8)
    expect(repay!.why).toContain('health 1.200 → 1.600')
  })

  test('behavior: adds collateral x = (h′/h − 1)A when the reserve is in the collateral', () => {
    const { actions } = plan({ loans: [loan], reserve: [{ token: WETH, amount: 50 }] })
    expect(actions.map(({ type }) => type)).toEqual(['add-collateral'])
    const [intent] = actions[0]!.intents
    if (intent?.type !== 'supply') throw expect.unreachable()
    expect(Number(intent.raw) / 1e18).toBeCloseTo((1.6 / 1.2 - 1) * 10, 8)
  })

  test('behavior: deleverages q = (h′ − h)D / (h′ − LT) atomically, costs on top', () => {
    const { actions } = plan(
      { loans: [loan], depth: 1e12 },
      { routes: { flashLoan: { tokens: [USDC.address], fee: 0 } } },
    )
    expect(actions.map(({ type }) => type)).toEqual(['deleverage'])
    const [action] = actions
    expect(action!.settlement).toBe('atomic')
    expect(action!.intents.map(({ type }) => type)).toEqual(['repay', 'withdraw', 'swap'])
    const [repay, withdraw, swap] = action!.intents
    if (repay?.type !== 'repay' || withdraw?.type !== 'withdraw' || swap?.type !== 'swap')
      throw expect.unreachable()
    const free = ((1.6 - 1.2) * (16_000 / 1.2)) / (1.6 - 0.8)
    const sold = (Number(withdraw.raw) / 1e18) * 2_000
    expect(sold).toBeGreaterThan(free)
    expect(sold).toBeLessThan(free * 1.02)
    expect(action!.flashLoan).toEqual({ token: USDC, raw: repay.raw })
    expect(swap.amountIn).toBe(withdraw.raw)
    expect(swap.minOut >= repay.raw).toBe(true)
    expect(action!.healthAfter).toBeGreaterThanOrEqual(1.6 * (1 - 1e-9))
    expect(action!.healthAfter).toBeLessThan(1.601)
  })

  test('behavior: the least output covers the flash loan and its fee', () => {
    const { actions } = plan({ loans: [loan] })
    const [action] = actions
    const swap = action!.intents.find((intent) => intent.type === 'swap')
    if (swap?.type !== 'swap') throw expect.unreachable()
    const raw = action!.flashLoan!.raw
    const fee = (raw * 5n + 9_999n) / 10_000n
    expect(swap.minOut >= raw + fee).toBe(true)
  })

  test('behavior: goes step by step where nobody lends the debt token', () => {
    const { actions } = plan({ loans: [loan] }, { routes: { flashLoan: null } })
    expect(actions.length).toBeGreaterThan(1)
    for (const action of actions) {
      expect(action.settlement).toBe('direct')
      expect(action.flashLoan).toBeNull()
      expect(action.intents.map(({ type }) => type)).toEqual(['withdraw', 'swap', 'repay'])
    }
    expect(actions.at(-1)!.healthAfter).toBeCloseTo(1.6, 3)
  })

  test('behavior: combines levers in order of footprint until the target is reached', () => {
    const { actions, why } = plan(
      {
        loans: [
          loan,
          {
            venue: 'morpho',
            collateral: [{ token: WETH, amount: 2.6 }],
            debt: [{ token: USDC, amount: 2_200 }],
          },
        ],
        reserve: [
          { token: USDC, amount: 1_000 },
          { token: WETH, amount: 0.5 },
        ],
      },
      { routes: { transfers: [{ from: domainId('morpho'), to: domainId('aave') }] } },
    )
    expect(actions.map(({ type }) => type)).toEqual([
      'repay',
      'add-collateral',
      'transfer',
      'deleverage',
    ])
    expect(actions.at(-1)!.healthAfter).toBeCloseTo(1.6, 3)
    expect(why).toContain('4 step(s) restore 1.6')
    const [withdraw, supply] = actions[2]!.intents
    expect(withdraw).toMatchObject({ type: 'withdraw', domain: domainId('morpho'), token: WETH })
    expect(supply).toMatchObject({ type: 'supply', domain: domainId('aave'), token: WETH })
  })

  test('behavior: free margin of a perp account repays a loan in the same token', () => {
    const { actions } = plan(
      {
        loans: [loan],
        perps: [{ venue: 'perp', equity: 9_000, legs: [{ asset: 'ETH', size: -1 }] }],
      },
      { routes: { transfers: [{ from: domainId('perp'), to: domainId('aave') }] } },
    )
    expect(actions.map(({ type }) => type)).toEqual(['transfer'])
    expect(actions[0]!.intents.map(({ type }) => type)).toEqual(['withdraw', 'repay'])
  })

  test('behavior: health is judged on the worse of oracle and market prices', () => {
    const { actions } = plan({
      loans: [{ ...loan, debt: [{ token: USDC, amount: 16_000 / 1.35 }] }],
      market: { ETH: 1_850 },
      reserve: [{ token: USDC, amount: 50_000 }],
    })
    expect(actions).toHaveLength(1)
    expect(actions[0]!.healthBefore).toBeCloseTo((1.35 * 1_850) / 2_000, 8)
  })

  test('behavior: says why nothing is feasible', () => {
    const { actions, why } = plan({ loans: [loan] }, { routes: { flashLoan: null, swaps: [] } })
    expect(actions).toEqual([])
    expect(why).toContain('nothing feasible of 1.6')
    expect(why).toContain('no route from a collateral to a debt')
  })

  test('behavior: a shallow pool bounds what is sold, and the plan says what is left', () => {
    const { actions, why } = plan({ loans: [loan], depth: 1_000 })
    expect(actions.every(({ cost }) => cost.slippage >= 0n)).toBe(true)
    expect(actions.at(-1)!.healthAfter).toBeLessThan(1.6)
    expect(why).toContain('reach only')
  })

  test('behavior: does not deleverage into a refusal below health 1', () => {
    const { actions, why } = plan({ loans: [loan], oracle: { ETH: 1_500 }, depth: 1_000 })
    expect(actions).toEqual([])
    expect(why).toContain('refuses a withdrawal below 1')
  })

  test('behavior: sells the collateral with the lowest threshold first', () => {
    const { actions } = plan({
      loans: [
        {
          venue: 'aave',
          collateral: [
            { token: WETH, amount: 10, thresholdBps: 8_250n },
            { token: WBTC, amount: 0.5, thresholdBps: 7_500n },
          ],
          debt: [{ token: USDC, amount: 26_000 }],
        },
      ],
    })
    const swap = actions[0]!.intents.find(({ type }) => type === 'swap')
    expect(swap).toMatchObject({ tokenIn: WBTC, tokenOut: USDC })
  })

  test('behavior: boosts above its limit, down to its target, only in calm', () => {
    const risen = { loans: [{ ...loan, debt: [{ token: USDC, amount: 7_000 }] }] }
    const config = { boostAbove: 2, boostTo: 1.8 }
    const calm = plan(risen, { config })
    expect(calm.actions.map(({ type }) => type)).toEqual(['boost'])
    expect(calm.actions[0]!.healthAfter).toBeGreaterThanOrEqual(1.8 * (1 - 1e-9))
    expect(calm.actions[0]!.healthAfter).toBeLessThan(1.82)
    expect(plan(risen, { config, sigma: 0.08 }).actions).toEqual([])
    expect(plan({ ...risen, market: { ETH: 2_100 } }, { config }).actions).toEqual([])
  })
})

describe('perps', () => {
  const thin = { venue: 'perp', equity: 1_500, legs: [{ asset: 'ETH', size: 10 }] } // health 1.2

  test('behavior: reduces by (h′M − E) / (h′m − c)', () => {
    const { actions } = plan({ perps: [thin] })
    expect(actions.map(({ type }) => type)).toEqual(['reduce'])
    const [trade] = actions[0]!.intents
    if (trade?.type !== 'trade') throw expect.unreachable()
    const closed = (2.5 * 1_250 - 1_500) / (2.5 * 0.0625 - 0.005)
    expect((-Number(trade.size) / 1e18) * 2_000).toBeCloseTo(closed, 3)
    expect(trade.reduceOnly).toBe(true)
    expect(Number(trade.limit) / 1e18).toBeCloseTo(closed * 0.995, 3)
    expect(actions[0]!.healthAfter).toBeCloseTo(2.5, 6)
  })

  test('behavior: buys a short back and pays at most the cap', () => {
    const { actions } = plan({ perps: [{ ...thin, legs: [{ asset: 'ETH', size: -10 }] }] })
    const [trade] = actions[0]!.intents
    if (trade?.type !== 'trade') throw expect.unreachable()
    expect(trade.size > 0n).toBe(true)
    expect(Number(trade.limit) / Number(trade.size)).toBeCloseTo(2_000 * 1.005, 6)
  })

  test('behavior: prefers margin from the reserve where told to', () => {
    const { actions } = plan(
      { perps: [thin], reserve: [{ token: USDC, amount: 1_000 }] },
      { config: { perp: { ...DEFAULT_STATIC_THRESHOLD.perp, prefer: 'margin' } } },
    )
    expect(actions.map(({ type }) => type)).toEqual(['add-collateral', 'reduce'])
    expect(actions[0]!.intents[0]).toMatchObject({ type: 'supply', raw: 1_000_000_000n })
    expect(actions[1]!.healthAfter).toBeCloseTo(2.5, 6)
  })

  test('behavior: an account or loan without equity gets nothing: the reserve is the others’', () => {
    const { actions, why } = plan({
      loans: [
        loan,
        { ...loan, venue: 'broken', debt: [{ token: USDC, amount: 20_001 }] },
        { venue: 'written-off', collateral: [], debt: [{ token: USDC, amount: 900 }] },
      ],
      perps: [{ ...thin, equity: -200 }],
      reserve: [{ token: USDC, amount: 50_000 }],
    })
    expect(actions.map(({ domain }) => domain)).toEqual([domainId('aave')])
    expect(why.match(/nothing is left to save/g)).toHaveLength(3)
  })

  test('behavior: closing that costs more than it frees waits until there is margin', () => {
    // Equity 50 on a notional of 20000: closing it all may cost 3 %.
    const sketch = { perps: [{ ...thin, equity: 50 }], reserve: [{ token: USDC, amount: 1_000 }] }
    const { actions } = plan(sketch)
    expect(actions.map(({ type }) => type)).toEqual(['add-collateral', 'reduce'])
    expect(actions[1]?.healthAfter).toBeCloseTo(2.5, 6)
  })

  test('behavior: hedges net exposure above its limit down to its target', () => {
    const hedge = { asset: 'ETH', maxDeltaShare: 1.5, targetDeltaShare: 1, minPerpHealth: 3 }
    const { actions } = plan(
      {
        loans: [{ ...loan, debt: [{ token: USDC, amount: 10_000 }] }],
        perps: [{ venue: 'perp', equity: 2_000, legs: [] }],
        markets: [{ venue: 'perp', asset: 'ETH' }],
      },
      { config: { hedge } },
    )
    expect(actions.map(({ type }) => type)).toEqual(['hedge'])
    const [trade] = actions[0]!.intents
    if (trade?.type !== 'trade') throw expect.unreachable()
    // Equity 12000, delta 20000: 8000 to sell.
    expect((Number(trade.size) / 1e18) * 2_000).toBeCloseTo(-8_000, 3)
    expect(actions[0]!.healthAfter).toBeGreaterThan(3)
  })

  test('behavior: a hedge stops at the health the perp account must keep', () => {
    const hedge = { asset: 'ETH', maxDeltaShare: 1.2, targetDeltaShare: 1, minPerpHealth: 3 }
    const { actions } = plan(
      {
        loans: [{ ...loan, debt: [{ token: USDC, amount: 10_000 }] }],
        perps: [{ venue: 'perp', equity: 500, legs: [] }],
        markets: [{ venue: 'perp', asset: 'ETH' }],
      },
      { config: { hedge } },
    )
    expect(actions[0]!.healthAfter).toBeGreaterThanOrEqual(3 * (1 - 1e-9))
    expect(actions[0]!.healthAfter).toBeLessThan(3.001)
  })
})

describe('an order that waits to be filled', () => {
  const thin = { venue: 'perp', equity: 1_500, legs: [{ asset: 'ETH', size: 10 }] } // health 1.2
  const waits = { ...thin, pending: { asset: 'ETH', size: -5, expiresIn: 30n } }
  const late = { ...thin, pending: { asset: 'ETH', size: -5, expiresIn: -1n } }
  const cancel = {
    type: 'cancel',
    settlement: 'direct',
    domain: domainId('perp'),
    intents: [{ type: 'cancel', venue: 'perp', domain: domainId('perp'), market: 'vETH' }],
    cost: { slippage: 1n, fees: 1n },
  }

  test('behavior: its account is left alone, and the plan says for which order', () => {
    const { actions, why } = plan({ perps: [waits], reserve: [{ token: USDC, amount: 5_000 }] })
    expect(actions).toEqual([])
    expect(why).toBe(
      `${domainId('perp')}: health 1.200 is below 1.5; left alone until its order is filled or cancelled. ${domainId('perp')} waits for its order to sell 5 vETH, which can be filled from 1699999942 to 1700000030.`,
    )
  })

  test('behavior: a sound account waits too, and the plan still says so', () => {
    const { actions, why } = plan({ perps: [{ ...waits, equity: 5_000 }] })
    expect(actions).toEqual([])
    expect(why).toMatch(/^Hold: .* waits for its order to sell 5 vETH/)
    const diverged = plan({ perps: [{ ...waits, equity: 5_000 }], market: { ETH: 2_100 } })
    expect(diverged.why).toMatch(/^Hold: .* waits for its order .*; oracle and market diverge/)
  })

  test('behavior: at the last second it still waits, a second later it is cancelled for gas alone', () => {
    const last = { ...thin, pending: { asset: 'ETH', size: -5, expiresIn: 0n } }
    expect(plan({ perps: [last] }).actions).toEqual([])
    const { actions, why } = plan({ perps: [late] })
    expect(actions).toMatchObject([cancel])
    expect(actions[0]!.cost.gas > 0n).toBe(true)
    expect(actions[0]!.healthAfter).toBe(actions[0]!.healthBefore)
    expect(why).toContain('it is 1700000000 and nobody filled it')
  })

  test('behavior: a sound account gets its late order cancelled, hedge and boost wait', () => {
    const risen = { ...loan, debt: [{ token: USDC, amount: 7_000 }] }
    const { actions } = plan(
      { loans: [risen], perps: [{ ...late, equity: 5_000 }] },
      { config: { boostAbove: 2, boostTo: 1.8 } },
    )
    expect(actions).toMatchObject([cancel])
  })

  test('behavior: a loan never waits for a perp: its donor is passed over, cancellations come last', () => {
    const transfers = [{ from: domainId('perp'), to: domainId('aave') }]
    const rich = { venue: 'perp', equity: 9_000, legs: [{ asset: 'ETH', size: -1 }] }
    for (const { pending } of [waits, late]) {
      const { actions } = plan(
        { loans: [loan], perps: [{ ...rich, pending }] },
        { routes: { transfers } },
      )
      const types = actions.map(({ type }) => type)
      expect(types).toEqual(pending === late.pending ? ['deleverage', 'cancel'] : ['deleverage'])
      expect(actions[0]!.healthAfter).toBeCloseTo(1.6, 3)
    }
  })
})

test('behavior: the weakest domain is served first, and a reserve is spent once', () => {
  const { actions } = plan(
    {
      loans: [
        { ...loan, debt: [{ token: USDC, amount: 16_000 / 1.25 }] },
        { ...loan, venue: 'morpho', debt: [{ token: USDC, amount: 16_000 / 1.1 }] },
      ],
      reserve: [{ token: USDC, amount: 5_000 }],
    },
    { routes: { swaps: [] } },
  )
  expect(actions.map(({ domain }) => domain)).toEqual([domainId('morpho'), domainId('aave')])
  const spent = actions
    .flatMap(({ intents }) => intents)
    .reduce((sum, intent) => (intent.type === 'repay' ? sum + intent.raw : sum), 0n)
  expect(spent).toBe(5_000_000_000n)
})

test('behavior: small steps are left out unless the domain is about to fall', () => {
  const reserve = [{ token: USDC, amount: 20 }]
  const off = { routes: { swaps: [] } }
  expect(plan({ loans: [loan], reserve }, off).actions).toEqual([])
  const falling = { ...loan, debt: [{ token: USDC, amount: 16_000 / 1.04 }] }
  expect(plan({ loans: [falling], reserve }, off).actions).toHaveLength(1)
})

test('behavior: the slippage cap follows the regime', () => {
  const limitOf = (sigma: number, equity: number): number => {
    const { actions } = plan(
      { perps: [{ venue: 'perp', equity, legs: [{ asset: 'ETH', size: 10 }] }] },
      { sigma },
    )
    const [trade] = actions[0]!.intents
    if (trade?.type !== 'trade') throw expect.unreachable()
    return 1 - Number(trade.limit) / (-Number(trade.size) * 2_000)
  }
  expect(limitOf(0.03, 1_500)).toBeCloseTo(0.005, 9)
  expect(limitOf(0.08, 1_500)).toBeCloseTo(0.015, 9)
  expect(limitOf(0.08, 1_251)).toBeCloseTo(0.03, 9)
})

test('error: InvalidInputError', () => {
  const hedge = { asset: 'ETH', maxDeltaShare: 1, targetDeltaShare: 0.5, minPerpHealth: 3 }
  const create = (config: unknown) =>
    createStaticThreshold({ config: config as StaticThresholdConfig, routes: routes() })
  for (const config of [
    { ...DEFAULT_STATIC_THRESHOLD, restoreBellow: 1.3 },
    { ...DEFAULT_STATIC_THRESHOLD, restoreTo: 1.2 },
    { ...DEFAULT_STATIC_THRESHOLD, restoreBelow: Number.NaN },
    { ...DEFAULT_STATIC_THRESHOLD, donorFloor: 1.5 },
    { ...DEFAULT_STATIC_THRESHOLD, boostAbove: 1.5 },
    { ...DEFAULT_STATIC_THRESHOLD, perp: { ...DEFAULT_STATIC_THRESHOLD.perp, prefer: 'both' } },
    { ...DEFAULT_STATIC_THRESHOLD, maxSlippageBps: { calm: 50, stress: 40, floor: 300 } },
    { ...DEFAULT_STATIC_THRESHOLD, hedge: {} },
    { ...DEFAULT_STATIC_THRESHOLD, hedge: { ...hedge, fundingHours: -1 } },
    { ...DEFAULT_STATIC_THRESHOLD, hedge: { ...hedge, fundingHour: 24 } },
    null,
  ])
    expect(() => create(config)).toThrow(InvalidInputError)
  expect(() =>
    createStaticThreshold({
      config: DEFAULT_STATIC_THRESHOLD,
      routes: routes({ flashLoan: { tokens: [], fee: 5 } }),
    }),
  ).toThrow(InvalidInputError)
})
