import { type DomainId, type Frame, findDomain, type Plan } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ONE_SOURCE } from '../test/plan.ts'
import { amount, healthsAfter, healthsBefore, options, RUNS, sketch } from '../test/sketches.ts'
import { domainId, routes, USDC, world } from '../test/world.ts'
import { assess } from './assess.ts'
import { createStaticThreshold } from './createStaticThreshold.ts'
import type { Routes } from './Routes.ts'
import { DEFAULT_STATIC_THRESHOLD, type StaticThresholdConfig } from './StaticThresholdConfig.ts'

const settings: fc.Arbitrary<StaticThresholdConfig> = fc
  .record({
    prefer: fc.constantFrom('reduce' as const, 'margin' as const),
    restoreTo: amount(1.4, 1.8),
  })
  .map(({ prefer, restoreTo }) => ({
    ...DEFAULT_STATIC_THRESHOLD,
    restoreTo,
    boostTo: 1.8,
    donorFloor: 1.85,
    minActionUsd: 0,
    perp: { ...DEFAULT_STATIC_THRESHOLD.perp, prefer },
  }))

function planOf(frame: Frame, to: Routes, config: StaticThresholdConfig): Plan {
  const assessment = assess({ frame, forecasts: [], config: ONE_SOURCE })
  return createStaticThreshold({ config, routes: to }).plan(frame, assessment)
}

const limits = (config: StaticThresholdConfig, id: DomainId) =>
  id === domainId('perp') || id === domainId('snx') ? config.perp : config

test('property: every fallen domain reaches its target, or the plan says what ran out', () => {
  let reached = 0
  let short = 0
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      const plan = planOf(frame, to, config)
      const then = healthsAfter(frame, plan)
      for (const [id, factor] of healthsBefore(frame)) {
        const { restoreBelow, restoreTo } = limits(config, id)
        if (factor >= restoreBelow) continue
        const end = then.get(id) ?? Number.NaN
        expect(end).toBeGreaterThanOrEqual(factor * (1 - 1e-9))
        if (end >= restoreTo * (1 - 1e-6)) {
          reached++
          expect(plan.why).toContain(`${id}: health`)
        } else {
          short++
          expect(plan.why).toMatch(
            new RegExp(
              `${id}: health [^;]*; (nothing feasible|\\d+ step\\(s\\) reach only|its equity is|left alone until)`,
            ),
          )
        }
      }
    }),
    RUNS,
  )
  expect(reached).toBeGreaterThan(200)
  expect(short).toBeGreaterThan(50)
})

test('property: with deep markets and every route, every solvent loan and account is restored', () => {
  fc.assert(
    fc.property(sketch, settings, (drawn, config) => {
      const loans = drawn.loans?.map((each) => ({
        ...each,
        debt: [
          {
            token: USDC,
            amount: each.debt.reduce(
              (sum, d) => sum + d.amount * (d.token === USDC ? 1 : 40_000),
              0,
            ),
          },
        ],
        collateral: each.collateral.slice(0, 1),
      }))
      // Every mark agrees with the market: a venue that errs alone sells nothing.
      const perps = drawn.perps?.map(({ pending: _, legs, ...each }) => ({
        ...each,
        legs: legs.map(({ asset, size }) => ({ asset, size })),
      }))
      const frame = world({
        ...drawn,
        depth: 1e12,
        markets: [],
        market: {},
        ...(loans === undefined ? {} : { loans }),
        ...(perps === undefined ? {} : { perps }),
      })
      const then = healthsAfter(frame, planOf(frame, routes(), config))
      for (const [id, factor] of healthsBefore(frame)) {
        const { restoreBelow, restoreTo } = limits(config, id)
        // Dust is not worth a step, and below 1 a venue refuses withdrawals.
        const size = findDomain(frame.portfolio, id)!.exposure(frame.oraclePrices)
        if (factor < restoreBelow && factor > 1.01 && size > 10)
          expect(then.get(id)).toBeGreaterThanOrEqual(restoreTo * (1 - 1e-6))
      }
    }),
    RUNS,
  )
})

test('property: no reserve is spent that is not there', () => {
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      const { actions } = planOf(frame, to, config)
      for (const { token, raw } of frame.portfolio.spot) {
        let left = raw
        for (const action of actions) {
          if (action.type !== 'repay' && action.type !== 'add-collateral') continue
          for (const intent of action.intents)
            if ('token' in intent && intent.token === token) left -= intent.raw
        }
        expect(left >= 0n).toBe(true)
      }
    }),
    RUNS,
  )
})

test('property: a domain that gives stays at or above its floor', () => {
  let gave = 0
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      const plan = planOf(frame, to, config)
      const then = healthsAfter(frame, plan)
      for (const action of plan.actions) {
        if (action.type !== 'transfer') continue
        const [withdraw] = action.intents
        if (withdraw?.type !== 'withdraw') throw expect.unreachable()
        gave++
        expect(then.get(withdraw.domain)).toBeGreaterThanOrEqual(
          limits(config, withdraw.domain).donorFloor * (1 - 1e-9),
        )
      }
    }),
    RUNS,
  )
  expect(gave).toBeGreaterThan(20)
})

test('property: holds when every domain is above its limit, whatever could be done', () => {
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      const fallen = [...healthsBefore(frame)].some(
        ([id, factor]) => factor < limits(config, id).restoreBelow,
      )
      const late = frame.perps.some(
        ({ pending: waits }) => waits !== null && waits.expiresAt < frame.block.timestamp,
      )
      const plan = planOf(frame, to, config)
      if (!fallen && !late) {
        expect(plan.actions).toEqual([])
        expect(plan.why).toMatch(/^Hold: /)
      }
    }),
    RUNS,
  )
})

test('property: the same frame gives the same plan', () => {
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      expect(planOf(world(drawn), to, config)).toEqual(planOf(world(drawn), to, config))
    }),
    { ...RUNS, numRuns: 100 },
  )
})

test('property: an action states the health that its domain’s arithmetic gives', () => {
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      const plan = planOf(frame, to, config)
      for (const [i, action] of plan.actions.entries()) {
        const upTo = (n: number) =>
          healthsAfter(frame, { ...plan, actions: plan.actions.slice(0, n) })
        expect(action.healthBefore).toBeCloseTo(upTo(i).get(action.domain) ?? Number.NaN, 9)
        expect(action.healthAfter).toBeCloseTo(upTo(i + 1).get(action.domain) ?? Number.NaN, 9)
        if (action.type === 'cancel') expect(action.healthAfter).toBe(action.healthBefore)
        else expect(action.healthAfter).toBeGreaterThan(action.healthBefore)
      }
    }),
    { ...RUNS, numRuns: 200 },
  )
})

test('property: while an order waits, its domain is not touched but to cancel what has expired', () => {
  const seen = { waited: 0, cancelled: 0 }
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      const plan = planOf(frame, to, config)
      const intents = plan.actions.flatMap((action) => action.intents)
      for (const { domain, pending } of frame.perps) {
        if (pending === null) {
          expect(intents.some((each) => each.type === 'cancel' && each.domain === domain)).toBe(
            false,
          )
          continue
        }
        const touched = intents.filter((each) => each.type !== 'swap' && each.domain === domain)
        const expired = frame.block.timestamp > pending.expiresAt
        expect(touched.map(({ type }) => type)).toEqual(expired ? ['cancel'] : [])
        expect(plan.why).toContain(`${domain} waits for its order`)
        seen[expired ? 'cancelled' : 'waited']++
      }
      const types = plan.actions.map(({ type }) => type)
      const first = types.indexOf('cancel')
      if (first >= 0) expect(new Set(types.slice(first))).toEqual(new Set(['cancel']))
    }),
    RUNS,
  )
  expect(seen.waited).toBeGreaterThan(100)
  expect(seen.cancelled).toBeGreaterThan(100)
})

test('property: a market is traded once, and nothing else happens to its account afterwards but another trade', () => {
  let trades = 0
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      const markets = new Set<string>()
      const traded = new Set<string>()
      for (const intent of planOf(frame, to, config).actions.flatMap((each) => each.intents)) {
        if (intent.type === 'trade') {
          trades++
          const key = `${intent.venue} ${intent.market}`
          expect(markets.has(key)).toBe(false)
          markets.add(key)
          traded.add(intent.domain)
        } else if (intent.type !== 'swap') expect(traded.has(intent.domain)).toBe(false)
      }
    }),
    RUNS,
  )
  expect(trades).toBeGreaterThan(100)
})

test('property: a trade’s limit is the cap away from the worse of mark and fill, and the expected fill is within it', () => {
  let measured = 0
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      for (const { intents, cost } of planOf(frame, to, config).actions)
        for (const intent of intents) {
          if (intent.type !== 'trade') continue
          const reading = frame.perpMarkets.find(
            ({ venue, market }) => venue === intent.venue && market === intent.market,
          )
          const leg = frame.perps
            .find(({ domain }) => domain === intent.domain)!
            .legs.find(({ market }) => market === intent.market)!
          const [mark, fill] = [leg.markPrice, reading?.fillPrice ?? leg.markPrice].map(
            (each) => Number(each) / 1e18,
          ) as [number, number]
          const size = Number(intent.size) / 1e18
          const worst = size < 0 ? Math.min(mark, fill) : Math.max(mark, fill)
          const off = (Number(intent.limit) / 1e18 / Math.abs(size) / worst - 1) * Math.sign(size)
          const caps = config.maxSlippageBps
          const near = [caps.calm, caps.stress, caps.floor].map((bps) => Math.abs(off - bps / 1e4))
          expect(Math.min(...near)).toBeLessThan(1e-6)
          if (reading === undefined) continue
          measured++
          // Slippage is counted from the mark, and never below zero.
          const expected = mark + (Math.sign(size) * Number(cost.slippage)) / 1e8 / Math.abs(size)
          const limit = Number(intent.limit) / 1e18 / Math.abs(size)
          expect((limit - expected) * Math.sign(size)).toBeGreaterThan(0)
        }
    }),
    RUNS,
  )
  expect(measured).toBeGreaterThan(50)
})

test('property: an exchange supplies no more than surely comes, and costs less than the caps allow', () => {
  let exchanged = 0
  fc.assert(
    fc.property(sketch, options, settings, (drawn, to, config) => {
      const frame = world(drawn)
      for (const { type, intents, cost, settlement } of planOf(frame, to, config).actions) {
        const [withdraw, swap, use] = intents
        if (type !== 'transfer' || swap?.type !== 'swap') continue
        if (withdraw?.type !== 'withdraw' || (use?.type !== 'supply' && use?.type !== 'repay'))
          throw expect.unreachable()
        exchanged++
        expect(settlement).toBe('direct')
        expect(swap.amountIn).toBe(withdraw.raw)
        expect(use.raw <= swap.minOut).toBe(true)
        const sold = Number(swap.amountIn) / 10 ** swap.tokenIn.decimals
        const out = Number(swap.minOut) / 10 ** swap.tokenOut.decimals
        expect(out).toBeLessThanOrEqual(sold)
        // Fee 5 bp, own impact and slack each within the widest cap.
        expect(out).toBeGreaterThan(sold * 0.9995 * 0.97 * 0.97 - 1e-5)
        const spent = Number(cost.slippage + cost.fees) / 1e8
        expect(out + spent).toBeLessThanOrEqual(sold + 1e-5)
      }
    }),
    RUNS,
  )
  expect(exchanged).toBeGreaterThan(20)
})
