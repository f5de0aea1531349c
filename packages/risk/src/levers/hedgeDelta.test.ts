import { describe, expect, test } from 'vitest'
import { loan, plan } from '../../test/plan.ts'
import { domainId, routes, SUSD, USDC, type WorldSketch } from '../../test/world.ts'

/** Equity 10000 on the loan and 2000 on either perp, delta 20000: 6000 to sell at a target of 1. */
const book = {
  loans: [{ ...loan, debt: [{ token: USDC, amount: 10_000 }] }],
  perps: [
    { venue: 'perp', equity: 2_000, legs: [] },
    { venue: 'snx', equity: 2_000, legs: [], marginToken: SUSD },
  ],
}
const perp = { venue: 'perp', asset: 'ETH', sellFee: 0.001, depth: 1e15 }
const snx = { venue: 'snx', asset: 'ETH', sellFee: 0.0006, fixedFee: 3, depth: 1e15 }
const hedge = { asset: 'ETH', maxDeltaShare: 1.2, targetDeltaShare: 1, minPerpHealth: 3 }

function hedged(
  sketch: WorldSketch,
  change: Partial<typeof hedge & { fundingHours: number }> = {},
) {
  const { actions, why } = plan(
    { ...book, ...sketch },
    { config: { hedge: { ...hedge, ...change } } },
  )
  const [action] = actions
  const [trade] = action?.intents ?? []
  if (trade?.type !== 'trade') return { actions, why, venue: null, value: 0 }
  return { actions, why, venue: trade.venue, value: (-Number(trade.size) / 1e18) * 2_000 }
}

describe('the cheaper perp', () => {
  test('default: by fee, with the keeper’s fee on top: 0.1 % of 6000 against 0.06 % and 3', () => {
    const { venue, value, why } = hedged({ markets: [perp, snx] })
    expect(venue).toBe('perp')
    expect(value).toBeCloseTo(6_000, 3)
    expect(why).toContain('sell $6000.00 of vETH on perp at an expected $6.00 over 24 h')
    expect(why).toContain('runner-up $6000.00 of vETH on snx at an expected $6.60 over 24 h')
  })

  test('behavior: a fixed fee weighs less on a larger hedge', () => {
    const perps = book.perps.map((each) => ({ ...each, equity: 4_000 }))
    const at = (targetDeltaShare: number) =>
      hedged({ perps, markets: [perp, snx] }, { maxDeltaShare: 1.05, targetDeltaShare })
    expect(at(0.8).venue).toBe('perp') // 5600: 5.60 against 6.36
    expect(at(0.6).venue).toBe('snx') // 9200: 9.20 against 8.52
  })

  test('behavior: the spread between mark and fill counts both ways', () => {
    expect(hedged({ markets: [{ ...perp, fill: 1_999 }, snx] }).venue).toBe('snx')
    const earns = hedged({ markets: [perp, { ...snx, fill: 2_002 }] })
    expect(earns.venue).toBe('snx')
    expect(earns.why).toContain('at an expected $0.60 over 24 h')
  })

  test('behavior: impact counts', () => {
    const shallow = { ...perp, depth: 100_000 } // 6000 moves it by 0.06 %, half of that is 1.80
    expect(hedged({ markets: [shallow, snx] }).venue).toBe('snx')
  })

  test('behavior: funding counts over its horizon: shorts receive a positive rate', () => {
    const paid = { ...snx, funding: 0.0002 } // 1.20 a day
    const day = hedged({ markets: [perp, paid] })
    expect(day.venue).toBe('snx')
    expect(day.why).toContain('at an expected $5.40 over 24 h')
    const hour = hedged({ markets: [perp, paid] }, { fundingHours: 1 })
    expect(hour.venue).toBe('perp')
    const pays = { ...perp, funding: -0.0002 }
    expect(hedged({ markets: [pays, snx] }).venue).toBe('snx')
  })

  test('behavior: the order of routes does not matter', () => {
    const to = routes()
    const reversed = { perps: to.perps.toReversed() }
    const of = (change: Parameters<typeof plan>[1]) =>
      plan({ ...book, markets: [perp, snx] }, { config: { hedge }, ...change }).actions
    expect(of({ routes: reversed })).toEqual(of({}))
  })
})

describe('enough margin', () => {
  const poor = [{ ...book.perps[0]!, equity: 600 }, book.perps[1]!]

  test('behavior: one that cannot carry the whole hedge is left out, whatever it costs', () => {
    const { venue, why } = hedged({ perps: poor, markets: [{ ...perp, sellFee: 0 }, snx] })
    expect(venue).toBe('snx')
    expect(why).toMatch(/runner-up \$3\d{3}\.\d\d of vETH on perp/)
  })

  test('behavior: where none carries it whole, the one that carries most', () => {
    const poorer = [poor[0]!, { ...book.perps[1]!, equity: 500 }]
    const { venue, value, actions } = hedged({ perps: poorer, markets: [perp, snx] })
    expect(venue).toBe('perp')
    expect(value).toBeLessThan(4_000)
    expect(actions[0]!.healthAfter).toBeGreaterThanOrEqual(3 * (1 - 1e-9))
    expect(actions[0]!.healthAfter).toBeLessThan(3.001)
  })

  test('behavior: depth limits a hedge as margin does', () => {
    const { value, actions } = hedged({ markets: [{ ...perp, depth: 4_000 }] })
    expect(value).toBeCloseTo(2 * 0.0025 * 4_000 * 100, 3)
    expect(Number(actions[0]!.cost.slippage) / 1e8).toBeCloseTo(2_000 * 0.0025, 4)
    const whole = hedged({ markets: [{ ...perp, sellFee: 0, depth: 4_000 }, snx] })
    expect([whole.venue, whole.value]).toEqual(['snx', expect.closeTo(6_000, 3)])
  })

  test('behavior: a keeper’s fee comes off the margin', () => {
    const one = { perps: [{ ...book.perps[1]!, equity: 500 }] }
    const of = (fixedFee: number) => hedged({ ...one, markets: [{ ...snx, fixedFee }] }).value
    expect(of(0) - of(30)).toBeCloseTo(30 / (3 * 0.0625 + 0.0006), 3)
  })

  test('behavior: a fee that is large for the hedge refuses it', () => {
    const { actions, why } = hedged({
      perps: [book.perps[1]!],
      markets: [{ ...snx, fixedFee: 410 }],
    })
    expect(actions).toEqual([])
    expect(why).toContain('is too little for a fixed fee of $410.00')
  })
})

describe('what is known', () => {
  test('behavior: a market that the frame does not read is not opened', () => {
    const { actions, why } = hedged({ markets: [] })
    expect(actions).toEqual([])
    expect(why).toContain('perp does not say what vETH is like')
  })

  test('behavior: an account whose order waits is left out', () => {
    const waits = { asset: 'BTC', size: 0.001, expiresIn: 30n }
    const perps = [{ ...book.perps[0]!, pending: waits }, book.perps[1]!]
    const { venue, why } = hedged({ perps, markets: [{ ...perp, sellFee: 0 }, snx] })
    expect(venue).toBe('snx')
    expect(why).toContain(`${domainId('perp')} waits for its order to buy 0.001 vBTC`)
  })

  test('behavior: an order that waits counts as filled, so nothing is hedged twice', () => {
    const perps = [
      { ...book.perps[0]!, pending: { asset: 'ETH', size: -4, expiresIn: 30n } },
      book.perps[1]!,
    ]
    const { actions, why } = hedged({ perps, markets: [perp, snx] })
    expect(actions).toEqual([])
    expect(why).toContain('net ETH exposure is 85.7 % of equity')
    expect(why).toContain(`${domainId('perp')} waits for its order to sell 4 vETH`)
  })
})

test('behavior: a long that goes almost whole goes whole: a rest of some wei is a position to be liquidated', () => {
  const perps = [{ venue: 'perp', equity: 4_000, legs: [{ asset: 'ETH', size: 1 }] }]
  const { actions } = plan(
    { ...book, perps, markets: [perp] },
    { config: { hedge: { ...hedge, targetDeltaShare: 0.1 } } },
  )
  const [trade] = actions[0]?.intents ?? []
  expect(trade?.type === 'trade' && trade.size).toBe(-(10n ** 18n))
})
