import { type Forecast, type SwapIntent, type SwapQuote, usd } from '@plimsoll/domain'
import {
  createSimulatedWorld,
  SIMULATED_USDC,
  SIMULATED_WBTC,
  SIMULATED_WETH,
  type SimulatedWorld,
} from '@plimsoll/testkit'
import { beforeEach, expect, test } from 'vitest'
import { createActions, createTestDesk, type Seen } from '../test/createTestDesk.ts'
import { createSandwichFloor } from './createSandwichFloor.ts'

const HOUR = 3_600_000
const OUT = 10n ** 12n

let world: SimulatedWorld
let seen: Seen
beforeEach(async () => {
  world = await createSimulatedWorld()
  seen = await createTestDesk(world).see()
})

/** Quiet markets: the bound that is left is the sandwich's or the movement's. */
const forecast = (asset: string, variance: number): Forecast => ({
  asset,
  model: 'test',
  at: 0,
  horizons: [
    { ms: 24 * HOUR, variance: 99 },
    { ms: HOUR, variance },
  ],
})
const quoteOf = (over: Partial<SwapQuote> = {}): SwapQuote => ({
  type: 'swap',
  amountOut: OUT,
  spotBefore: 0n as never,
  fee: 0.003,
  gas: 100_000n,
  ...over,
})
const sellWeth = (amountIn: bigint): SwapIntent => ({
  type: 'swap',
  venue: world.pool.id,
  tokenIn: SIMULATED_WETH,
  tokenOut: SIMULATED_USDC,
  amountIn,
  minOut: 1n,
})
/** Slack left to the market, as a share. */
const slackOf = (
  intent: SwapIntent,
  over: { readonly seen?: Seen; readonly quote?: SwapQuote } = {},
): number => {
  const action = createActions(world).sell(1, 1)
  const quote = over.quote ?? quoteOf()
  return 1 - Number(createSandwichFloor()({ action, intent, quote, ...(over.seen ?? seen) })) / 1e12
}
const given = (over: Partial<Seen>): Seen => ({ ...seen, ...over })
const small = 10n ** 18n

test('default: the cap of the regime where nothing is forecast', () => {
  expect(slackOf(sellWeth(small))).toBeCloseTo(0.005, 9)
  const stress = given({ assessment: { ...seen.assessment, regime: 'stress' } })
  expect(slackOf(sellWeth(small), { seen: stress })).toBeCloseTo(0.015, 9)
})

test('behavior: a domain about to be liquidated may give more', () => {
  const domains = seen.assessment.domains.map((domain) => ({
    ...domain,
    health: { type: 'solvent', lnHealth: -0.01 } as const,
  }))
  const imminent = given({ assessment: { ...seen.assessment, domains } })
  expect(slackOf(sellWeth(small), { seen: imminent })).toBeCloseTo(0.03, 9)
})

test('behavior: movement over one block decides where both assets are forecast', () => {
  const forecasts = [forecast('ETH', 0.0003), forecast('USDC', 0)]
  // 2σ over 12 s of an hour's variance, half the fee, five basis points of model error.
  const expected = 2 * Math.sqrt((0.0003 * 12) / 3_600) + 0.0015 + 0.0005
  expect(slackOf(sellWeth(small), { seen: given({ forecasts }) })).toBeCloseTo(expected, 9)
  const half = given({ forecasts: forecasts.slice(0, 1) })
  expect(slackOf(sellWeth(small), { seen: half })).toBeCloseTo(0.005, 9)
})

test('behavior: what is worth a sandwich gets hardly any slack, and gas widens it', () => {
  const large = sellWeth(1_000n * 10n ** 18n) // $2M against f·R of about $300k
  const cheap = slackOf(large)
  expect(cheap).toBeLessThan(1e-6)
  const dear = slackOf(large, { quote: quoteOf({ gas: 100_000_000n }) })
  expect(dear).toBeGreaterThan(cheap)
})

test('behavior: the side that is pushed counts', () => {
  const [reading] = seen.frame.depth
  const lopsided = {
    ...seen.frame,
    depth: [{ ...reading!, depthDown: usd(1n), depthUp: reading!.depthUp }],
  }
  const buy: SwapIntent = {
    ...sellWeth(0n),
    tokenIn: SIMULATED_USDC,
    tokenOut: SIMULATED_WETH,
    amountIn: 2_000_000_000n,
  }
  const there = given({ frame: lopsided })
  expect(slackOf(sellWeth(small), { seen: there })).toBeLessThan(1e-6)
  expect(slackOf(buy, { seen: there })).toBeCloseTo(0.005, 9)
})

test('behavior: a pair whose depth is unknown gets no slack', () => {
  const stranger = { ...sellWeth(small), tokenOut: SIMULATED_WBTC }
  expect(slackOf(stranger)).toBeLessThan(1e-9)
  const elsewhere = { ...sellWeth(small), venue: 'another pool' }
  expect(slackOf(elsewhere)).toBeLessThan(1e-9)
})
