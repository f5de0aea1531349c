import {
  type Address,
  type BlockRef,
  type CallContext,
  type LendingPosition,
  type MarginIntent,
  type MarginQuote,
  mulDivDown,
  numberFromWad,
  type Price,
  type RevertedError,
  type Token,
} from '@plimsoll/domain'
import { expect } from 'vitest'
import type { LendingHarness, SendOutcome } from './LendingHarness.ts'

const HOUR = 3_600n

/** A harness, and what the numbered cases do on it through the venue. */
export type LendingBench = ReturnType<typeof createLendingBench>

/** Creates it. */
export function createLendingBench(on: LendingHarness) {
  const read = async (account: Address, block?: BlockRef): Promise<LendingPosition> => {
    const positions = await on.venue.read(account, block ?? (await on.latest()))
    const domain = on.domainOf(account)
    const found = positions.find((each) => each.domain === domain)
    expect(found, `${domain} in ${positions.map((each) => each.domain)}`).toBeDefined()
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

  const nameOf = (what: MarginIntent): string => `${what.type} ${what.raw} ${what.token.symbol}`

  const mustAct = async (what: MarginIntent, owner: Address, sender = owner): Promise<void> =>
    expect(await act(what, owner, sender), nameOf(what)).toEqual({ type: 'settled' })

  /** The chain refuses; what the venue makes of its words. */
  const mustRevert = async (what: MarginIntent, owner: Address): Promise<RevertedError | null> => {
    const outcome = await act(what, owner)
    expect(outcome.type, nameOf(what)).toBe('reverted')
    return outcome.type === 'reverted' ? on.venue.decodeRevert(outcome.data) : null
  }

  const largestBorrow = (position: LendingPosition): bigint => {
    const like = intent('borrow', position.account, 1n)
    const most = largestFeasible(10n ** BigInt(on.debt.decimals + 12), (raw) =>
      on.venue.quote({ ...like, raw }, position),
    )
    expect(most > 1_000n, `largest borrow ${most}`).toBe(true)
    return most
  }

  /** An account with all its collateral supplied. */
  const saver = async (): Promise<Address> => {
    const account = await on.account()
    await on.fund(account, on.collateral, on.collateralRaw)
    await mustAct(intent('supply', account, on.collateralRaw), account)
    return account
  }

  return {
    ...on,
    read,
    intent,
    context,
    act,
    mustAct,
    mustRevert,
    largestBorrow,
    saver,

    quote: async (what: MarginIntent, account: Address): Promise<MarginQuote> =>
      on.venue.quote(what, await read(account)),

    /** An account that has borrowed a share of the most it may. */
    async borrower(share = 0.6): Promise<Address> {
      const account = await saver()
      const most = largestBorrow(await read(account))
      await mustAct(intent('borrow', account, part(most, share)), account)
      return account
    },

    collateralOf: (position: LendingPosition): bigint =>
      legOf(position.collateral, on.collateral).raw,

    debtOf: (position: LendingPosition): bigint => legOf(position.debt, on.debt).raw,

    /** Health by the margin domain at the venue's prices. */
    healthOf(position: LendingPosition): number {
      const health = on.venue.liquidation(position).health(pricesOf(position))
      expect(health.type).toBe('solvent')
      return health.type === 'solvent' ? Math.exp(health.lnHealth) : Number.NaN
    },
  }
}

/** The leg of a token, which every position has. */
export function legOf<Leg extends { readonly token: Token }>(
  legs: readonly Leg[],
  token: Token,
): Leg {
  const found = legs.find((leg) => leg.token.address.toLowerCase() === token.address.toLowerCase())
  expect(found, `a leg of ${token.symbol}`).toBeDefined()
  return found!
}

/** Prices the venue liquidates on. */
export function pricesOf(position: LendingPosition): ReadonlyMap<string, number> {
  const legs: readonly { readonly token: Token; readonly oraclePrice: Price }[] = [
    ...position.collateral,
    ...position.debt,
  ]
  return new Map(legs.map((leg) => [leg.token.asset, numberFromWad(leg.oraclePrice)]))
}

/** A share of an amount, rounded down. */
export const part = (of: bigint, share: number): bigint =>
  mulDivDown(of, BigInt(Math.round(share * 1e9)), 1_000_000_000n)

/** Largest amount a quote calls feasible, to the unit; feasibility falls with the amount. */
export function largestFeasible(limit: bigint, at: (raw: bigint) => MarginQuote): bigint {
  let [low, high] = [0n, limit + 1n]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (at(middle).feasible) low = middle
    else high = middle
  }
  return low
}

/** What is owed may have grown by `slack`, and is never less than expected by more than one unit. */
export function expectOwed(found: bigint, expected: bigint, slack: bigint): void {
  expect(
    expected - 1n <= found && found <= expected + slack,
    `${found} owed, expected ${expected} to ${expected + slack}`,
  ).toBe(true)
}

/** Two figures whose ratio is one within a tolerance. */
export function expectRatio(
  found: number | bigint,
  expected: number | bigint,
  tolerance: number,
): void {
  const off = Math.abs(Number(found) / Number(expected) - 1)
  expect(
    off <= tolerance,
    `${found} against ${expected}: off by ${off}, allowed ${tolerance}`,
  ).toBe(true)
}
