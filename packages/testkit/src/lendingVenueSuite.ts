import {
  type Address,
  type BlockRef,
  type CallContext,
  type DomainId,
  InvalidIntentError,
  type LendingPosition,
  MAX_HEALTH_FACTOR,
  type MarginIntent,
  type MarginQuote,
  mulDivDown,
  numberFromWad,
  type Price,
  RevertedError,
  type Token,
  usd,
  valueDown,
  valueUp,
  WAD,
} from '@plimsoll/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRandom } from './createRandom.ts'
import type { LendingHarness, SendOutcome } from './LendingHarness.ts'

const DAY = 86_400
const HOUR = 3_600n
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
    let on: LendingHarness
    let restore: () => Promise<void>

    beforeAll(async () => {
      on = await p.create()
    })
    afterAll(() => on?.close())
    beforeEach(async () => {
      restore = await on.checkpoint()
    })
    afterEach(() => restore())

    const read = async (account: Address, block?: BlockRef): Promise<LendingPosition> => {
      const positions = await on.venue.read(account, block ?? (await on.latest()))
      const found = positions.find((each) => each.domain === on.domainOf(account))
      expect(
        found,
        `positions of ${account}: ${positions.map((each) => each.domain)}`,
      ).toBeDefined()
      return found!
    }

    const intent = (
      type: MarginIntent['type'],
      account: Address,
      raw: bigint,
      token = type === 'supply' || type === 'withdraw' ? on.collateral : on.debt,
    ): MarginIntent => ({ type, venue: on.venue.id, domain: on.domainOf(account), token, raw })

    const context = async (owner: Address, sender = owner): Promise<CallContext> => ({
      owner,
      sender,
      deadline: (await on.latest()).timestamp + HOUR,
      position: await read(owner),
    })

    const act = async (what: MarginIntent, owner: Address, sender = owner): Promise<SendOutcome> =>
      on.send(on.venue.encode(what, await context(owner, sender)), sender)

    const mustAct = async (what: MarginIntent, owner: Address, sender = owner): Promise<void> =>
      expect(
        await act(what, owner, sender),
        `${what.type} ${what.raw} ${what.token.symbol}`,
      ).toEqual({
        type: 'settled',
      })

    /** The chain refuses and the venue names the reason in its own words or the token does. */
    const mustRevert = async (
      what: MarginIntent,
      owner: Address,
    ): Promise<RevertedError | null> => {
      const outcome = await act(what, owner)
      expect(outcome.type, `${what.type} ${what.raw} ${what.token.symbol}`).toBe('reverted')
      return outcome.type === 'reverted' ? on.venue.decodeRevert(outcome.data) : null
    }

    const quote = async (what: MarginIntent, account: Address): Promise<MarginQuote> =>
      on.venue.quote(what, await read(account))

    /** An account with all its collateral supplied. */
    const saver = async (): Promise<Address> => {
      const account = await on.account()
      await on.fund(account, on.collateral, on.collateralRaw)
      await mustAct(intent('supply', account, on.collateralRaw), account)
      return account
    }

    /** An account that has borrowed a share of the most it may. */
    const borrower = async (share = 0.6): Promise<Address> => {
      const account = await saver()
      const most = largestBorrow(on, await read(account), intent('borrow', account, 1n))
      await mustAct(intent('borrow', account, part(most, share)), account)
      return account
    }

    const collateralOf = (position: LendingPosition): bigint =>
      legOf(position.collateral, on.collateral).raw
    const debtOf = (position: LendingPosition): bigint => legOf(position.debt, on.debt).raw

    test('L01 reads an empty account: nothing held, nothing owed, terms and prices known', async () => {
      const account = await on.account()
      const position = await read(account)
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
      await mustAct(intent('supply', account, on.collateralRaw), account)
      const position = await read(account)
      expect(await on.balance(account, on.collateral)).toBe(7n)
      expectNear(collateralOf(position), on.collateralRaw, on.dust)
      expect(position.healthFactor).toBe(MAX_HEALTH_FACTOR)
      const health = on.venue.liquidation(position).health(pricesOf(position))
      expect(health.type).toBe('unlevered')
    })

    test('L04 borrow pays out exactly what was asked and lowers health as quoted', async () => {
      const account = await saver()
      const most = largestBorrow(on, await read(account), intent('borrow', account, 1n))
      const first = intent('borrow', account, most / 3n)
      const quoted = await quote(first, account)
      expect(quoted).toMatchObject({ type: 'margin', raw: most / 3n, feasible: true, reason: null })
      await mustAct(first, account)
      const middle = await read(account)
      expect(await on.balance(account, on.debt)).toBe(most / 3n)
      expectOwed(debtOf(middle), most / 3n, on.dust)
      expectRatio(middle.healthFactor, quoted.healthAfter, DRIFT)
      await mustAct(intent('borrow', account, most / 3n), account)
      expect((await read(account)).healthFactor < middle.healthFactor).toBe(true)
    })

    test('L05 repay lowers debt and raises health as quoted', async () => {
      const account = await borrower()
      const before = await read(account)
      const half = intent('repay', account, debtOf(before) / 2n)
      const quoted = await quote(half, account)
      expect(quoted).toMatchObject({ raw: half.raw, feasible: true })
      const purse = await on.balance(account, on.debt)
      await mustAct(half, account)
      const after = await read(account)
      expect(purse - (await on.balance(account, on.debt))).toBe(half.raw)
      expectOwed(debtOf(after), debtOf(before) - half.raw, on.dust + debtOf(before) / 1_000_000n)
      expect(after.healthFactor > before.healthFactor).toBe(true)
      expectRatio(after.healthFactor, quoted.healthAfter, DRIFT)
    })

    test('L06 repay of more than is owed takes the debt and leaves the rest', async () => {
      const account = await borrower()
      const owed = debtOf(await read(account))
      await on.fund(account, on.debt, owed)
      const purse = await on.balance(account, on.debt)
      const all = intent('repay', account, purse)
      const position = await read(account)
      expect(on.venue.quote(all, position)).toMatchObject({
        raw: debtOf(position),
        feasible: true,
        healthAfter: MAX_HEALTH_FACTOR,
      })
      await mustAct(all, account)
      const after = await read(account)
      expect(debtOf(after)).toBe(0n)
      expect(after.healthFactor).toBe(MAX_HEALTH_FACTOR)
      const paid = purse - (await on.balance(account, on.debt))
      expectOwed(paid, owed, on.dust + owed / 1_000_000n)
    })

    test('L07 withdraw pays the sender and lowers health as quoted', async () => {
      const account = await borrower(0.3)
      const before = await read(account)
      const some = intent('withdraw', account, on.collateralRaw / 5n)
      const quoted = await quote(some, account)
      expect(quoted).toMatchObject({ raw: some.raw, feasible: true })
      await mustAct(some, account)
      const after = await read(account)
      expect(await on.balance(account, on.collateral)).toBe(some.raw)
      expect(after.healthFactor < before.healthFactor).toBe(true)
      expectRatio(after.healthFactor, quoted.healthAfter, DRIFT)
    })

    test('L08 a withdrawal that would break health is infeasible and reverts with a name', async () => {
      const account = await borrower(0.8)
      const most = intent('withdraw', account, part(on.collateralRaw, 0.9))
      const quoted = await quote(most, account)
      expect(quoted.feasible).toBe(false)
      expect(quoted.reason).toMatch(/\w{3}/)
      const error = await mustRevert(most, account)
      expect(error).toBeInstanceOf(RevertedError)
      expect(error?.reason).toMatch(/[a-z]{3}/i)
    })

    test('L09 borrowing beyond the maximum ltv is infeasible and reverts with a name', async () => {
      const account = await borrower(0.8)
      const more = intent('borrow', account, debtOf(await read(account)))
      const quoted = await quote(more, account)
      expect(quoted.feasible).toBe(false)
      expect(quoted.reason).toMatch(/\w{3}/)
      expect(await mustRevert(more, account)).toBeInstanceOf(RevertedError)
    })

    test('L10 the largest feasible borrow by quote is the largest the chain allows', async () => {
      const account = await saver()
      const most = largestBorrow(on, await read(account), intent('borrow', account, 1n))
      await mustRevert(intent('borrow', account, most + most / 10_000n + 1n), account)
      await mustAct(intent('borrow', account, most - most / 10_000n), account)
    })

    test('L11 the largest feasible withdrawal by quote is the largest the chain allows', async () => {
      const account = await borrower(0.7)
      const position = await read(account)
      const most = largestFeasible(collateralOf(position), (raw) =>
        on.venue.quote(intent('withdraw', account, raw), position),
      )
      expect(0n < most && most < collateralOf(position)).toBe(true)
      await mustRevert(intent('withdraw', account, most + most / 1_000n + 1n), account)
      await mustAct(intent('withdraw', account, most - most / 1_000n), account)
    })

    test('L12 more than is held cannot be withdrawn', async () => {
      const account = await saver()
      const more = intent('withdraw', account, part(on.collateralRaw, 1.5))
      expect((await quote(more, account)).feasible).toBe(false)
      await mustRevert(more, account)
    })

    test('L13 zero is infeasible and never becomes a call', async () => {
      const account = await borrower()
      const position = await read(account)
      for (const type of ['supply', 'withdraw', 'borrow', 'repay'] as const) {
        const nothing = intent(type, account, 0n)
        expect(on.venue.quote(nothing, position).feasible).toBe(false)
        const whose = await context(account)
        expect(() => on.venue.encode(nothing, whose)).toThrow(InvalidIntentError)
        expect(() => on.venue.encode({ ...nothing, raw: -1n }, whose)).toThrow(InvalidIntentError)
      }
    })

    test('L14 an intent of another venue, domain or token is refused', async () => {
      const account = await saver()
      const whose = await context(account)
      const good = intent('supply', account, 1_000n)
      const stranger: Token = { ...on.collateral, address: `0x${'5'.repeat(40)}` }
      const domain: DomainId = `${on.venue.id}/0x${'5'.repeat(40)}`
      for (const bad of [
        { ...good, venue: 'elsewhere:0x1' },
        { ...good, domain },
        { ...good, token: stranger },
      ])
        expect(() => on.venue.encode(bad, whose)).toThrow(InvalidIntentError)
      const position = await read(account)
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
        const calls = on.venue.encode(intent(type, account, 1_000n), await context(account))
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
        const position = await read(await borrower(share))
        const domain = on.venue.liquidation(position)
        expect(domain.id).toBe(position.domain)
        expect(domain.venue).toBe(on.venue.id)
        expectRatio(healthOf(on, position), numberFromWad(position.healthFactor), 1e-9)
      }
    })

    test('L17 liquidation terms make sense', async () => {
      const position = await read(await borrower())
      const { closeFactor, bonus, fullCloseHealth } = on.venue.liquidation(position).liquidation
      expect(0 < closeFactor && closeFactor <= 1).toBe(true)
      expect(closeFactor).toBe(numberFromWad(position.closeFactor))
      expect(0 < bonus && bonus < 1).toBe(true)
      expect(fullCloseHealth === null || (0 < fullCloseHealth && fullCloseHealth < 1)).toBe(true)
    })

    test('L18 a price fall lowers health, a rise lifts it', async () => {
      const account = await borrower()
      const before = await read(account)
      await on.movePrice(on.collateral.asset, 0.9)
      const fallen = await read(account)
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
      expect((await read(account)).healthFactor > fallen.healthFactor).toBe(true)
    })

    test('L19 health below one, and only then, is liquidatable: on both sides of the predicted price', async () => {
      const account = await borrower(0.8)
      expect(await on.liquidatable(account)).toBe(false)
      const position = await read(account)
      const domain = on.venue.liquidation(position)
      const prices = pricesOf(position)
      const strike = domain.liquidationPrice(on.collateral.asset, prices)
      const toStrike = strike! / prices.get(on.collateral.asset)!
      expect(0.3 < toStrike && toStrike < 1).toBe(true)

      await on.movePrice(on.collateral.asset, toStrike * 1.0005)
      const above = await read(account)
      expect([above.healthFactor >= WAD, await on.liquidatable(account)]).toEqual([true, false])

      await on.movePrice(on.collateral.asset, 0.999)
      const below = await read(account)
      expect([below.healthFactor < WAD, await on.liquidatable(account)]).toEqual([true, true])
      const health = on.venue.liquidation(below).health(pricesOf(below))
      expect(health.type === 'solvent' && health.lnHealth < 0).toBe(true)
    })

    test('L20 interest raises debt and lowers health over time', async () => {
      const account = await borrower()
      const before = await read(account)
      await on.mine(30 * DAY)
      const after = await read(account)
      expect(debtOf(after) > debtOf(before)).toBe(true)
      expect(collateralOf(after) >= collateralOf(before)).toBe(true)
      expect(after.healthFactor < before.healthFactor).toBe(true)
      expectRatio(healthOf(on, after), numberFromWad(after.healthFactor), 1e-9)
    })

    test('L21 a read pinned to an old block returns the old state', async () => {
      const account = await borrower()
      const block = await on.latest()
      const then = await read(account, block)
      await on.movePrice(on.collateral.asset, 0.85)
      await mustAct(intent('repay', account, debtOf(then) / 4n), account)
      await on.mine(DAY)
      expect((await read(account)).healthFactor).not.toBe(then.healthFactor)
      expect(await read(account, block)).toEqual(then)
    })

    test('L22 values never look safer than they are: collateral rounds down, debt rounds up', async () => {
      const random = createRandom(22)
      const account = await borrower(0.5)
      for (let step = 0; step < 5; step++) {
        await on.mine(random.int(1, 40 * DAY))
        await on.movePrice(on.collateral.asset, 0.97 + 0.06 * random.next())
        await on.movePrice(on.debt.asset, 0.99 + 0.02 * random.next())
        const position = await read(account)
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
      const owner = await borrower()
      const delegate = await on.account()
      if (!on.venue.capabilities.includes('delegate')) {
        const foreign = await context(owner, delegate)
        const what = intent('supply', owner, 1_000n)
        expect(() => on.venue.encode(what, foreign)).toThrow(InvalidIntentError)
        return
      }
      const before = await read(owner)
      await on.fund(delegate, on.collateral, on.collateralRaw)
      await on.fund(delegate, on.debt, debtOf(before) / 2n)
      await mustAct(intent('supply', owner, on.collateralRaw), owner, delegate)
      await mustAct(intent('repay', owner, debtOf(before) / 2n), owner, delegate)
      const after = await read(owner)
      expectRatio(Number(collateralOf(after)), 2 * Number(collateralOf(before)), DRIFT)
      expectRatio(Number(debtOf(after)), Number(debtOf(before)) / 2, 10 * DRIFT)
      expect(await on.balance(delegate, on.collateral)).toBe(0n)
      expect(collateralOf(await read(delegate))).toBe(0n)
    })

    test('L25 a delegate withdraws to itself once authorized, and not before', async () => {
      if (!on.venue.capabilities.includes('delegate')) {
        expect(on.venue.authorize(`0x${'5'.repeat(40)}`)).toEqual([])
        return
      }
      const owner = await borrower(0.3)
      const delegate = await on.account()
      const some = intent('withdraw', owner, on.collateralRaw / 4n)
      expect((await act(some, owner, delegate)).type).toBe('reverted')
      const held = collateralOf(await read(owner))

      expect(await on.send(on.venue.authorize(delegate), owner)).toEqual({ type: 'settled' })
      await mustAct(some, owner, delegate)
      expect(await on.balance(delegate, on.collateral)).toBe(some.raw)
      expect(await on.balance(owner, on.collateral)).toBe(0n)
      expectRatio(Number(collateralOf(await read(owner))), Number(held - some.raw), DRIFT)
    })

    test('L26 every step of a seeded walk does what its quote says', async () => {
      const random = createRandom(26)
      const account = await borrower(0.4)
      await on.fund(account, on.collateral, on.collateralRaw)
      const start = debtOf(await read(account))
      const steps = { settled: 0, reverted: 0 }
      for (let step = 0; step < 24; step++) {
        const type = random.pick(['supply', 'withdraw', 'borrow', 'repay'] as const)
        const position = await read(account)
        const base = type === 'supply' || type === 'withdraw' ? on.collateralRaw : start
        const purse = await on.balance(account, type === 'supply' ? on.collateral : on.debt)
        const wanted = part(base, 0.05 + 1.2 * random.next())
        const paid = type === 'supply' || type === 'repay'
        const raw = paid && wanted > purse ? purse : wanted
        if (raw === 0n) continue
        const what = intent(type, account, raw)
        const quoted = on.venue.quote(what, position)
        const nearby = [raw - raw / 1_000n, raw + raw / 1_000n].map(
          (other) => on.venue.quote({ ...what, raw: other }, position).feasible,
        )
        if (nearby.some((feasible) => feasible !== quoted.feasible)) continue
        const outcome = await act(what, account)
        expect(outcome.type, `step ${step}: ${type} ${raw}: ${quoted.reason}`).toBe(
          quoted.feasible ? 'settled' : 'reverted',
        )
        steps[outcome.type]++
        if (outcome.type === 'settled') {
          const after = await read(account)
          const shrunk = Number(debtOf(position) + start) / Number(debtOf(after) + 1n)
          if (debtOf(after) > start / 1_000n)
            expectRatio(after.healthFactor, quoted.healthAfter, 10 * DRIFT * shrunk)
        }
        if (random.next() < 0.3)
          await on.movePrice(on.collateral.asset, 0.98 + 0.05 * random.next())
      }
      expect(steps.settled).toBeGreaterThan(5)
      expect(steps.reverted).toBeGreaterThan(0)
    })
  })
}

function legOf<Leg extends { readonly token: Token }>(legs: readonly Leg[], token: Token): Leg {
  const found = legs.find((leg) => leg.token.address.toLowerCase() === token.address.toLowerCase())
  expect(found, `a leg of ${token.symbol}`).toBeDefined()
  return found!
}

/** Prices the venue liquidates on. */
function pricesOf(position: LendingPosition): ReadonlyMap<string, number> {
  const legs: readonly { readonly token: Token; readonly oraclePrice: Price }[] = [
    ...position.collateral,
    ...position.debt,
  ]
  return new Map(legs.map((leg) => [leg.token.asset, numberFromWad(leg.oraclePrice)]))
}

/** Health by the margin domain at the venue's prices. */
function healthOf(on: LendingHarness, position: LendingPosition): number {
  const health = on.venue.liquidation(position).health(pricesOf(position))
  expect(health.type).toBe('solvent')
  return health.type === 'solvent' ? Math.exp(health.lnHealth) : Number.NaN
}

const part = (of: bigint, share: number): bigint =>
  mulDivDown(of, BigInt(Math.round(share * 1e9)), 1_000_000_000n)

/** Largest amount a quote calls feasible, to the unit; feasibility falls with the amount. */
function largestFeasible(limit: bigint, at: (raw: bigint) => MarginQuote): bigint {
  let [low, high] = [0n, limit + 1n]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (at(middle).feasible) low = middle
    else high = middle
  }
  return low
}

function largestBorrow(on: LendingHarness, position: LendingPosition, like: MarginIntent): bigint {
  const most = largestFeasible(10n ** BigInt(like.token.decimals + 12), (raw) =>
    on.venue.quote({ ...like, raw }, position),
  )
  expect(most > 1_000n, `largest borrow ${most}`).toBe(true)
  return most
}

function expectNear(found: bigint, expected: bigint, dust: bigint): void {
  const gap = found > expected ? found - expected : expected - found
  expect(gap <= dust, `${found} is ${gap} from ${expected}, allowed ${dust}`).toBe(true)
}

/** What is owed may have grown by `slack`, and is never less than expected by more than one unit. */
function expectOwed(found: bigint, expected: bigint, slack: bigint): void {
  expect(
    expected - 1n <= found && found <= expected + slack,
    `${found} owed, expected ${expected} to ${expected + slack}`,
  ).toBe(true)
}

function expectRatio(found: number | bigint, expected: number | bigint, tolerance: number): void {
  const off = Math.abs(Number(found) / Number(expected) - 1)
  expect(
    off <= tolerance,
    `${found} against ${expected}: off by ${off}, allowed ${tolerance}`,
  ).toBe(true)
}
