import {
  type Action,
  type BudgetStore,
  type Clock,
  type DepthReading,
  type Frame,
  type Grant,
  InvalidInputError,
  numberFromRaw,
  usd,
} from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { deleverage, type MarketSketch, market, quiet, reduce, USDC } from '../test/market.ts'
import { createMemoryBypassWallet } from './budget/BypassWallet.ts'
import { createMemoryBudgetStore } from './budget/createMemoryBudgetStore.ts'
import { createFootprintGovernor } from './createFootprintGovernor.ts'
import { forcedVolume, NO_WALL } from './crowding/Wall.ts'
import type { MarketConditions } from './market/MarketConditions.ts'
import {
  DEFAULT_FOOTPRINT,
  type FootprintConfig,
  parseFootprintConfig,
} from './rules/FootprintConfig.ts'
import type { Walls } from './rules/MarketView.ts'

const dollars = (value: number) => usd(BigInt(Math.round(value * 1e8)))

/** Every limit out of the way; a case puts its own back. */
const LOOSE: FootprintConfig = {
  ...DEFAULT_FOOTPRINT,
  participationCalmBps: 10_000,
  participationStressBps: 10_000,
  depthShareBps: 10_000,
  ownImpactAmber: 0.99,
  ownImpactRed: 1,
  poolShareBps: 10_000,
  perpNotionalUsd: 1e12,
  unprovenUsd: 1e12,
  reproductionAmber: 100,
  reproductionRed: 100,
  stressParticipationBps: 10_000,
  reserveBps: 10_000,
  bypassDepthShareBps: 10_000,
  maxSlices: 1,
  slotMs: 300_000,
}

/** Twice the usual volatility: stress. */
const volatile = (): MarketConditions => ({ ...calm, recentVolatility: 0.08 })
const calm: MarketConditions = {
  at: 0n,
  dailyVolume: 1e12,
  dailyVolatility: 0.04,
  recentVolatility: 0.04,
  othersFlow: 0,
}

type Case = {
  readonly config?: Partial<FootprintConfig>
  readonly conditions?: MarketConditions | null
  readonly walls?: Walls | null
  readonly odds?: (health: number) => number | null
  readonly budget?: number
  readonly gatherMs?: number
  readonly wallet?: number
  readonly store?: BudgetStore
  readonly clock?: Clock
}

const KEYS = ['pool', 'perp'].map((venue) => ({ asset: 'ETH', venue, purpose: 'orders' }) as const)

async function storeWith(p: Case, clock: Clock): Promise<BudgetStore> {
  const store = createMemoryBudgetStore(clock)
  for (const key of KEYS)
    await store.define(key, {
      limit: dollars(p.budget ?? 1e12),
      slotMs: LOOSE.slotMs,
      gatherMs: p.gatherMs ?? 0,
      leaseSlots: 2,
    })
  return store
}

async function grant(action: Action, frame: Frame, p: Case = {}): Promise<Grant> {
  const wallet = createMemoryBypassWallet()
  if (p.wallet !== undefined)
    for (const venue of ['pool', 'perp'])
      wallet.fill({
        ...{ asset: 'ETH', venue, lease: 'l', expiresAt: 1, draws: {} },
        granted: dollars(p.wallet),
      })
  const governor = createFootprintGovernor({
    agent: 'keeper',
    config: { ...LOOSE, ...p.config },
    store: p.store ?? (await storeWith(p, p.clock ?? { now: () => 0 })),
    bypass: wallet,
    conditions: () => (p.conditions === undefined ? calm : p.conditions),
    ...(p.walls === undefined ? {} : { walls: () => p.walls ?? null }),
    ...(p.odds === undefined ? {} : { odds: () => p.odds ?? (() => null) }),
  })
  return governor.grant({ action, frame })
}

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

function outcome(result: Grant): readonly [Grant['type'], string | null, number] {
  const nothing = result.type === 'denied' || result.type === 'deferred'
  return [
    result.type,
    result.type === 'allowed' ? null : result.rule,
    nothing ? 0 : Math.round(traded(result.action)),
  ]
}

const wide: MarketSketch = { volume5m: 1e10, depthDown: 1e10, depthUp: 1e10 }
const pool = (venue: string, volume5m: number): DepthReading => ({
  ...market(wide).depth[0]!,
  venue,
  volume5m: dollars(volume5m),
})

describe('limits: just under, at, just over', () => {
  /** Rule, frame, configuration, and the value at the limit. */
  const cases: readonly [rule: string, MarketSketch, Case, limit: number][] = [
    [
      'participation',
      { ...wide, volume5m: 100_000 },
      { config: { participationCalmBps: 500 } },
      5_000,
    ],
    [
      'participation',
      { ...wide, volume5m: 100_000 },
      {
        config: { participationCalmBps: 500, participationStressBps: 1_000 },
        conditions: { ...calm, recentVolatility: 0.08 },
      },
      10_000,
    ],
    ['depth-share', { ...wide, depthDown: 100_000 }, { config: { depthShareBps: 1_000 } }, 10_000],
    [
      // (0.01 / 0.04)² = a sixteenth of a day's volume
      'own-impact-amber',
      wide,
      { config: { ownImpactAmber: 0.01 }, conditions: { ...calm, dailyVolume: 160_000 } },
      10_000,
    ],
    [
      // the pool itself: half of what moves it by 1 %, however large the market around it
      'own-impact-amber',
      { ...wide, depthDown: 20_000 },
      { config: { ownImpactAmber: 0.005, depthShareBps: 10_000 } },
      10_000,
    ],
    [
      // five pools: a quarter of what they bear together
      'pool-share',
      { readings: [pool('pool', 100_000), ...['a', 'b', 'c', 'd'].map((id) => pool(id, 5_000))] },
      { config: { poolShareBps: 2_500 } },
      30_000,
    ],
    ['budget', wide, { budget: 12_000 }, 12_000],
  ]
  for (const [rule, sketch, p, limit] of cases)
    test(`${rule} at ${limit}`, async () => {
      const at = async (value: number) => outcome(await grant(deleverage(value), market(sketch), p))
      expect(await at(limit - 1)).toEqual(['allowed', null, limit - 1])
      expect(await at(limit)).toEqual(['allowed', null, limit])
      expect(await at(limit + 1)).toEqual(['reduced', rule, limit])
    })

  test('perp-notional', async () => {
    const p = { config: { perpNotionalUsd: 25_000 } }
    const at = async (value: number) => outcome(await grant(reduce(value), market(wide), p))
    expect(await at(24_999)).toEqual(['allowed', null, 24_999])
    expect(await at(25_000)).toEqual(['allowed', null, 25_000])
    expect(await at(25_001)).toEqual(['reduced', 'perp-notional', 25_000])
  })

  test('own-impact-red: from it on nothing, below it nothing is added until amber is reached', async () => {
    const at = async (flow: number) => {
      const store = await storeWith({}, { now: () => 0 })
      const key = KEYS[0]!
      const amount = dollars(flow)
      await store.request({
        ...{ key, id: 'x', agent: 'x', amount, least: usd(0n), urgency: 1, budget: dollars(1e12) },
      })
      await store.spend({ key, lease: 'x', id: 'x', amount })
      return grant(deleverage(10), market(wide), {
        store,
        config: { ownImpactAmber: 0.01, ownImpactRed: 0.02 },
        conditions: { ...calm, dailyVolume: 160_000 },
      })
    }
    expect(outcome(await at(9_989))).toEqual(['allowed', null, 10])
    expect(outcome(await at(9_990))).toEqual(['allowed', null, 10])
    expect(outcome(await at(9_991))).toEqual(['reduced', 'own-impact-amber', 9])
    expect(outcome(await at(39_999))).toEqual(['deferred', 'own-impact-amber', 0])
    expect(outcome(await at(40_000))).toEqual(['deferred', 'own-impact-red', 0])
    const red = await at(40_000)
    if (red.type !== 'deferred') throw expect.unreachable()
    expect(red.until).toBeGreaterThan(1_800n) // most of it decays with half an hour
  })

  test('own-impact-red counts what bypasses drew, once the store is told, and orders never reach it', async () => {
    const at = async (drawn: number) => {
      const store = await storeWith({}, { now: () => 0 })
      const key = { ...KEYS[0]!, purpose: 'bypass' } as const
      const terms = { slotMs: 86_400_000, gatherMs: 0, leaseSlots: 2 }
      await store.define(key, { limit: dollars(1e6), ...terms })
      const amount = dollars(drawn)
      const wish = { key, id: 'x', agent: 'x', amount, least: usd(0n), urgency: 1, budget: amount }
      await store.request(wish)
      await store.spend({ key, lease: 'x', id: 'x', amount })
      return outcome(
        await grant(deleverage(10), market(wide), {
          store,
          config: { ownImpactAmber: 0.01, ownImpactRed: 0.02 },
          conditions: { ...calm, dailyVolume: 160_000 },
        }),
      )
    }
    expect(await at(39_989)).toEqual(['allowed', null, 10])
    expect(await at(39_990)).toEqual(['allowed', null, 10])
    expect(await at(39_991)).toEqual(['reduced', 'own-impact-amber', 9])
    expect(await at(40_000)).toEqual(['deferred', 'own-impact-red', 0])
  })

  test('participation counts what the fleet traded within five minutes', async () => {
    const clock = { at: 0, now: () => clock.at }
    const store = await storeWith({}, clock)
    const p = { store, config: { participationCalmBps: 500 } }
    const frame = market({ ...wide, volume5m: 100_000 })
    expect(outcome(await grant(deleverage(3_000), frame, p))).toEqual(['allowed', null, 3_000])
    const other = createFootprintGovernor({
      agent: 'another',
      config: { ...LOOSE, ...p.config },
      store,
      bypass: null,
      conditions: () => calm,
    })
    const second = await other.grant({ action: deleverage(3_000), frame })
    expect(outcome(second)).toEqual(['reduced', 'participation', 2_000])
  })

  test('likely-liquidation: from its odds on what makes it unlikely passes, and no more', async () => {
    const frame = market({ ...wide, volume5m: 1e6 })
    const healthAt = (sold: number) => (160_000 - 0.8 * sold) / (160_000 / 1.2 - 0.99 * sold)
    const action = deleverage(60_000, { healthBefore: 1.2, healthAfter: healthAt(60_000) })
    const left = (healthAt(0) + healthAt(60_000)) / 2
    const at = async (now: number, then: number, likelyKappa = 4) =>
      outcome(
        await grant(action, frame, {
          config: { stressParticipationBps: 0, kappa: 0, likelyKappa },
          conditions: volatile(),
          odds: (health) => (health < left ? now : then),
        }),
      )
    expect(await at(0.2999, 0.1)).toEqual(['denied', 'net-footprint', 0])
    const [type, rule, sold] = await at(0.3, 0.1)
    expect([type, rule]).toEqual(['reduced', 'likely-liquidation'])
    expect(await at(0.3001, 0.1)).toEqual([type, rule, sold])
    expect(healthAt(sold)).toBeGreaterThanOrEqual(left)
    expect(healthAt(sold - 3_000)).toBeLessThan(left) // a twentieth less

    // No more than the liquidation would sell.
    const large = deleverage(100_000, { healthBefore: 1.2, healthAfter: healthAt(60_000) })
    const capped = await grant(large, frame, {
      config: { stressParticipationBps: 0, kappa: 0 },
      conditions: volatile(),
      odds: (health) => (health < healthAt(59_000) ? 1 : 0),
    })
    expect(traded(capped.action)).toBeLessThanOrEqual(
      forcedVolume(frame.portfolio.domains[0]!, frame),
    )
    expect(outcome(capped)[1]).toBe('likely-liquidation')

    // Where nothing makes it unlikely the whole passes, if it saves enough of the liquidation.
    const forced = forcedVolume(frame.portfolio.domains[0]!, frame)
    const saved = 60_000 / (4 * forced)
    expect((await at(0.9, 0.9 - saved - 1e-6))[0]).toBe('allowed')
    expect(await at(0.9, 0.9 - saved + 1e-6)).toEqual(['denied', 'net-footprint', 0])
  })

  test('net-footprint: q ≤ κ·ΔP·q_liq, at the part that gains most', async () => {
    const frame = market({ ...wide, volume5m: 1e6 })
    const forced = forcedVolume(frame.portfolio.domains[0]!, frame)
    const at = (value: number, odds: (health: number) => number) =>
      grant(deleverage(value, { healthAfter: 9 }), frame, {
        config: { stressParticipationBps: 0, likelyKappa: 0 },
        conditions: volatile(),
        odds,
      })
    // All the gain comes with the last bit of health: the whole or nothing.
    const last = (health: number) => (health > 8.9 ? 0.1 : 0.5)
    expect((await at(0.4 * forced - 1, last)).type).toBe('allowed')
    expect((await at(0.4 * forced - 1e-6, last)).type).toBe('allowed')
    expect(outcome(await at(0.4 * forced + 1, last))).toEqual(['denied', 'net-footprint', 0])
    // It comes with the first bit: a twentieth is enough.
    const first = await at(0.4 * forced, (health) => (health > 1.21 ? 0.1 : 0.5))
    expect(outcome(first)).toEqual(['reduced', 'net-footprint', Math.round(0.02 * forced)])
    expect(first.checks.at(-2)).toMatchObject({ rule: 'net-footprint' })
  })

  test('net-footprint: asked for in stress alone, by participation or by R̂', async () => {
    const odds = () => 0.01 // nothing is saved
    const at = async (value: number, p: Case) =>
      outcome(await grant(deleverage(value), market({ ...wide, volume5m: 1e6 }), { odds, ...p }))
    const small: Case = { config: { stressParticipationBps: 200 }, conditions: volatile() }
    expect(await at(19_999, small)).toEqual(['allowed', null, 19_999])
    expect(await at(20_000, small)).toEqual(['allowed', null, 20_000])
    expect(await at(20_001, small)).toEqual(['denied', 'net-footprint', 0])
    const still = { ...volatile(), recentVolatility: 0.0799 }
    expect(await at(20_001, { ...small, conditions: still })).toEqual(['allowed', null, 20_001])
    // One step releases 1.5625 % of a day: √ of it is an eighth, times 4 % over 2 %: R̂ = 0.25.
    const wall: Walls = { own: NO_WALL, visible: [15_625, ...NO_WALL.slice(1)] }
    const crowded = (reproductionAmber: number): Case => ({
      config: { reproductionAmber },
      walls: wall,
      conditions: { ...calm, dailyVolume: 1e6 },
    })
    expect(await at(10, crowded(0.2501))).toEqual(['allowed', null, 10])
    expect(await at(10, crowded(0.25))).toEqual(['denied', 'net-footprint', 0])
  })

  test('wall-share: what a boost adds to our own part of a bin', async () => {
    const boost = (value: number): Action => ({
      ...quiet('boost', [
        {
          type: 'borrow',
          venue: 'aave',
          domain: 'aave/owner',
          token: USDC,
          raw: BigInt(value) * 10n ** 6n,
        },
        ...deleverage(value).intents.slice(2),
      ]),
      healthAfter: 1.05, // ln 1.05 is in the third bin
    })
    const { closeFactor, bonus } = market().portfolio.domains[0]!.liquidation
    const perDollar = closeFactor * (1 + bonus)
    const walls: Walls = {
      visible: NO_WALL.map((_, i) => (i === 2 ? 100_000 : 1e9)),
      own: NO_WALL.map((_, i) => (i === 2 ? 15_000 - 10_000 * perDollar : 0)),
    }
    const at = async (value: number) =>
      outcome(await grant(boost(value), market(wide), { walls, config: { wallMove: 1 } }))
    expect(await at(9_999)).toEqual(['allowed', null, 9_999])
    expect(await at(10_000)).toEqual(['allowed', null, 10_000])
    expect(await at(10_001)).toEqual(['reduced', 'wall-share', 10_000])
    expect(outcome(await grant(boost(10), market(wide), { walls: null }))).toEqual([
      'denied',
      'wall-unknown',
      0,
    ])
  })

  test('reserves-first: a reserve above its share of what is owed goes before any sale', async () => {
    const withReserve = (value: number): Frame => {
      const frame = market(wide)
      const raw = BigInt(Math.round(value * 1e6))
      return {
        ...frame,
        portfolio: {
          ...frame.portfolio,
          spot: [{ type: 'spot', account: frame.owner, token: USDC, raw }],
        },
      }
    }
    const owed = market(wide).portfolio.domains[0]!.exposure(market(wide).oraclePrices)
    const p: Case = { config: { reserveBps: 100 } }
    const at = async (value: number) => outcome(await grant(deleverage(10), withReserve(value), p))
    expect(await at(owed / 100 - 1)).toEqual(['allowed', null, 10])
    expect(await at(owed / 100 - 1e-4)).toEqual(['allowed', null, 10])
    expect(await at(owed / 100 + 1)).toEqual(['denied', 'reserves-first', 0])

    const least = { reserveBps: 0, reserveUsd: 1_000 }
    const over = async (value: number) =>
      outcome(await grant(deleverage(10), withReserve(value), { config: least }))
    expect(await over(999)).toEqual(['allowed', null, 10])
    expect(await over(1_000)).toEqual(['allowed', null, 10])
    expect(await over(1_001)).toEqual(['denied', 'reserves-first', 0])

    const repay = quiet('repay', [
      { type: 'repay', venue: 'aave', domain: 'aave/owner', token: USDC, raw: 5_000n * 10n ** 6n },
    ])
    const governor = createFootprintGovernor({
      agent: 'keeper',
      config: { ...LOOSE, ...p.config },
      store: await storeWith({}, { now: () => 0 }),
      bypass: null,
      conditions: () => calm,
    })
    const frame = withReserve(5_000)
    expect((await governor.grant({ action: deleverage(10), frame, earlier: [repay] })).type).toBe(
      'allowed',
    )
  })
})

describe('bypass', () => {
  const closed: Case = { config: { participationCalmBps: 0, bypassDepthShareBps: 10_000 } }
  const near: MarketSketch = { ...wide, health: 1.02, depthDown: 100_000 }
  const p: Case = {
    config: { ...closed.config, depthShareBps: 0, bypassDepthShareBps: 2_500 },
    wallet: 1e6,
  }

  test('by depth: just under, at, just over', async () => {
    const at = async (value: number) => outcome(await grant(deleverage(value), market(near), p))
    expect(await at(24_999)).toEqual(['allowed', null, 24_999])
    expect(await at(25_000)).toEqual(['allowed', null, 25_000])
    expect(await at(25_001)).toEqual(['reduced', 'bypass-depth-share', 25_000])
  })

  test('by what the wallet holds', async () => {
    const at = async (value: number) =>
      outcome(await grant(deleverage(value), market(near), { ...p, wallet: 7_000 }))
    expect(await at(6_999)).toEqual(['allowed', null, 6_999])
    expect(await at(7_000)).toEqual(['allowed', null, 7_000])
    expect(await at(7_001)).toEqual(['reduced', 'bypass-wallet', 7_000])
  })

  test('below its health, not at it; for defence, not for boosts', async () => {
    const at = async (health: number) =>
      (await grant(deleverage(10), market({ ...near, health }), p)).type
    expect(await at(1.029)).toBe('allowed')
    expect(await at(1.031)).toBe('deferred')
    expect((await grant(deleverage(10, { type: 'boost' }), market(near), p)).type).not.toBe(
      'allowed',
    )
  })

  test('by the odds of a liquidation: just under, at, just over; no more than leaves the floor', async () => {
    const healthAt = (sold: number) => (160_000 - 0.8 * sold) / (160_000 / 1.2 - 0.99 * sold)
    const left = (healthAt(0) + healthAt(20_000)) / 2
    const action = deleverage(20_000, { healthBefore: 1.2, healthAfter: healthAt(20_000) })
    const at = async (now: number) => {
      const odds = (health: number) => (health < left ? now : 0.5)
      return outcome(await grant(action, market({ ...near, health: 1.2 }), { ...p, odds }))
    }
    expect(await at(0.6999)).toEqual(['deferred', 'participation', 0])
    const [type, rule, sold] = await at(0.7)
    expect([type, rule]).toEqual(['reduced', 'bypass-floor'])
    expect(await at(0.7001)).toEqual([type, rule, sold])
    // A twentieth of the action at a time.
    expect(healthAt(sold)).toBeGreaterThanOrEqual(left)
    expect(healthAt(sold - 1_000)).toBeLessThan(left)
  })

  test('a sale that saves nothing is none: at, just over κ times what it saves of the liquidation', async () => {
    const forced = (0.5 * 1.05 * 160_000) / 1.2
    const saved = 10_000 / (4 * forced)
    const at = async (after: number) => {
      const odds = (health: number) => (health < 1.5 ? 0.9 : after)
      const sale = deleverage(10_000, { healthAfter: 1.5 })
      return (await grant(sale, market({ ...near, health: 1.2 }), { ...p, odds })).type
    }
    expect(await at(0.9 - saved - 1e-6)).toBe('allowed')
    expect(await at(0.9 - saved + 1e-6)).toBe('deferred')
  })

  test('known odds decide alone; a reserve that should go first is not sold around', async () => {
    const odds = () => 0.01
    expect((await grant(deleverage(10), market(near), { ...p, odds })).type).not.toBe('allowed')
    const frame = market(near)
    const raw = 50_000n * 10n ** 6n
    const reserve: Frame = {
      ...frame,
      portfolio: {
        ...frame.portfolio,
        spot: [{ type: 'spot', account: frame.owner, token: USDC, raw }],
      },
    }
    const first = { ...p, config: { ...p.config, reserveBps: 100 } }
    expect(outcome(await grant(deleverage(10), reserve, first))).toEqual([
      'denied',
      'reserves-first',
      0,
    ])
  })

  test('never more than a liquidation would sell', async () => {
    const forced = (0.5 * 1.05 * 160_000) / 1.02
    const deep = { ...near, depthDown: 1e7 }
    const at = async (value: number) => outcome(await grant(deleverage(value), market(deep), p))
    expect(await at(Math.floor(forced))).toEqual(['allowed', null, Math.floor(forced)])
    const [type, rule, sold] = await at(Math.ceil(forced) + 1)
    expect([type, rule]).toEqual(['reduced', 'bypass-forced'])
    expect(sold).toBeLessThanOrEqual(forced + 1)
  })

  test('unknown odds open nothing above the health', async () => {
    const odds = () => null
    const far = market({ ...near, health: 1.031 })
    expect((await grant(deleverage(10), far, { ...p, odds })).type).not.toBe('allowed')
    expect((await grant(deleverage(10), market(near), { ...p, odds })).type).toBe('allowed')
  })

  test('fills up what the rules left, and is accounted apart', async () => {
    const result = await grant(deleverage(20_000), market(near), {
      config: { depthShareBps: 1_000, bypassDepthShareBps: 2_500 },
      wallet: 1e6,
    })
    if (result.type !== 'allowed') throw expect.unreachable()
    expect(result.leases?.map(({ purpose, amount }) => [purpose, Number(amount) / 1e8])).toEqual([
      ['orders', 10_000],
      ['bypass', 10_000],
    ])
  })

  test('works while the store is down, and so does what has no footprint', async () => {
    const store = await storeWith({}, { now: () => 0 })
    await store.close()
    const down: Case = { ...p, store }
    expect(outcome(await grant(deleverage(5_000), market(near), down))).toEqual([
      'allowed',
      null,
      5_000,
    ])
    expect(outcome(await grant(deleverage(5_000), market(wide), down))).toEqual([
      'denied',
      'store-unreachable',
      0,
    ])
    const repay = quiet('repay', [
      { type: 'repay', venue: 'aave', domain: 'aave/owner', token: USDC, raw: 1n },
    ])
    expect((await grant(repay, market(near), down)).type).toBe('allowed')
  })

  test('an expired wallet is empty', async () => {
    const frame = market(near)
    const later = { ...frame, block: { ...frame.block, timestamp: 1n } }
    expect((await grant(deleverage(10), later, p)).type).not.toBe('allowed')
  })
})

describe('fails closed', () => {
  const cases: readonly [string, MarketSketch, Case, Grant['type'], string][] = [
    ['no volume', { ...wide, volume5m: 0 }, {}, 'deferred', 'participation'],
    ['no depth', { ...wide, depthDown: 0 }, {}, 'denied', 'depth-share'],
    ['no reading', { readings: [] }, {}, 'denied', 'depth-unknown'],
    ['no price', { ...wide, marketPrices: new Map([['USDC', 1]]) }, {}, 'denied', 'price-unknown'],
    ['no conditions', wide, { conditions: null }, 'denied', 'conditions-unknown'],
    [
      'stale conditions',
      wide,
      { conditions: { ...calm, at: -901n } },
      'denied',
      'conditions-unknown',
    ],
    [
      'conditions of the future',
      wide,
      { conditions: { ...calm, at: 1n } },
      'denied',
      'conditions-unknown',
    ],
    ...[0, Number.NaN, Number.POSITIVE_INFINITY, -1].flatMap(
      (bad): [string, MarketSketch, Case, Grant['type'], string][] => [
        [
          `daily volume ${bad}`,
          wide,
          { conditions: { ...calm, dailyVolume: bad } },
          'denied',
          'conditions-unknown',
        ],
        [
          `volatility ${bad}`,
          wide,
          { conditions: { ...calm, dailyVolatility: bad } },
          'denied',
          'conditions-unknown',
        ],
      ],
    ),
    [
      'unknown odds in stress',
      wide,
      { config: { stressParticipationBps: 0 }, conditions: volatile() },
      'denied',
      'odds-unknown',
    ],
    [
      'odds that are none',
      wide,
      {
        config: { stressParticipationBps: 0 },
        conditions: volatile(),
        odds: () => Number.NaN,
      },
      'denied',
      'odds-unknown',
    ],
    ['gathering', wide, { gatherMs: 1_000 }, 'deferred', 'budget-gathering'],
    ['an empty budget', wide, { budget: 0 }, 'deferred', 'budget'],
  ]
  for (const [name, sketch, p, type, rule] of cases)
    test(name, async () => {
      const frame = market(sketch)
      const known: Frame = {
        ...frame,
        portfolio: {
          ...frame.portfolio,
          domains: frame.portfolio.domains.map((domain) => ({
            ...domain,
            health: () => domain.health(frame.oraclePrices),
          })),
        },
      }
      const result = await grant(deleverage(10), known, p)
      expect([result.type, result.type !== 'allowed' && result.rule]).toEqual([type, rule])
      expect(result.checks.length).toBeGreaterThan(0)
    })

  test('a market whose budget nobody defined', async () => {
    const store = createMemoryBudgetStore({ now: () => 0 })
    expect(outcome(await grant(deleverage(10), market(wide), { store }))).toEqual([
      'denied',
      'budget-undefined',
      0,
    ])
  })
})

test('behavior: an order beyond a limit that recovers is cut into slices that end in time', async () => {
  const frame = market({ ...wide, volume5m: 100_000 })
  const p = { participationCalmBps: 500, maxSlices: 12, sliceHorizon: 3_600 }
  const result = await grant(deleverage(12_000), frame, { config: p })
  if (result.type !== 'sliced') throw expect.unreachable()
  expect(Math.round(traded(result.action))).toBe(5_000)
  expect(result.schedule.map(({ at }) => at)).toEqual([0n, 300n, 600n])
  expect(result.schedule.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
  expect((await grant(deleverage(60_001), frame, { config: p })).type).toBe('reduced')
  const hasty = { ...p, sliceHorizon: 599 }
  expect((await grant(deleverage(12_000), frame, { config: hasty })).type).toBe('reduced')
})

test('behavior: what was gathered is granted when asked again, once per slot', async () => {
  const clock = { at: 0, now: () => clock.at }
  const store = await storeWith({ budget: 10_000, gatherMs: 1_000 }, clock)
  const governor = createFootprintGovernor({
    agent: 'keeper',
    config: LOOSE,
    store,
    bypass: null,
    conditions: () => calm,
  })
  const at = (number: bigint): Frame => {
    const frame = market(wide)
    clock.at = Number(number) * 1_000
    return { ...frame, block: { ...frame.block, number, timestamp: number } }
  }
  const ask = async (second: bigint) =>
    outcome(await governor.grant({ action: deleverage(6_000), frame: at(second) }))
  expect(await ask(0n)).toEqual(['deferred', 'budget-gathering', 0])
  expect(await ask(2n)).toEqual(['allowed', null, 6_000])
  expect(await ask(4n)).toEqual(['deferred', 'budget', 0]) // the wish of this slot is spent
  const [status] = await store.status()
  expect(Number(status!.spent) / 1e8).toBe(6_000)
})

test('error: InvalidInputError', () => {
  for (const config of [
    { ...DEFAULT_FOOTPRINT, kapa: 1 },
    { ...DEFAULT_FOOTPRINT, kappa: Number.NaN },
    { ...DEFAULT_FOOTPRINT, kappa: '1' },
    { ...DEFAULT_FOOTPRINT, ownImpactAmber: 0.5 },
    { ...DEFAULT_FOOTPRINT, participationCalmBps: 2_000 },
    { ...DEFAULT_FOOTPRINT, depthShareBps: 5_000 },
    { ...DEFAULT_FOOTPRINT, reproductionAmber: 50 },
    { ...DEFAULT_FOOTPRINT, bypassToOdds: 0.71 },
    { ...DEFAULT_FOOTPRINT, likelyToOdds: 0.31 },
    { ...DEFAULT_FOOTPRINT, likelyOdds: 0.71 },
    null,
  ])
    expect(() => parseFootprintConfig(config)).toThrow(InvalidInputError)
  const { kappa: _, ...missing } = DEFAULT_FOOTPRINT
  expect(() => parseFootprintConfig(missing)).toThrow(InvalidInputError)
  expect(parseFootprintConfig(DEFAULT_FOOTPRINT)).toEqual(DEFAULT_FOOTPRINT)
})
