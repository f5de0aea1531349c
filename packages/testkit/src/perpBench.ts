import {
  type Address,
  type BlockRef,
  type CallContext,
  type CancelIntent,
  type Health,
  numberFromWad,
  type PendingTrade,
  type PerpIntent,
  type PerpLeg,
  type PerpPosition,
  type Prices,
  RevertedError,
  type SupplyIntent,
  type Token,
  type TradeIntent,
  type TradeQuote,
  type TradeSettlement,
  type WithdrawIntent,
} from '@plimsoll/domain'
import { expect } from 'vitest'
import type { SendOutcome } from './LendingHarness.ts'
import type { PerpHarness, PerpHarnessKeeper } from './PerpHarness.ts'

const HOUR = 3_600n

/** A harness, and what the numbered cases do on it through the venue. */
export type PerpBench = ReturnType<typeof createPerpBench>

/** Creates it. Its market is the harness's first unless a case says otherwise. */
export function createPerpBench(on: PerpHarness) {
  const market = on.markets[0]

  const read = async (account: Address, of = market, block?: BlockRef): Promise<PerpPosition> => {
    const positions = await on.venue.read(account, block ?? (await on.latest()))
    const domain = on.domainOf(account, of.name)
    const found = positions.find((each) => each.domain === domain)
    expect(found, `${domain} in ${positions.map((each) => each.domain)}`).toBeDefined()
    return found!
  }

  const legOf = (position: PerpPosition, of = market): PerpLeg => {
    const found = position.legs.find((leg) => leg.market === of.name)
    expect(found, `a leg in ${of.name}`).toBeDefined()
    return found!
  }

  const margin = (
    type: 'supply' | 'withdraw',
    account: Address,
    raw: bigint,
    of = market,
  ): SupplyIntent | WithdrawIntent => ({
    type,
    venue: on.venue.id,
    domain: on.domainOf(account, of.name),
    token: on.marginToken,
    raw,
  })

  const wish = (
    account: Address,
    size: bigint,
    { of = market, reduceOnly = false } = {},
  ): Omit<TradeIntent, 'limit'> => ({
    type: 'trade',
    venue: on.venue.id,
    domain: on.domainOf(account, of.name),
    market: of.name,
    asset: of.asset,
    size,
    reduceOnly,
  })

  const context = async (owner: Address, sender = owner): Promise<CallContext> => ({
    owner,
    sender,
    deadline: (await on.latest()).timestamp + HOUR,
  })

  const quote = async (what: Omit<TradeIntent, 'limit'>, account: Address): Promise<TradeQuote> =>
    on.venue.quote(what, await on.latest(), account)

  const act = async (what: PerpIntent, owner: Address, sender = owner): Promise<SendOutcome> =>
    on.send(on.venue.encode(what, await context(owner, sender)), sender)

  const mustAct = async (what: PerpIntent, owner: Address, sender = owner): Promise<void> =>
    expect(await act(what, owner, sender), what.type).toEqual({ type: 'settled' })

  /** The chain refuses and the venue names the reason. */
  const mustRevert = async (what: PerpIntent, owner: Address): Promise<RevertedError> => {
    const outcome = await act(what, owner)
    expect(outcome.type, what.type).toBe('reverted')
    const error = outcome.type === 'reverted' ? on.venue.decodeRevert(outcome.data) : null
    expect(error).toBeInstanceOf(RevertedError)
    expect(error?.reason).toMatch(/[a-z]{3}/i)
    return error!
  }

  /** An account with margin and no position. */
  const saver = async (raw: bigint, of = market): Promise<Address> => {
    const account = await on.account()
    await on.fund(account, raw)
    await mustAct(margin('supply', account, raw, of), account)
    return account
  }

  const trade = async (account: Address, size: bigint, of = market): Promise<TradeQuote> => {
    const what = wish(account, size, { of })
    const quoted = await quote(what, account)
    await mustAct({ ...what, limit: limitOf(quoted, size) }, account)
    return quoted
  }

  /** An account that holds `size` on margin of its notional over `leverage`. */
  const holder = async (
    size: bigint,
    { leverage = on.leverage, of = market } = {},
  ): Promise<Address> => {
    const probe = await on.account()
    const { notional } = await quote(wish(probe, size, { of }), probe)
    const account = await saver(rawOf(on.marginToken, notional, leverage), of)
    await trade(account, size, of)
    return account
  }

  const cancel = (account: Address, of = market): CancelIntent => ({
    type: 'cancel',
    venue: on.venue.id,
    domain: on.domainOf(account, of.name),
    market: of.name,
  })

  const pendingOf = async (account: Address, of = market): Promise<PendingTrade> => {
    const { pending } = await read(account, of)
    expect(pending, `a pending trade in ${of.name}`).not.toBeNull()
    return pending!
  }

  /** Commits a trade that nobody fills. */
  const commit = async (account: Address, size: bigint, of = market): Promise<TradeQuote> => {
    const what = wish(account, size, { of })
    const quoted = await quote(what, account)
    keeper().work(false)
    await mustAct({ ...what, limit: limitOf(quoted, size) }, account)
    return quoted
  }

  const keeper = (): PerpHarnessKeeper => {
    expect(on.keeper, 'a keeper in the harness of a venue that fills later').toBeDefined()
    return on.keeper!
  }

  /** The chain lets nobody fill it, and the venue names the reason. */
  const mustNotFill = async (account: Address, of = market): Promise<RevertedError> => {
    const outcome = await keeper().fill(account, of.name)
    expect(outcome.type).toBe('reverted')
    const error = outcome.type === 'reverted' ? on.venue.decodeRevert(outcome.data) : null
    expect(error).toBeInstanceOf(RevertedError)
    return error!
  }

  /** Lets time pass until a pending trade can only be withdrawn. */
  const expire = async ({ expiresAt }: PendingTrade): Promise<void> =>
    on.mine(Number(expiresAt - (await on.latest()).timestamp) + 2)

  /** What became of an account's trades since a block. */
  const settledSince = async (
    account: Address,
    { number }: BlockRef,
  ): Promise<readonly TradeSettlement[]> =>
    on.venue.settlements({ account, from: number + 1n, to: (await on.latest()).number })

  const healthOf = (position: PerpPosition): number =>
    lnHealthOf(on.venue.liquidation(position).health(marksOf(position)))

  return {
    ...on,
    market,
    read,
    legOf,
    margin,
    wish,
    context,
    quote,
    act,
    mustAct,
    mustRevert,
    saver,
    trade,
    holder,
    cancel,
    commit,
    pendingOf,
    fill: (account: Address, of = market): Promise<SendOutcome> => keeper().fill(account, of.name),
    mustNotFill,
    expire,
    settledSince,
    healthOf,
  }
}

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

export const unitOf = (token: Token): bigint => 10n ** BigInt(18 - token.decimals)
export const e18Of = (token: Token, raw: bigint): bigint => raw * unitOf(token)

/** Margin for a notional at a leverage. */
export const rawOf = (token: Token, notional: bigint, leverage: number): bigint =>
  (notional * 1_000n) / BigInt(Math.round(leverage * 1_000)) / unitOf(token)

/** Worst total of a trade a quote allows: half a percent and the fee away. */
function limitOf({ notional, fee }: TradeQuote, size: bigint): bigint {
  const worse = fee + notional / 200n
  return size > 0n ? notional + worse : notional - worse
}

/** Margin and what positions brought or cost so far. [USD 1e18] */
export const cashOf = ({ margin, marginToken, legs }: PerpPosition): bigint =>
  legs.reduce((sum, leg) => sum + leg.openNotional, e18Of(marginToken, margin))

export const marksOf = (position: PerpPosition): Prices =>
  new Map(position.legs.map((leg) => [leg.asset, numberFromWad(leg.markPrice)]))

export function lnHealthOf(health: Health): number {
  expect(health.type).toBe('solvent')
  return health.type === 'solvent' ? health.lnHealth : Number.NaN
}

/** Within a share of the larger of the two, or of one where that is smaller. */
export function expectNear(found: number, expected: number, tolerance: number): void {
  const scale = expected === 0 ? 1 : Math.abs(expected)
  expect(
    Math.abs(found - expected) <= tolerance * scale,
    `${found} is within ${tolerance} of ${expected}`,
  ).toBe(true)
}
