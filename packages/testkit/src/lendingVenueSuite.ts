import {
  type DomainId,
  InvalidIntentError,
  MAX_HEALTH_FACTOR,
  numberFromWad,
  RevertedError,
  type Token,
  usd,
  valueDown,
  valueUp,
  WAD,
} from '@plimsoll/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRandom } from './createRandom.ts'
import type { LendingHarness } from './LendingHarness.ts'
import {
  createLendingBench,
  expectOwed,
  expectRatio,
  type LendingBench,
  largestFeasible,
  legOf,
  part,
  pricesOf,
} from './lendingBench.ts'

const DAY = 86_400
/** Interest of the few seconds between a quote and its block. */
const DRIFT = 1e-6

/** `Error("no words of any venue")`, as Solidity encodes it. */
const STRANGERS_MESSAGE =
  `0x08c379a0${'20'.padStart(64, '0')}${'15'.padStart(64, '0')}${Buffer.from(
    'no words of any venue',
  )
    .toString('hex')
    .padEnd(64, '0')}` as const

/**
 * The rules every lending venue keeps, as numbered cases.
 *
 * A position lists a leg for every token an intent may name, with a zero amount where nothing is held: a quote is
 * pure, so the position must bring the price and the terms.
 */
export function lendingVenueSuite(p: {
  readonly name: string
  readonly create: () => Promise<LendingHarness>
}): void {
  describe(`LendingVenue: ${p.name}`, () => {
    let on: LendingBench
    let restore: () => Promise<void>

    beforeAll(async () => {
      on = createLendingBench(await p.create())
    })
    afterAll(() => on?.close())
    beforeEach(async () => {
      restore = await on.checkpoint()
    })
    afterEach(() => restore())

    test('L01 reads an empty account: nothing held, nothing owed, terms and prices known', async () => {
      const account = await on.account()
      const position = await on.read(account)
      expect(position.type).toBe('lending')
      expect(position.venue).toBe(on.venue.id)
      expect(position.account.toLowerCase()).toBe(account.toLowerCase())
      expect(position.domain.startsWith(`${on.venue.id}/`)).toBe(true)
      expect(position.healthFactor).toBe(MAX_HEALTH_FACTOR)
      for (const leg of [...position.collateral, ...position.debt]) {
        expect(leg.raw).toBe(0n)
        expect(leg.value).toBe(usd(0n))
        expect(leg.oraclePrice > 0n).toBe(true)
      }
      const terms = legOf(position.collateral, on.collateral)
      expect(0n < terms.maxLtv && terms.maxLtv <= terms.liquidationThreshold).toBe(true)
      expect(terms.liquidationThreshold < WAD && terms.liquidationBonus > 0n).toBe(true)
      legOf(position.debt, on.debt)
    })

    test('L02 domains of one account have ids of their own', async () => {
      const positions = await on.venue.read(await on.account(), await on.latest())
      expect(new Set(positions.map((each) => each.domain)).size).toBe(positions.length)
    })

    test('L03 supply raises collateral by what it takes from the sender', async () => {
      const account = await on.account()
      await on.fund(account, on.collateral, on.collateralRaw + 7n)
      await on.mustAct(on.intent('supply', account, on.collateralRaw), account)
      const position = await on.read(account)
      expect(await on.balance(account, on.collateral)).toBe(7n)
      const gap = on.collateralOf(position) - on.collateralRaw
      expect(-on.dust <= gap && gap <= on.dust, `off by ${gap}, allowed ${on.dust}`).toBe(true)
      expect(position.healthFactor).toBe(MAX_HEALTH_FACTOR)
      const health = on.venue.liquidation(position).health(pricesOf(position))
      expect(health.type).toBe('unlevered')
    })

    test('L04 borrow pays out exactly what was asked and lowers health as quoted', async () => {
      const account = await on.saver()
      const most = on.largestBorrow(await on.read(account))
      const first = on.intent('borrow', account, most / 3n)
      const quoted = await on.quote(first, account)
      expect(quoted).toMatchObject({ type: 'margin', raw: most / 3n, feasible: true, reason: null })
      await on.mustAct(first, account)
      const middle = await on.read(account)
      expect(await on.balance(account, on.debt)).toBe(most / 3n)
      expectOwed(on.debtOf(middle), most / 3n, on.dust)
      expectRatio(middle.healthFactor, quoted.healthAfter, DRIFT)
      await on.mustAct(on.intent('borrow', account, most / 3n), account)
      expect((await on.read(account)).healthFactor < middle.healthFactor).toBe(true)
    })

    test('L05 repay lowers debt and raises health as quoted', async () => {
      const account = await on.borrower()
      const before = await on.read(account)
      const half = on.intent('repay', account, on.debtOf(before) / 2n)
      const quoted = await on.quote(half, account)
      expect(quoted).toMatchObject({ raw: half.raw, feasible: true })
      const purse = await on.balance(account, on.debt)
      await on.mustAct(half, account)
      const after = await on.read(account)
      expect(purse - (await on.balance(account, on.debt))).toBe(half.raw)
      expectOwed(
        on.debtOf(after),
        on.debtOf(before) - half.raw,
        on.dust + on.debtOf(before) / 1_000_000n,
      )
      expect(after.healthFactor > before.healthFactor).toBe(true)
      expectRatio(after.healthFactor, quoted.healthAfter, DRIFT)
    })

    test('L06 repay of more than is owed takes the debt and leaves the rest', async () => {
      const account = await on.borrower()
      const owed = on.debtOf(await on.read(account))
      await on.fund(account, on.debt, owed)
      const purse = await on.balance(account, on.debt)
      const all = on.intent('repay', account, purse)
      const position = await on.read(account)
      expect(on.venue.quote(all, position)).toMatchObject({
        raw: on.debtOf(position),
        feasible: true,
        healthAfter: MAX_HEALTH_FACTOR,
      })
      await on.mustAct(all, account)
      const after = await on.read(account)
      expect(on.debtOf(after)).toBe(0n)
      expect(after.healthFactor).toBe(MAX_HEALTH_FACTOR)
      const paid = purse - (await on.balance(account, on.debt))
      expectOwed(paid, owed, on.dust + owed / 1_000_000n)
    })

    test('L07 withdraw pays the sender and lowers health as quoted', async () => {
      const account = await on.borrower(0.3)
      const before = await on.read(account)
      const some = on.intent('withdraw', account, on.collateralRaw / 5n)
      const quoted = await on.quote(some, account)
      expect(quoted).toMatchObject({ raw: some.raw, feasible: true })
      await on.mustAct(some, account)
      const after = await on.read(account)
      expect(await on.balance(account, on.collateral)).toBe(some.raw)
      expect(after.healthFactor < before.healthFactor).toBe(true)
      expectRatio(after.healthFactor, quoted.healthAfter, DRIFT)
    })

    test('L08 a withdrawal that would break health is infeasible and reverts with a name', async () => {
      const account = await on.borrower(0.8)
      const most = on.intent('withdraw', account, part(on.collateralRaw, 0.9))
      const quoted = await on.quote(most, account)
      expect(quoted.feasible).toBe(false)
      expect(quoted.reason).toMatch(/\w{3}/)
      const error = await on.mustRevert(most, account)
      expect(error).toBeInstanceOf(RevertedError)
      expect(error?.reason).toMatch(/[a-z]{3}/i)
    })

    test('L09 borrowing beyond the maximum ltv is infeasible and reverts with a name', async () => {
      const account = await on.borrower(0.8)
      const more = on.intent('borrow', account, on.debtOf(await on.read(account)))
      const quoted = await on.quote(more, account)
      expect(quoted.feasible).toBe(false)
      expect(quoted.reason).toMatch(/\w{3}/)
      expect(await on.mustRevert(more, account)).toBeInstanceOf(RevertedError)
    })

    test('L10 the largest feasible borrow by quote is the largest the chain allows', async () => {
      const account = await on.saver()
      const most = on.largestBorrow(await on.read(account))
      await on.mustRevert(on.intent('borrow', account, most + most / 10_000n + 1n), account)
      await on.mustAct(on.intent('borrow', account, most - most / 10_000n), account)
    })

    test('L11 the largest feasible withdrawal by quote is the largest the chain allows', async () => {
      const account = await on.borrower(0.7)
      const position = await on.read(account)
      const most = largestFeasible(on.collateralOf(position), (raw) =>
        on.venue.quote(on.intent('withdraw', account, raw), position),
      )
      expect(0n < most && most < on.collateralOf(position)).toBe(true)
      await on.mustRevert(on.intent('withdraw', account, most + most / 1_000n + 1n), account)
      await on.mustAct(on.intent('withdraw', account, most - most / 1_000n), account)
    })

    test('L12 more than is held cannot be withdrawn', async () => {
      const account = await on.saver()
      const more = on.intent('withdraw', account, part(on.collateralRaw, 1.5))
      expect((await on.quote(more, account)).feasible).toBe(false)
      await on.mustRevert(more, account)
    })

    test('L13 zero is infeasible and never becomes a call', async () => {
      const account = await on.borrower()
      const position = await on.read(account)
      for (const type of ['supply', 'withdraw', 'borrow', 'repay'] as const) {
        const nothing = on.intent(type, account, 0n)
        expect(on.venue.quote(nothing, position).feasible).toBe(false)
        const whose = await on.context(account)
        expect(() => on.venue.encode(nothing, whose)).toThrow(InvalidIntentError)
        expect(() => on.venue.encode({ ...nothing, raw: -1n }, whose)).toThrow(InvalidIntentError)
      }
    })

    test('L14 an intent of another venue, domain or token is refused', async () => {
      const account = await on.saver()
      const whose = await on.context(account)
      const good = on.intent('supply', account, 1_000n)
      const stranger: Token = { ...on.collateral, address: `0x${'5'.repeat(40)}` }
      const domain: DomainId = `${on.venue.id}/0x${'5'.repeat(40)}`
      for (const bad of [
        { ...good, venue: 'elsewhere:0x1' },
        { ...good, domain },
        { ...good, token: stranger },
      ])
        expect(() => on.venue.encode(bad, whose)).toThrow(InvalidIntentError)
      const position = await on.read(account)
      expect(() => on.venue.quote({ ...good, token: stranger }, position)).toThrow(
        InvalidIntentError,
      )
      expect(() => on.venue.quote({ ...good, venue: 'elsewhere:0x1' }, position)).toThrow(
        InvalidIntentError,
      )
    })

    test('L15 calls name their venue, say what they do and carry no ether', async () => {
      const account = await on.account()
      for (const type of ['supply', 'withdraw', 'borrow', 'repay'] as const) {
        const calls = on.venue.encode(on.intent(type, account, 1_000n), await on.context(account))
        expect(calls.length).toBeGreaterThan(0)
        for (const call of calls) {
          expect(call.venue).toBe(on.venue.id)
          expect(call.value).toBe(0n)
          expect(call.label).toMatch(/[a-z]{3}/i)
        }
      }
    })

    test('L16 the margin domain agrees with the venue at oracle prices to 1e-9', async () => {
      for (const share of [0.1, 0.5, 0.95]) {
        const position = await on.read(await on.borrower(share))
        const domain = on.venue.liquidation(position)
        expect(domain.id).toBe(position.domain)
        expect(domain.venue).toBe(on.venue.id)
        expectRatio(on.healthOf(position), numberFromWad(position.healthFactor), 1e-9)
      }
    })

    test('L17 liquidation terms make sense', async () => {
      const position = await on.read(await on.borrower())
      const { closeFactor, bonus, fullCloseHealth } = on.venue.liquidation(position).liquidation
      expect(0 < closeFactor && closeFactor <= 1).toBe(true)
      expect(closeFactor).toBe(numberFromWad(position.closeFactor))
      expect(0 < bonus && bonus < 1).toBe(true)
      expect(fullCloseHealth === null || (0 < fullCloseHealth && fullCloseHealth < 1)).toBe(true)
    })

    test('L18 a price fall lowers health, a rise lifts it', async () => {
      const account = await on.borrower()
      const before = await on.read(account)
      await on.movePrice(on.collateral.asset, 0.9)
      const fallen = await on.read(account)
      expectRatio(
        numberFromWad(fallen.healthFactor),
        numberFromWad(before.healthFactor) * 0.9,
        1e-6,
      )
      expectRatio(
        Number(legOf(fallen.collateral, on.collateral).oraclePrice),
        Number(legOf(before.collateral, on.collateral).oraclePrice) * 0.9,
        1e-7,
      )
      await on.movePrice(on.debt.asset, 0.9)
      expect((await on.read(account)).healthFactor > fallen.healthFactor).toBe(true)
    })

    test('L19 health below one, and only then, is liquidatable: on both sides of the predicted price', async () => {
      const account = await on.borrower(0.8)
      expect(await on.liquidatable(account)).toBe(false)
      const position = await on.read(account)
      const domain = on.venue.liquidation(position)
      const prices = pricesOf(position)
      const strike = domain.liquidationPrice(on.collateral.asset, prices)
      const toStrike = strike! / prices.get(on.collateral.asset)!
      expect(0.3 < toStrike && toStrike < 1).toBe(true)

      await on.movePrice(on.collateral.asset, toStrike * 1.0005)
      const above = await on.read(account)
      expect([above.healthFactor >= WAD, await on.liquidatable(account)]).toEqual([true, false])

      await on.movePrice(on.collateral.asset, 0.999)
      const below = await on.read(account)
      expect([below.healthFactor < WAD, await on.liquidatable(account)]).toEqual([true, true])
      const health = on.venue.liquidation(below).health(pricesOf(below))
      expect(health.type === 'solvent' && health.lnHealth < 0).toBe(true)
    })

    test('L20 interest raises debt and lowers health over time', async () => {
      const account = await on.borrower()
      const before = await on.read(account)
      await on.mine(30 * DAY)
      const after = await on.read(account)
      expect(on.debtOf(after) > on.debtOf(before)).toBe(true)
      expect(on.collateralOf(after) >= on.collateralOf(before)).toBe(true)
      expect(after.healthFactor < before.healthFactor).toBe(true)
      expectRatio(on.healthOf(after), numberFromWad(after.healthFactor), 1e-9)
    })

    test('L21 a read pinned to an old block returns the old state', async () => {
      const account = await on.borrower()
      const block = await on.latest()
      const then = await on.read(account, block)
      await on.movePrice(on.collateral.asset, 0.85)
      await on.mustAct(on.intent('repay', account, on.debtOf(then) / 4n), account)
      await on.mine(DAY)
      expect((await on.read(account)).healthFactor).not.toBe(then.healthFactor)
      expect(await on.read(account, block)).toEqual(then)
    })

    test('L22 values never look safer than they are: collateral rounds down, debt rounds up', async () => {
      const random = createRandom(22)
      const account = await on.borrower(0.5)
      for (let step = 0; step < 5; step++) {
        await on.mine(random.int(1, 40 * DAY))
        await on.movePrice(on.collateral.asset, 0.97 + 0.06 * random.next())
        await on.movePrice(on.debt.asset, 0.99 + 0.02 * random.next())
        const position = await on.read(account)
        for (const { raw, token, oraclePrice, value } of position.collateral)
          expect(value).toBe(valueDown(raw, token.decimals, oraclePrice))
        for (const { raw, token, oraclePrice, value } of position.debt)
          expect(value).toBe(valueUp(raw, token.decimals, oraclePrice))
      }
    })

    test('L23 revert data of someone else is not claimed', () => {
      for (const data of ['0x', '0xdeadbeef', `0x${'ab'.repeat(40)}`, STRANGERS_MESSAGE] as const)
        expect(on.venue.decodeRevert(data)).toBeNull()
    })

    test('L24 a delegate supplies and repays for the owner, and pays', async () => {
      const owner = await on.borrower()
      const delegate = await on.account()
      if (!on.venue.capabilities.includes('delegate')) {
        const foreign = await on.context(owner, delegate)
        const what = on.intent('supply', owner, 1_000n)
        expect(() => on.venue.encode(what, foreign)).toThrow(InvalidIntentError)
        return
      }
      const before = await on.read(owner)
      await on.fund(delegate, on.collateral, on.collateralRaw)
      await on.fund(delegate, on.debt, on.debtOf(before) / 2n)
      await on.mustAct(on.intent('supply', owner, on.collateralRaw), owner, delegate)
      await on.mustAct(on.intent('repay', owner, on.debtOf(before) / 2n), owner, delegate)
      const after = await on.read(owner)
      expectRatio(Number(on.collateralOf(after)), 2 * Number(on.collateralOf(before)), DRIFT)
      expectRatio(Number(on.debtOf(after)), Number(on.debtOf(before)) / 2, 10 * DRIFT)
      expect(await on.balance(delegate, on.collateral)).toBe(0n)
      expect(on.collateralOf(await on.read(delegate))).toBe(0n)
    })

    test('L25 a delegate withdraws to itself once authorized, and not before', async () => {
      if (!on.venue.capabilities.includes('delegate')) {
        expect(on.venue.authorize(`0x${'5'.repeat(40)}`)).toEqual([])
        return
      }
      const owner = await on.borrower(0.3)
      const delegate = await on.account()
      const some = on.intent('withdraw', owner, on.collateralRaw / 4n)
      expect((await on.act(some, owner, delegate)).type).toBe('reverted')
      const held = on.collateralOf(await on.read(owner))

      expect(await on.send(on.venue.authorize(delegate), owner)).toEqual({ type: 'settled' })
      await on.mustAct(some, owner, delegate)
      expect(await on.balance(delegate, on.collateral)).toBe(some.raw)
      expect(await on.balance(owner, on.collateral)).toBe(0n)
      expectRatio(Number(on.collateralOf(await on.read(owner))), Number(held - some.raw), DRIFT)
    })

    test('L26 every step of a seeded walk does what its quote says', async () => {
      const random = createRandom(26)
      const account = await on.borrower(0.4)
      await on.fund(account, on.collateral, on.collateralRaw)
      const start = on.debtOf(await on.read(account))
      const steps = { settled: 0, reverted: 0 }
      for (let step = 0; step < 24; step++) {
        const type = random.pick(['supply', 'withdraw', 'borrow', 'repay'] as const)
        const position = await on.read(account)
        const base = type === 'supply' || type === 'withdraw' ? on.collateralRaw : start
        const purse = await on.balance(account, type === 'supply' ? on.collateral : on.debt)
        const wanted = part(base, 0.05 + 1.2 * random.next())
        const paid = type === 'supply' || type === 'repay'
        const raw = paid && wanted > purse ? purse : wanted
        if (raw === 0n) continue
        const what = on.intent(type, account, raw)
        const quoted = on.venue.quote(what, position)
        const nearby = [raw - raw / 1_000n, raw + raw / 1_000n].map(
          (other) => on.venue.quote({ ...what, raw: other }, position).feasible,
        )
        if (nearby.some((feasible) => feasible !== quoted.feasible)) continue
        const outcome = await on.act(what, account)
        expect(outcome.type, `step ${step}: ${type} ${raw}: ${quoted.reason}`).toBe(
          quoted.feasible ? 'settled' : 'reverted',
        )
        steps[outcome.type]++
        if (outcome.type === 'settled') {
          const after = await on.read(account)
          const shrunk = Number(on.debtOf(position) + start) / Number(on.debtOf(after) + 1n)
          if (on.debtOf(after) > start / 1_000n)
            expectRatio(after.healthFactor, quoted.healthAfter, 10 * DRIFT * shrunk)
        }
        if (random.next() < 0.3)
          await on.movePrice(on.collateral.asset, 0.98 + 0.05 * random.next())
      }
      expect(steps.settled).toBeGreaterThan(5)
      expect(steps.reverted).toBeGreaterThan(0)
    })

    test('L27 a delegate withdraws the whole of what is held, whether it earns or not', async () => {
      if (!on.venue.capabilities.includes('delegate')) return
      await on.mine(400 * DAY) // so that indices are no round numbers
      for (const supplied of [997n, on.collateralRaw]) {
        const owner = await on.account()
        const delegate = await on.account()
        await on.fund(owner, on.collateral, supplied)
        await on.mustAct(on.intent('supply', owner, supplied), owner)
        await on.send(on.venue.authorize(delegate), owner)
        const whole = on.intent('withdraw', owner, on.collateralOf(await on.read(owner)))
        await on.mustAct(whole, owner, delegate)
        expect(await on.balance(delegate, on.collateral)).toBe(whole.raw)
        const left = on.collateralOf(await on.read(owner))
        const earned = whole.raw / 1_000_000n
        expect(left <= on.dust + earned, `${left} left of ${whole.raw}`).toBe(true)
      }
    })

    test('L28 prices are the ones the venue liquidates on', async () => {
      await on.movePrice(on.collateral.asset, 0.9173)
      await on.movePrice(on.debt.asset, 1.0371)
      const { collateral, debt } = await on.read(await on.account())
      for (const [leg, { asset }] of [
        [legOf(collateral, on.collateral), on.collateral],
        [legOf(debt, on.debt), on.debt],
      ] as const)
        expectRatio(numberFromWad(leg.oraclePrice), numberFromWad(await on.price(asset)), 1e-12)
    })

    test('L29 a debt is what clears it, to the unit', async () => {
      for (const borrowed of [101n, 997n, 31_337n, 65_537n]) {
        const account = await on.saver()
        await on.mustAct(on.intent('borrow', account, borrowed), account)
        await on.mine(400 * DAY) // so small a debt grows by no unit in the seconds from here on
        const owed = on.debtOf(await on.read(account))
        expect(owed).toBeGreaterThan(borrowed)
        await on.fund(account, on.debt, owed - borrowed)
        await on.mustAct(on.intent('repay', account, owed), account)
        expect(await on.balance(account, on.debt), `left of ${owed}`).toBe(0n)
        await on.fund(account, on.debt, 1n)
        await on.act(on.intent('repay', account, 1n), account)
        expect(await on.balance(account, on.debt), `still owed beyond ${owed}`).toBe(1n)
      }
    })
  })
}
