import type { TradeIntent } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { plan } from '../../test/plan.ts'
import { domainId, SUSD, USDC, type WorldSketch } from '../../test/world.ts'

const thin = { venue: 'perp', equity: 1_500, legs: [{ asset: 'ETH', size: 10 }] } // health 1.2

function closed(sketch: WorldSketch) {
  const { actions, why } = plan(sketch)
  const trades = actions
    .flatMap(({ intents }) => intents)
    .filter((intent): intent is TradeIntent => intent.type === 'trade')
  const [trade] = trades
  return {
    actions,
    why,
    trades,
    size: Number(trade?.size ?? 0n) / 1e18,
    price: trade === undefined ? 0 : Math.abs(Number(trade.limit) / Number(trade.size)),
  }
}

test('default: closes (h′M − E + K) / (h′m − c) at the fee of its side and the keeper’s fee', () => {
  const markets = [
    { venue: 'perp', asset: 'ETH', buyFee: 0.009, sellFee: 0.002, fixedFee: 3, depth: 1e15 },
  ]
  const { actions, size } = closed({ perps: [thin], markets })
  const value = (2.5 * 1_250 - 1_500 + 3) / (2.5 * 0.0625 - 0.002)
  expect(-size * 2_000).toBeCloseTo(value, 3)
  expect(Number(actions[0]!.cost.fees) / 1e8).toBeCloseTo(value * 0.002 + 3, 4)
  expect(Number(actions[0]!.cost.slippage) / 1e8).toBeCloseTo(0, 4)
  expect(actions[0]!.healthAfter).toBeCloseTo(2.5, 6)
})

test('behavior: a fill below the mark is paid for, one above it is not counted on', () => {
  const at = (fill: number) =>
    closed({ perps: [thin], markets: [{ venue: 'perp', asset: 'ETH', fill, depth: 1e15 }] })
  const below = at(1_996)
  expect(-below.size * 2_000).toBeCloseTo((2.5 * 1_250 - 1_500) / (2.5 * 0.0625 - 0.002), 3)
  expect(below.price).toBeCloseTo(1_996 * 0.995, 6)
  const above = at(2_004)
  expect(-above.size * 2_000).toBeCloseTo((2.5 * 1_250 - 1_500) / (2.5 * 0.0625), 3)
  expect(above.price).toBeCloseTo(2_000 * 0.995, 6)
  expect(above.actions[0]!.cost.slippage <= 1n).toBe(true)
})

test('behavior: buying back is bounded above the worse of mark and fill', () => {
  const short = { ...thin, legs: [{ asset: 'ETH', size: -10 }] }
  const markets = [{ venue: 'perp', asset: 'ETH', fill: 2_006 }]
  expect(closed({ perps: [short], markets }).price).toBeCloseTo(2_006 * 1.005, 6)
})

test('behavior: where fills come later the limit is the widest, the own impact is not', () => {
  const markets = [{ venue: 'perp', asset: 'ETH', depth: 4_000 }]
  const [action] = plan({ perps: [thin], markets }, { routes: { delayed: ['perp'] } }).actions
  const [trade] = action?.intents ?? []
  if (trade?.type !== 'trade') throw expect.unreachable()
  expect(Number(trade.limit) / -Number(trade.size)).toBeCloseTo(2_000 * 0.97, 6)
  expect((-Number(trade.size) / 1e18) * 2_000).toBeCloseTo(2 * 0.0025 * 4_000 * 100, 3)
  const other = plan({ perps: [thin], markets }, { routes: { delayed: ['snx'] } }).actions[0]
  const [bounded] = other?.intents ?? []
  if (bounded?.type !== 'trade') throw expect.unreachable()
  expect(Number(bounded.limit) / -Number(bounded.size)).toBeCloseTo(2_000 * 0.995, 6)
})

test('behavior: a shallow market is traded once, within half of the cap', () => {
  const { actions, size, trades, why } = closed({
    perps: [thin],
    markets: [{ venue: 'perp', asset: 'ETH', depth: 4_000 }],
  })
  expect(-size * 2_000).toBeCloseTo(2 * 0.0025 * 4_000 * 100, 3)
  expect(trades).toHaveLength(1)
  expect(actions[0]!.healthAfter).toBeLessThan(2.5)
  expect(why).toContain('vETH is traded once in a plan')
})

test('behavior: a market without depth is not traded in', () => {
  const markets = [{ venue: 'perp', asset: 'ETH', depth: 0 }]
  const { actions, why } = closed({ perps: [thin], markets })
  expect(actions).toEqual([])
  expect(why).toContain('too little of vETH can be closed')
})

test('behavior: a keeper’s fee above a twentieth of the trade waits, unless the account is about to fall', () => {
  const markets = [{ venue: 'perp', asset: 'ETH', fixedFee: 40 }]
  const small = { venue: 'perp', legs: [{ asset: 'ETH', size: 0.5 }] }
  const waits = closed({ perps: [{ ...small, equity: 90 }], markets })
  expect(waits.actions).toEqual([])
  expect(waits.why).toContain('too little for a fixed fee of $40.00')
  const falls = closed({ perps: [{ ...small, equity: 64 }], markets })
  expect(falls.actions.map(({ type }) => type)).toEqual(['reduce'])
})

test('behavior: margin comes before a trade, never after it in the same plan', () => {
  const { actions, why } = closed({
    perps: [thin],
    markets: [{ venue: 'perp', asset: 'ETH', depth: 4_000 }],
    reserve: [{ token: USDC, amount: 5_000 }],
  })
  expect(actions.map(({ type }) => type)).toEqual(['reduce'])
  expect(why).toContain('is traded in by this plan, and margin comes first')
})

test.each([
  ['in its own token', USDC],
  ['through a stable swap', SUSD],
])('behavior: nor does a donor’s %s', (_, marginToken) => {
  const markets = [{ venue: 'perp', asset: 'ETH', depth: 4_000 }]
  const donor = { venue: 'aave', collateral: [{ token: USDC, amount: 9_000 }], debt: [] }
  const to = { transfers: [{ from: domainId('aave'), to: domainId('perp') }] }
  const books = { perps: [{ ...thin, marginToken }], loans: [donor], markets }
  expect(plan(books, { routes: to }).actions.map(({ type }) => type)).toEqual(['reduce'])
})

test('behavior: what is asked for whatever the size stays until the last of it is closed', () => {
  const markets = [{ venue: 'perp', asset: 'ETH', depth: 1e15 }]
  const { actions, size } = closed({
    perps: [{ ...thin, fixedRequirement: 100, equity: 1_700 }],
    markets,
  })
  expect(-size * 2_000).toBeCloseTo((2.5 * 1_350 - 1_700) / (2.5 * 0.0625), 3)
  expect(actions[0]!.healthAfter).toBeCloseTo(2.5, 6)
})
