import type { Action } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { loan, plan } from '../../test/plan.ts'
import {
  domainId,
  type routes,
  SUSD,
  USDC,
  WBTC,
  WETH,
  type WorldSketch,
} from '../../test/world.ts'
import { DEFAULT_STATIC_THRESHOLD } from '../StaticThresholdConfig.ts'

const [first, second, aave] = ['perp', 'snx', 'aave'].map(domainId) as [string, string, string]
const rich = { equity: 9_000, legs: [{ asset: 'ETH', size: -1 }] } // health 72
const thin = { equity: 1_500, legs: [{ asset: 'ETH', size: 10 }] } // health 1.2
const margin = { perp: { ...DEFAULT_STATIC_THRESHOLD.perp, prefer: 'margin' as const } }

function moved(
  sketch: WorldSketch,
  transfer: { readonly from: string; readonly to: string },
  change: Parameters<typeof routes>[0] = {},
) {
  const { actions, why } = plan(sketch, {
    config: margin,
    routes: { transfers: [transfer], ...change },
  })
  return { actions, why, parts: actions[0] === undefined ? null : partsOf(actions[0]) }
}

function partsOf({ intents }: Action) {
  const [withdraw, swap, use] = intents
  if (withdraw?.type !== 'withdraw' || swap?.type !== 'swap' || use === undefined) return null
  if (use.type !== 'supply' && use.type !== 'repay') return null
  return { withdraw, swap, use }
}

describe('between perps whose margin differs', () => {
  test.each([
    ['USDC to sUSD', { ...rich, venue: 'perp' }, { ...thin, venue: 'snx', marginToken: SUSD }],
    ['sUSD to USDC', { ...rich, venue: 'snx', marginToken: SUSD }, { ...thin, venue: 'perp' }],
  ])('%s: withdraw, swap, supply what surely comes', (_, donor, poor) => {
    const { actions, parts } = moved(
      { perps: [donor, poor] },
      { from: domainId(donor.venue), to: domainId(poor.venue) },
    )
    if (parts === null) throw expect.unreachable()
    const { withdraw, swap, use } = parts
    const [action] = actions
    expect(action).toMatchObject({ type: 'transfer', settlement: 'direct', flashLoan: null })
    expect([withdraw.domain, use.domain, use.type]).toEqual([
      domainId(donor.venue),
      domainId(poor.venue),
      'supply',
    ])
    expect([swap.tokenIn, swap.tokenOut]).toEqual([withdraw.token, use.token])
    expect(swap.amountIn).toBe(withdraw.raw)
    expect(use.raw).toBe(swap.minOut)
    // Needed: 2.5 × 1250 − 1500.
    expect(Number(use.raw) / 10 ** use.token.decimals).toBeCloseTo(1_625, 4)
    expect(action!.healthAfter).toBeCloseTo(2.5, 6)
    const sold = Number(swap.amountIn) / 10 ** swap.tokenIn.decimals
    // Fee 0.05 % and, as both are pinned to the dollar, half the fee and 5 bp for movement.
    expect(1_625 / sold).toBeCloseTo((1 - 0.0005) * (1 - 0.00075) * (1 - sold / 2 / 1e9), 6)
    expect(Number(action!.cost.fees) / 1e8).toBeCloseTo(sold * 0.0005, 4)
    expect(Number(action!.cost.slippage) / 1e8).toBeCloseTo((sold * sold) / 2 / 1e9, 4)
  })

  test('behavior: gas of the swap is part of the cost', () => {
    const poor = { ...thin, venue: 'snx', marginToken: SUSD }
    const route = { from: first, to: second }
    const swapped = moved({ perps: [{ ...rich, venue: 'perp' }, poor] }, route)
    const plain = moved(
      {
        perps: [
          { ...rich, venue: 'perp' },
          { ...thin, venue: 'snx' },
        ],
      },
      route,
    )
    const gas = (of: typeof plain) => Number(of.actions[0]!.cost.gas)
    expect(gas(swapped) / gas(plain)).toBeCloseTo(1.5, 6)
  })

  test('behavior: never more than the free collateral, and never below the floor', () => {
    const poor = { ...thin, venue: 'snx', marginToken: SUSD }
    const free = moved(
      { perps: [{ ...rich, venue: 'perp', free: 700 }, poor] },
      { from: first, to: second },
    )
    expect(free.parts?.withdraw.raw).toBe(700_000_000n)
    const floor = moved(
      { perps: [{ ...rich, venue: 'perp', equity: 1_000, free: 900 }, poor] },
      { from: first, to: second },
    )
    expect(Number(floor.parts?.withdraw.raw) / 1e6).toBeCloseTo(1_000 - 3 * 125, 4)
  })

  test('behavior: the market price of what is sold counts, not its face value', () => {
    const poor = { ...thin, venue: 'snx', marginToken: SUSD }
    const { parts } = moved(
      { perps: [{ ...rich, venue: 'perp' }, poor], oracle: { sUSD: 0.99 } },
      { from: first, to: second },
    )
    expect(Number(parts?.swap.amountIn) / 1e6).toBeCloseTo((1_625 * 0.99) / 0.9995 / 0.99925, 1)
  })
})

describe('a loan', () => {
  test('behavior: is repaid from margin in another dollar', () => {
    const { actions, parts } = moved(
      { loans: [loan], perps: [{ ...rich, venue: 'snx', marginToken: SUSD }] },
      { from: second, to: aave },
    )
    expect(parts?.use).toMatchObject({ type: 'repay', domain: aave, token: USDC })
    expect(Number(parts?.use.raw) / 1e6).toBeCloseTo((16_000 / 1.2) * (1 - 1.2 / 1.6), 3)
    expect(actions[0]!.healthAfter).toBeCloseTo(1.6, 6)
  })

  test('behavior: rounding between decimals does not ask for a second step', () => {
    const small = {
      ...loan,
      collateral: [{ token: WETH, amount: 0.01 }],
      debt: [{ token: USDC, amount: 16 / 1.2 }],
    }
    const { actions } = plan(
      { loans: [small], perps: [{ ...rich, venue: 'snx', marginToken: SUSD }] },
      { config: { minActionUsd: 0 }, routes: { transfers: [{ from: second, to: aave }] } },
    )
    expect(actions.map(({ type }) => type)).toEqual(['transfer'])
    expect(actions[0]!.healthAfter).toBeGreaterThanOrEqual(1.6)
  })

  test('behavior: a debt in that dollar is repaid whole and no further', () => {
    const debt = [
      { token: USDC, amount: 500 },
      { token: WBTC, amount: 12_000 / 40_000 },
    ]
    const { parts } = moved(
      { loans: [{ ...loan, debt }], perps: [{ ...rich, venue: 'snx', marginToken: SUSD }] },
      { from: second, to: aave },
    )
    expect(parts?.use.raw).toBe(500_000_000n)
    const spare = (parts?.swap.minOut ?? 0n) - 500_000_000n
    expect(spare >= 0n && spare < 10_000n, `${spare} bought beyond what is owed`).toBe(true)
  })

  test('behavior: gives collateral in one dollar for margin in another', () => {
    const lender = { venue: 'aave', collateral: [{ token: USDC, amount: 9_000 }], debt: [] }
    const { parts } = moved(
      { loans: [lender], perps: [{ ...thin, venue: 'snx', marginToken: SUSD }] },
      { from: aave, to: second },
    )
    expect(parts?.withdraw).toMatchObject({ domain: aave, token: USDC })
    expect(parts?.use).toMatchObject({ type: 'supply', domain: second, token: SUSD })
  })
})

describe('refuses', () => {
  const perps = [
    { ...rich, venue: 'perp' },
    { ...thin, venue: 'snx', marginToken: SUSD },
  ]
  const way = { from: first, to: second }
  const types = ({ actions }: ReturnType<typeof moved>) => actions.map(({ type }) => type)

  test('behavior: a route that is not marked stable', () => {
    const swaps = [{ venue: 'pool', tokens: [SUSD, USDC] as const }]
    const outcome = moved({ perps }, way, { swaps })
    expect(types(outcome)).toEqual(['reduce'])
  })

  test('behavior: a pair whose depth is not known', () => {
    const swaps = [{ venue: 'elsewhere', tokens: [SUSD, USDC] as const, stable: true }]
    expect(types(moved({ perps }, way, { swaps }))).toEqual(['reduce'])
  })

  test('behavior: a donor, or a receiver, whose order waits to be filled', () => {
    const pending = { asset: 'ETH', size: 1, expiresIn: 30n }
    const donor = moved({ perps: [{ ...perps[0]!, pending }, perps[1]!] }, way)
    expect(types(donor)).toEqual(['reduce'])
    const receiver = moved({ perps: [perps[0]!, { ...perps[1]!, pending }] }, way)
    expect(receiver.actions).toEqual([])
  })

  test('behavior: the same token goes without a swap', () => {
    const same = [
      { ...rich, venue: 'perp' },
      { ...thin, venue: 'snx' },
    ]
    const { actions } = moved({ perps: same }, way)
    expect(actions[0]!.intents.map(({ type }) => type)).toEqual(['withdraw', 'supply'])
  })
})
