import type { Address, BlockRef, Call, SwapVenue, Token } from '@plimsoll/domain'
import type { SendOutcome } from './LendingHarness.ts'

/**
 * A spot exchange on a chain that a test may move as it likes.
 *
 * Nothing here may go through the adapter under test: the harness is the chain's own word.
 */
export type SwapHarness = {
  readonly venue: SwapVenue
  /** The two tokens of one market; the quote is worth a dollar. */
  readonly base: Token
  readonly quote: Token
  /** A token that the venue has no market for. */
  readonly stranger: Token
  /** Amount of base a case works with; moves the price by less than 1 %. [base decimals] */
  readonly baseRaw: bigint
  /** A new account that holds gas and nothing else. */
  account(): Promise<Address>
  fund(account: Address, token: Token, raw: bigint): Promise<void>
  balance(account: Address, token: Token): Promise<bigint>
  /** Sends calls one after another, each in a block of its own. */
  send(calls: readonly Call[], from: Address): Promise<SendOutcome>
  latest(): Promise<BlockRef>
  /** Lets time pass and makes a block. [s] */
  mine(seconds: number): Promise<void>
  /** Remembers the chain's state; the returned function goes back to it. */
  checkpoint(): Promise<() => Promise<void>>
  close(): Promise<void>
}
