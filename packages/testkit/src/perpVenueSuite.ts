import {
  type Address,
  InvalidIntentError,
  numberFromRaw,
  numberFromUsd,
  numberFromWad,
  type PerpPosition,
  RevertedError,
  rawFromNumber,
  type Token,
} from '@plimsoll/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PerpHarness, PerpHarnessMarket } from './PerpHarness.ts'
import {
  absolute,
  cashOf,
  createPerpBench,
  e18Of,
  expectNear,
  lnHealthOf,
  marksOf,
  type PerpBench,
  rawOf,
  unitOf,
} from './perpBench.ts'

const MINUTE = 60
const HOUR = 3_600
const ONE = 10n ** 18n

/**
 * The rules every perp venue keeps, as numbered cases.
 *
 * `read` answers with every domain the venue can name for an account, also before anything was paid in: margin needs a
 * domain to go to.
 */
export function perpVenueSuite(p: {
  readonly name: string
  readonly create: () => Promise<PerpHarness>
}): void {
  describe(`PerpVenue: ${p.name}`, () => {
    let on: PerpBench
    let market: PerpHarnessMarket
    let restore: () => Promise<void>

    beforeAll(async () => {
      on = createPerpBench(await p.create())
      market = on.market
    })
    afterAll(() => on?.close())
    beforeEach(async () => {
      restore = await on.checkpoint()
    })
    afterEach(() => restore())

    test('P01 an account that never traded has domains and nothing in them', async () => {
      const account = await on.account()
      const position = await on.read(account)
      expect(position).toMatchObject({
        type: 'perp',
        venue: on.venue.id,
        margin: 0n,
        freeCollateral: 0n,
        legs: [],
        equity: 0n,
        maintenanceMargin: 0n,
        pending: null,
      })
      expect(position.account.toLowerCase()).toBe(account.toLowerCase())
      expect(on.venue.liquidation(position).health(new Map()).type).toBe('unlevered')
      for (const asked of ['supply', 'withdraw', 'trade'] as const)
        expect(on.venue.capabilities).toContain(asked)
      expect(on.venue.capabilities.includes('cancel')).toBe(on.venue.fill === 'delayed')
    })

    test('P02 domains of one account have ids of their own, and no two accounts share one', async () => {
      const domains = async () =>
        (await on.venue.read(await on.account(), await on.latest())).map((each) => each.domain)
      const both = [...(await domains()), ...(await domains())]
      expect(new Set(both).size).toBe(both.length)
    })

    test('P03 supply raises margin, equity and free collateral by exactly what it takes', async () => {
      const raw = rawOf(on.marginToken, 5_000n * ONE, 1)
      const account = await on.account()
      await on.fund(account, raw + 7n)
      await on.mustAct(on.margin('supply', account, raw), account)
      const position = await on.read(account)
      expect(await on.balance(account)).toBe(7n)
      expect(position.margin).toBe(raw)
      expect(position.freeCollateral).toBe(raw)
      expect(position.equity).toBe(e18Of(on.marginToken, raw))
      expect(on.venue.liquidation(position).health(new Map()).type).toBe('unlevered')
    })

    test('P04 withdraw pays the sender exactly', async () => {
      const raw = rawOf(on.marginToken, 5_000n * ONE, 1)
      const account = await on.saver(raw)
      await on.mustAct(on.margin('withdraw', account, raw / 4n), account)
      expect(await on.balance(account)).toBe(raw / 4n)
      expect((await on.read(account)).margin).toBe(raw - raw / 4n)
      await on.mustAct(on.margin('withdraw', account, raw - raw / 4n), account)
      expect(await on.read(account)).toMatchObject({ margin: 0n, equity: 0n })
    })

    test.for([
      ['P05', 'long', 1n],
      ['P06', 'short', -1n],
    ] as const)('%s a %s has the sign, cost and requirement of its side', async ([, , side]) => {
      const size = side * market.size
      const account = await on.holder(size)
      const position = await on.read(account)
      const leg = on.legOf(position)
      expect(position.legs).toHaveLength(1)
      expect(leg).toMatchObject({ market: market.name, asset: market.asset, size })
      expect(leg.openNotional * side < 0n).toBe(true)
      const entry = numberFromRaw(leg.openNotional, 18) / -numberFromRaw(size, 18)
      expectNear(entry, numberFromWad(leg.markPrice), 0.02)
      expectNear(numberFromWad(leg.indexPrice), numberFromWad(leg.markPrice), 0.02)
      expect(leg.fundingInterval > 0n).toBe(true)
      const ratio = numberFromWad(leg.maintenanceMarginRatio)
      expect(0 < ratio && ratio < 1 / on.leverage).toBe(true)
      expect(0n < position.maintenanceMargin && position.maintenanceMargin < position.equity).toBe(
        true,
      )
      expect(position.freeCollateral < position.margin).toBe(true)
    })

    test.for([
      ['P07', 'buying', 1n],
      ['P08', 'selling', -1n],
    ] as const)('%s the quote of %s equals the trade', async ([, , side]) => {
      const size = side * market.size
      const account = await on.saver(rawOf(on.marginToken, 20_000n * ONE, 1))
      const before = await on.read(account)
      const quoted = await on.trade(account, size)
      const after = await on.read(account)
      expect(on.legOf(after).size).toBe(size)
      expect(quoted.notional > 0n && quoted.fee >= 0n).toBe(true)
      const cash = cashOf(after) - cashOf(before)
      const paid = side * quoted.notional + quoted.fee + quoted.keeperFee
      expect(absolute(cash + paid) < unitOf(on.marginToken)).toBe(true)
    })

    test('P09 quotes are worse than the price before, and worse still for more', async () => {
      const account = await on.account()
      for (const side of [1n, -1n]) {
        const small = await on.quote(on.wish(account, side * market.size), account)
        const large = await on.quote(on.wish(account, 20n * side * market.size), account)
        expectNear(
          numberFromWad(small.averagePrice),
          numberFromRaw(small.notional, 18) / numberFromRaw(market.size, 18),
          1e-9,
        )
        const worse = (a: bigint, b: bigint) => (side > 0n ? a >= b : a <= b)
        expect(worse(small.averagePrice, small.priceBefore)).toBe(true)
        expect(worse(large.averagePrice, small.averagePrice)).toBe(true)
        expect(large.priceBefore).toBe(small.priceBefore)
      }
    })

    test('P10 a quote does not ask whether the account can afford it', async () => {
      const rich = await on.saver(rawOf(on.marginToken, 50_000n * ONE, 1))
      const poor = await on.account()
      const ofPoor = await on.quote(on.wish(poor, market.size), poor)
      expect(ofPoor).toEqual(await on.quote(on.wish(rich, market.size), rich))
    })

    test.for([
      ['P11', 'purchase', 1n],
      ['P12', 'sale', -1n],
    ] as const)('%s a %s beyond its limit is refused with a name', async ([, , side]) => {
      const size = side * market.size
      const account = await on.saver(rawOf(on.marginToken, 20_000n * ONE, 1))
      const { notional } = await on.quote(on.wish(account, size), account)
      const limit = notional - side * (notional / 500n)
      const order = { ...on.wish(account, size), limit }
      if (on.venue.fill === 'immediate') await on.mustRevert(order, account)
      else if ((await on.act(order, account)).type === 'settled') {
        // Committed all the same: nobody can fill it, so it waits until it can be withdrawn.
        await on.mustNotFill(account)
        await on.expire(await on.pendingOf(account))
        await on.mustAct(on.cancel(account), account)
      }
      expect(await on.read(account)).toMatchObject({ legs: [], pending: null })
      await on.trade(account, size)
    })

    test('P13 reducing shrinks the position and its requirement, and keeps the rest', async () => {
      for (const side of [1n, -1n]) {
        const account = await on.holder(side * market.size)
        const before = await on.read(account)
        await on.trade(account, (-side * market.size) / 4n)
        const after = await on.read(account)
        expect(on.legOf(after).size).toBe(side * market.size - (side * market.size) / 4n)
        const part = on.legOf(after).openNotional * 4n - on.legOf(before).openNotional * 3n
        expectNear(
          numberFromRaw(part, 18),
          0,
          numberFromRaw(absolute(on.legOf(before).openNotional), 18) / 50,
        )
        expect(after.maintenanceMargin < before.maintenanceMargin).toBe(true)
        expect(on.healthOf(after)).toBeGreaterThan(on.healthOf(before))
        expectNear(numberFromRaw(after.equity, 18), numberFromRaw(before.equity, 18), 0.02)
      }
    })

    test('P14 closing leaves margin alone, and all of it can be withdrawn', async () => {
      const account = await on.holder(market.size)
      await on.trade(account, -market.size)
      const closed = await on.read(account)
      expect(closed).toMatchObject({ legs: [], maintenanceMargin: 0n })
      expect(closed.freeCollateral).toBe(closed.margin)
      expect(on.venue.liquidation(closed).health(new Map()).type).toBe('unlevered')
      await on.mustAct(on.margin('withdraw', account, closed.freeCollateral), account)
      expect(await on.balance(account)).toBe(closed.margin)
    })

    test('P15 a sale larger than the position turns it', async () => {
      const account = await on.holder(market.size)
      await on.trade(account, -2n * market.size)
      const leg = on.legOf(await on.read(account))
      expect(leg.size).toBe(-market.size)
      expect(leg.openNotional > 0n).toBe(true)
    })

    test('P16 a reduce-only trade that would enlarge or turn the position is not quoted', async () => {
      const account = await on.holder(market.size)
      for (const size of [market.size / 2n, -2n * market.size])
        await expect(
          on.quote(on.wish(account, size, { reduceOnly: true }), account),
        ).rejects.toThrow(InvalidIntentError)
      const fits = on.wish(account, -market.size, { reduceOnly: true })
      expect(await on.quote(fits, account)).toEqual(
        await on.quote({ ...fits, reduceOnly: false }, account),
      )
    })

    test('P17 the margin domain agrees with the venue at mark prices to 1e-9', async () => {
      for (const leverage of [1.5, on.leverage])
        for (const side of [1n, -1n]) {
          const position = await on.read(await on.holder(side * market.size, { leverage }))
          const domain = on.venue.liquidation(position)
          expect([domain.id, domain.venue, domain.type]).toEqual([
            position.domain,
            on.venue.id,
            'perp',
          ])
          const ratio = Number(position.equity) / Number(position.maintenanceMargin)
          expectNear(Math.exp(on.healthOf(position)), ratio, 1e-9)
          const equity = domain.equity(marksOf(position))
          expectNear(equity, numberFromRaw(position.equity, 18), 1e-9)
        }
    })

    test('P18 liquidation terms make sense', async () => {
      const position = await on.read(await on.holder(market.size))
      const { closeFactor, bonus, fullCloseHealth, partial } =
        on.venue.liquidation(position).liquidation
      expect(0 < closeFactor && closeFactor <= 1).toBe(true)
      expect(partial).toBe(closeFactor < 1)
      expect(0 <= bonus && bonus <= numberFromWad(position.liquidationFee)).toBe(true)
      expect(fullCloseHealth === null || (0 < fullCloseHealth && fullCloseHealth < 1)).toBe(true)
    })

    test('P19 a price fall takes from a long what it gives to a short', async () => {
      const long = await on.holder(market.size)
      const short = await on.holder(-market.size)
      const before = { long: await on.read(long), short: await on.read(short) }
      await on.movePrice(market.asset, 0.95)
      const fallen = { long: await on.read(long), short: await on.read(short) }
      for (const { legs } of [fallen.long, fallen.short])
        expectNear(Number(legs[0]!.markPrice) / Number(on.legOf(before.long).markPrice), 0.95, 0.01)
      expect(on.healthOf(fallen.long)).toBeLessThan(on.healthOf(before.long))
      expect(on.healthOf(fallen.short)).toBeGreaterThan(on.healthOf(before.short))
      const lost = Number(before.long.equity - fallen.long.equity)
      const won = Number(fallen.short.equity - before.short.equity)
      expect(lost > 0).toBe(true)
      expectNear(won, lost, 0.02)
      await on.movePrice(market.asset, 1 / 0.95)
      expect(on.healthOf(await on.read(long))).toBeGreaterThan(on.healthOf(fallen.long))
      expect(on.healthOf(await on.read(short))).toBeLessThan(on.healthOf(fallen.short))
    })

    test.for([
      ['P20', 'long', 1n, 0.985],
      ['P21', 'short', -1n, 1.015],
    ] as const)(
      '%s a %s is liquidatable when health is below one, and only then',
      async ([, , side, step]) => {
        const account = await on.holder(side * market.size)
        const position = await on.read(account)
        const prices = marksOf(position)
        const strike = on.venue.liquidation(position).liquidationPrice(market.asset, prices)!
        const toStrike = strike / prices.get(market.asset)!
        expect(side > 0n ? toStrike < 1 : toStrike > 1).toBe(true)
        await on.movePrice(market.asset, toStrike / step ** 2)
        const seen = []
        for (let i = 0; i < 5; i++) {
          if (i > 0) await on.movePrice(market.asset, step)
          const now = await on.read(account)
          const isBelow = now.equity < now.maintenanceMargin
          seen.push(isBelow)
          expect(await on.liquidatable(account, market.name)).toBe(isBelow)
          const health = on.venue.liquidation(now).health(marksOf(now))
          const isUnder = health.type === 'solvent' ? health.lnHealth < 0 : true
          expect([health.type === 'unlevered', isUnder]).toEqual([false, isBelow])
        }
        expect([seen[0], seen.at(-1)]).toEqual([false, true])
      },
    )

    test('P22 raising margin raises health, and by as much as was paid in', async () => {
      const account = await on.holder(market.size)
      const before = await on.read(account)
      const raw = rawOf(on.marginToken, before.maintenanceMargin, 1)
      await on.fund(account, raw)
      await on.mustAct(on.margin('supply', account, raw), account)
      const after = await on.read(account)
      expectPaidIn(before, after, raw)
      expect(on.healthOf(after)).toBeGreaterThan(on.healthOf(before))
      expectNear(Number(after.equity - before.equity), Number(e18Of(on.marginToken, raw)), 0.01)
    })

    test.for([
      ['P23', 'long', 'short', 1n],
      ['P24', 'short', 'long', -1n],
    ] as const)('%s a crowded %s side pays funding to the %s', async ([, crowded, , side]) => {
      const payer = await on.holder(side * market.size)
      const payee = await on.holder(-side * market.size)
      await on.crowd(market.asset, crowded)
      await on.mine(HOUR)
      const [paying, paid] = [await on.read(payer), await on.read(payee)]
      const rate = (position: PerpPosition) => numberFromWad(on.legOf(position).fundingRate)
      expect(rate(paying) * Number(side)).toBeGreaterThan(0)
      expect(rate(paid)).toBe(rate(paying))
      expect(on.legOf(paying).fundingOwed > 0n).toBe(true)
      expect(on.legOf(paid).fundingOwed < 0n).toBe(true)

      await on.mine(HOUR)
      const later = await on.read(payer)
      const leg = on.legOf(later)
      const owed = numberFromRaw(leg.fundingOwed - on.legOf(paying).fundingOwed, 18)
      const notional = numberFromRaw(leg.size, 18) * numberFromWad(leg.indexPrice)
      const periods = HOUR / Number(leg.fundingInterval)
      const expected = ((rate(paying) + rate(later)) / 2) * notional * periods
      expectNear(owed, expected, 0.02)
    })

    test('P25 more than the free collateral cannot be withdrawn', async () => {
      const account = await on.holder(market.size)
      const { freeCollateral } = await on.read(account)
      expect(freeCollateral > 0n).toBe(true)
      await on.mustRevert(on.margin('withdraw', account, (freeCollateral * 11n) / 10n), account)
      await on.mustAct(on.margin('withdraw', account, (freeCollateral * 99n) / 100n), account)
    })

    test('P26 a position beyond the initial margin is refused with a name', async () => {
      const probe = await on.account()
      const { notional } = await on.quote(on.wish(probe, market.size), probe)
      const account = await on.saver(rawOf(on.marginToken, notional, 500))
      await on.mustRevert({ ...on.wish(account, market.size), limit: 2n * notional }, account)
      expect((await on.read(account)).legs).toEqual([])
    })

    test('P27 a read pinned to an old block returns the old state', async () => {
      const account = await on.holder(market.size)
      const block = await on.latest()
      const then = await on.read(account, market, block)
      await on.movePrice(market.asset, 0.97)
      await on.trade(account, -market.size / 2n)
      expect((await on.read(account)).equity).not.toBe(then.equity)
      expect(await on.read(account, market, block)).toEqual(then)
    })

    test('P28 a quote pinned to an old block is the old quote', async () => {
      const account = await on.account()
      const block = await on.latest()
      const what = on.wish(account, market.size)
      const then = await on.venue.quote(what, block, account)
      await on.movePrice(market.asset, 0.97)
      expect(await on.venue.quote(what, await on.latest(), account)).not.toEqual(then)
      expect(await on.venue.quote(what, block, account)).toEqual(then)
    })

    test('P29 an insolvent account is called insolvent, never a number', async () => {
      const account = await on.holder(market.size)
      await on.movePrice(market.asset, 1 - 1.5 / on.leverage)
      const position = await on.read(account)
      expect(position.equity < 0n).toBe(true)
      expect(await on.liquidatable(account, market.name)).toBe(true)
      const domain = on.venue.liquidation(position)
      const health = domain.health(marksOf(position))
      expect(health.type).toBe('insolvent')
      const lacking = numberFromRaw(position.maintenanceMargin - position.equity, 18)
      if (health.type === 'insolvent') expectNear(health.shortfall, lacking, 1e-9)
      expect(domain.sensitivity(marksOf(position))).toEqual(health)
    })

    test('P30 two markets are two legs, each with the price and size of its own', async () => {
      const [first, second] = on.markets
      const account = await on.holder(first.size)
      await on.fund(account, rawOf(on.marginToken, 20_000n * ONE, 1))
      const raw = await on.balance(account)
      await on.mustAct(on.margin('supply', account, raw, second), account)
      await on.trade(account, -second.size, second)
      const legs = [
        on.legOf(await on.read(account), first),
        on.legOf(await on.read(account, second), second),
      ]
      expect(legs.map((leg) => [leg.asset, leg.size])).toEqual([
        [first.asset, first.size],
        [second.asset, -second.size],
      ])
      const domain = on.venue.liquidation(await on.read(account, second))
      await on.movePrice(second.asset, 1.03)
      const rise = await on.read(account, second)
      expect(on.legOf(rise, second).markPrice > legs[1]!.markPrice).toBe(true)
      expectNear(
        Number(on.legOf(await on.read(account), first).markPrice),
        Number(legs[0]!.markPrice),
        0.001,
      )
      const moved = domain.health(marksOf(rise))
      expectNear(lnHealthOf(moved), on.healthOf(rise), 0.01)
    })

    test('P31 an intent that moves nothing, or has no limit, is refused', async () => {
      const account = await on.account()
      const whose = await on.context(account)
      for (const raw of [0n, -1n])
        for (const type of ['supply', 'withdraw'] as const)
          expect(() => on.venue.encode(on.margin(type, account, raw), whose)).toThrow(
            InvalidIntentError,
          )
      const nothing = on.wish(account, 0n)
      expect(() => on.venue.encode({ ...nothing, limit: ONE }, whose)).toThrow(InvalidIntentError)
      await expect(on.quote(nothing, account)).rejects.toThrow(InvalidIntentError)
      for (const limit of [0n, -1n])
        expect(() => on.venue.encode({ ...on.wish(account, market.size), limit }, whose)).toThrow(
          InvalidIntentError,
        )
    })

    test('P32 an intent of another venue, domain, market or token is refused', async () => {
      const account = await on.account()
      const whose = await on.context(account)
      const nowhere: Address = `0x${'5'.repeat(40)}`
      const supply = on.margin('supply', account, 1_000n)
      const order = { ...on.wish(account, market.size), limit: 2n ** 100n }
      const stranger: Token = { ...on.marginToken, address: nowhere }
      for (const bad of [
        { ...supply, venue: 'elsewhere:0x1' },
        { ...supply, domain: `${on.venue.id}/${nowhere}` },
        { ...supply, token: stranger },
        { ...order, venue: 'elsewhere:0x1' },
        { ...order, domain: `${on.venue.id}/${nowhere}` },
        { ...order, market: 'no such market' },
        { ...order, asset: on.markets[1].asset },
      ])
        expect(() => on.venue.encode(bad, whose)).toThrow(InvalidIntentError)
      await expect(on.quote({ ...order, market: 'no such market' }, account)).rejects.toThrow(
        InvalidIntentError,
      )
      await expect(on.quote({ ...order, venue: 'elsewhere:0x1' }, account)).rejects.toThrow(
        InvalidIntentError,
      )
    })

    test('P33 calls name their venue, say what they do and carry no ether', async () => {
      const account = await on.account()
      const whose = await on.context(account)
      for (const what of [
        on.margin('supply', account, 1_000n),
        on.margin('withdraw', account, 1_000n),
        { ...on.wish(account, market.size), limit: 2n ** 100n },
        { ...on.wish(account, -market.size), limit: 1n },
      ]) {
        const calls = on.venue.encode(what, whose)
        expect(calls.length).toBeGreaterThan(0)
        for (const call of calls) {
          expect(call.venue).toBe(on.venue.id)
          expect(call.value).toBe(0n)
          expect(call.label).toMatch(/[a-z]{3}/i)
        }
      }
    })

    test('P34 nobody else trades or withdraws for the owner; who pays margin in for them pays', async () => {
      const owner = await on.holder(market.size)
      const other = await on.account()
      const whose = await on.context(owner, other)
      for (const what of [
        on.margin('withdraw', owner, 1n),
        { ...on.wish(owner, market.size), limit: 2n ** 100n },
      ])
        expect(() => on.venue.encode(what, whose)).toThrow(InvalidIntentError)

      const supply = on.margin('supply', owner, 1_000n)
      let calls: ReturnType<PerpHarness['venue']['encode']>
      try {
        calls = on.venue.encode(supply, whose)
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidIntentError)
        return
      }
      const before = await on.read(owner)
      await on.fund(other, 1_000n)
      expect(await on.send(calls, other)).toEqual({ type: 'settled' })
      expect(await on.balance(other)).toBe(0n)
      expectPaidIn(before, await on.read(owner), 1_000n)
    })

    test('P35 revert data of someone else is not claimed', () => {
      for (const data of ['0x', '0xdeadbeef', `0x${'ab'.repeat(40)}`] as const)
        expect(on.venue.decodeRevert(data)).toBeNull()
    })

    test('P36 the requirement is a fixed part and a share of notional, and moves with the price by that share', async () => {
      const account = await on.holder(market.size)
      const before = await on.read(account)
      const shareOf = (position: PerpPosition): number => {
        const { size, markPrice, maintenanceMarginRatio } = on.legOf(position)
        const notional = Math.abs(numberFromRaw(size, 18)) * numberFromWad(markPrice)
        return notional * numberFromWad(maintenanceMarginRatio)
      }
      const fixed = numberFromRaw(before.maintenanceMargin, 18) - shareOf(before)
      expect(fixed).toBeGreaterThan(-1e-9)
      expect(fixed).toBeLessThan(shareOf(before))
      await on.movePrice(market.asset, 1.05)
      const after = await on.read(account)
      expect(shareOf(after)).toBeGreaterThan(shareOf(before))
      expectNear(numberFromRaw(after.maintenanceMargin, 18), fixed + shareOf(after), 1e-9)
      const moved = on.venue.liquidation(before).health(marksOf(after))
      expectNear(lnHealthOf(moved), on.healthOf(after), 0.002)
    })

    test('P37 markets say what quotes and positions say, at the same block', async () => {
      const account = await on.holder(market.size)
      const block = await on.latest()
      const markets = await on.venue.readMarkets(block)
      for (const of of on.markets) {
        const found = markets.filter((each) => each.market === of.name)
        expect(found).toHaveLength(1)
        const [reading] = found
        expect(reading).toMatchObject({ venue: on.venue.id, asset: of.asset })
        for (const [side, fee] of [
          [1n, reading!.buyFee],
          [-1n, reading!.sellFee],
        ] as const) {
          const small = await on.venue.quote(
            on.wish(account, (side * of.size) / 1_000n, { of }),
            block,
            account,
          )
          expect(reading!.fillPrice).toBe(small.priceBefore)
          expectNear(numberFromRaw(small.fee, 18) / numberFromRaw(small.notional, 18), fee, 1e-3)
          expectNear(numberFromUsd(reading!.fixedFee), numberFromRaw(small.keeperFee, 18), 1e-6)
        }
      }
      const leg = on.legOf(await on.read(account, market, block))
      const reading = markets.find((each) => each.market === market.name)
      const { markPrice, fundingRate, fundingInterval } = leg
      expect(reading).toMatchObject({ markPrice, fundingRate, fundingInterval })
      const ratio = numberFromWad(leg.maintenanceMarginRatio)
      expectNear(numberFromWad(reading!.maintenanceMarginRatio), ratio, 0.1)
    })

    test('P38 a trade worth the depth moves the fill price by one per cent', async () => {
      const account = await on.account()
      const block = await on.latest()
      for (const reading of await on.venue.readMarkets(block)) {
        const of = on.markets.find(({ name }) => name === reading.market)!
        for (const [side, depth] of [
          [1, reading.depthUp],
          [-1, reading.depthDown],
        ] as const) {
          expect(depth > 0n).toBe(true)
          const spot = numberFromWad(reading.fillPrice)
          const averageOf = async (share: number): Promise<number> => {
            const value = numberFromUsd(depth) * share
            const size = rawFromNumber((side * value) / (spot * (1 + (side * share) / 200)), 18)
            const what = on.wish(account, size, { of })
            return numberFromWad((await on.venue.quote(what, block, account)).averagePrice)
          }
          expectNear((await averageOf(0.1)) / spot, 1 + (side * 0.1) / 200, 3e-6)
          // All of it, unless the market is too full to take it.
          const whole = await averageOf(1).catch((error: unknown) => error)
          if (typeof whole === 'number') expectNear(whole / spot, 1 + side / 200, 1e-4)
          else expect(whole).toBeInstanceOf(RevertedError)
        }
      }
    })

    test('P39 markets read at an old block are the old ones', async () => {
      const block = await on.latest()
      const then = await on.venue.readMarkets(block)
      await on.movePrice(market.asset, 0.97)
      expect(await on.venue.readMarkets(await on.latest())).not.toEqual(then)
      expect(await on.venue.readMarkets(block)).toEqual(then)
    })

    test('P40 a trade is filled at once and tells nothing later, or waits to be filled', async () => {
      const account = await on.saver(rawOf(on.marginToken, 20_000n * ONE, 1))
      const start = await on.latest()
      if (on.venue.fill === 'immediate') {
        await on.trade(account, market.size)
        expect(await on.read(account)).toMatchObject({ pending: null })
        expect(await on.settledSince(account, start)).toEqual([])
        const whose = await on.context(account)
        expect(() => on.venue.encode(on.cancel(account), whose)).toThrow(InvalidIntentError)
        return
      }
      const before = await on.read(account)
      const { keeperFee } = await on.commit(account, market.size)
      const block = await on.latest()
      const after = await on.read(account)
      expect(after).toMatchObject({
        legs: [],
        freeCollateral: 0n,
        margin: before.margin - keeperFee / unitOf(on.marginToken),
        pending: {
          market: market.name,
          asset: market.asset,
          size: market.size,
          committedAt: block.timestamp,
        },
      })
      const { committedAt, executableAt, expiresAt } = await on.pendingOf(account)
      expect(committedAt < executableAt && executableAt < expiresAt).toBe(true)
      expect(await on.settledSince(account, start)).toEqual([])
    })

    test('P41 while a trade waits, margin and size stand still', async () => {
      if (on.venue.fill === 'immediate') return
      const account = await on.holder(market.size)
      await on.commit(account, -market.size / 2n)
      const { margin } = await on.read(account)
      const raw = rawOf(on.marginToken, 10n * ONE, 1)
      await on.fund(account, raw)
      for (const what of [
        on.margin('supply', account, raw),
        on.margin('withdraw', account, raw),
        { ...on.wish(account, -market.size), limit: 1n },
      ])
        await on.mustRevert(what, account)
      const position = await on.read(account)
      expect(position.margin).toBe(margin)
      expect(on.legOf(position).size).toBe(market.size)
    })

    test('P42 what was committed is filled as quoted, and told so once', async () => {
      if (on.venue.fill === 'immediate') return
      for (const side of [1n, -1n]) {
        const account = await on.saver(rawOf(on.marginToken, 20_000n * ONE, 1))
        const start = await on.latest()
        const before = await on.read(account)
        const quoted = await on.commit(account, side * market.size)
        const { executableAt, expiresAt } = await on.pendingOf(account)
        expect(await on.fill(account)).toEqual({ type: 'settled' })
        const { timestamp, number } = await on.latest()
        expect(executableAt <= timestamp && timestamp <= expiresAt).toBe(true)
        const settled = await on.settledSince(account, start)
        expect(settled).toEqual([
          {
            outcome: 'executed',
            domain: before.domain,
            market: market.name,
            size: side * market.size,
            fillPrice: quoted.averagePrice,
            fee: quoted.fee + quoted.keeperFee,
            hash: settled[0]?.hash,
            block: number,
          },
        ])
        const after = await on.read(account)
        expect(after.pending).toBeNull()
        const cost = side * quoted.notional + settled[0]!.fee
        expect(absolute(cashOf(after) - cashOf(before) + cost) < unitOf(on.marginToken)).toBe(true)
      }
    })

    test('P43 a trade that nobody fills in time expires: its owner withdraws it and has lost what is told', async () => {
      if (on.venue.fill === 'immediate') return
      const account = await on.saver(rawOf(on.marginToken, 20_000n * ONE, 1))
      const before = await on.read(account)
      const start = await on.latest()
      await on.commit(account, market.size)
      await on.expire(await on.pendingOf(account))
      expect(await on.settledSince(account, start)).toEqual([])
      await on.mustNotFill(account)
      await on.mustAct(on.cancel(account), account)
      const settled = await on.settledSince(account, start)
      expect(settled).toHaveLength(1)
      expect(settled[0]).toMatchObject({ outcome: 'expired', size: 0n, fillPrice: null })
      const after = await on.read(account)
      expect(after).toMatchObject({ legs: [], pending: null })
      expect(e18Of(on.marginToken, before.margin - after.margin)).toBe(settled[0]!.fee)
      expect(after.freeCollateral).toBe(after.margin)
      on.keeper?.work(true)
      await on.trade(account, market.size)
    })

    test('P44 a trade withdrawn before its time is over is refused by name, or told as cancelled', async () => {
      if (on.venue.fill === 'immediate') return
      const account = await on.saver(rawOf(on.marginToken, 20_000n * ONE, 1))
      const before = await on.read(account)
      const start = await on.latest()
      await on.mustRevert(on.cancel(account), account)
      await on.commit(account, market.size)
      const outcome = await on.act(on.cancel(account), account)
      const after = await on.read(account)
      const settled = await on.settledSince(account, start)
      if (outcome.type === 'reverted') {
        expect(on.venue.decodeRevert(outcome.data)?.reason).toMatch(/[a-z]{3}/i)
        expect(after.pending).not.toBeNull()
        expect(settled).toEqual([])
        return
      }
      expect(after.pending).toBeNull()
      expect(settled).toHaveLength(1)
      expect(settled[0]).toMatchObject({ outcome: 'cancelled', size: 0n, fillPrice: null })
      expect(e18Of(on.marginToken, before.margin - after.margin)).toBe(settled[0]!.fee)
    })

    test('P45 settlements are those of the account and of the blocks asked for, in order', async () => {
      if (on.venue.fill === 'immediate') return
      const start = await on.latest()
      const account = await on.holder(market.size)
      const other = await on.holder(-market.size)
      await on.trade(account, -market.size)
      const told = await on.settledSince(account, start)
      expect(told.map(({ size }) => size)).toEqual([market.size, -market.size])
      expect(await on.settledSince(other, start)).toHaveLength(1)
      const [first, last] = told.map(({ block }) => block) as [bigint, bigint]
      expect(first < last).toBe(true)
      const between = (from: bigint, to: bigint) => on.venue.settlements({ account, from, to })
      expect(await between(first, last)).toEqual(told)
      expect(await between(first, first)).toEqual(told.slice(0, 1))
      expect(await between(first + 1n, last)).toEqual(told.slice(1))
      expect(await between(first + 1n, last - 1n)).toEqual([])
    })
  })
}

/**
 * Margin rose by what was paid in, and by profit and funding where the venue settles both with it: then cost and margin
 * move together, and what is left is the funding of the seconds between two reads.
 */
function expectPaidIn(before: PerpPosition, after: PerpPosition, raw: bigint): void {
  const token = before.marginToken
  const [was, is] = [before.legs[0], after.legs[0]]
  if (was === undefined || is === undefined || was.openNotional === is.openNotional) {
    expect(after.margin - before.margin).toBe(raw)
    return
  }
  const off = cashOf(after) - cashOf(before) - e18Of(token, raw) + was.fundingOwed
  const rate = Math.abs(numberFromWad(is.fundingRate)) / Number(is.fundingInterval)
  const notional = Math.abs(numberFromRaw(is.openNotional, 18))
  expect(Math.abs(numberFromRaw(off, 18))).toBeLessThan(rate * notional * MINUTE + 1e-15)
}
