import type { Address, AssetId, BlockRef, Call, DomainId, PerpVenue, Token } from '@plimsoll/domain'
import type { SendOutcome } from './LendingHarness.ts'

/** A market a case works with. */
export type PerpHarnessMarket = {
  readonly name: string
  readonly asset: AssetId
  /** A size of some thousand USD, far below what the market can take. [base 1e18] */
  readonly size: bigint
}

/** Whoever fills the trades of a venue that fills them later. */
export type PerpHarnessKeeper = {
  /** Whether {@link PerpHarness.send} lets trades fill; it does unless told otherwise, and again after a checkpoint. */
  work(on: boolean): void
  /** Fills an account's trade at the prices of now, once it can be; tells what the chain said to that. */
  fill(account: Address, market: string): Promise<SendOutcome>
}

/**
 * A perp venue on a chain that a test may move as it likes.
 *
 * Nothing here may go through the adapter under test: the harness is the chain's own word.
 */
export type PerpHarness = {
  readonly venue: PerpVenue
  /** At least two, of different assets. */
  readonly markets: readonly [PerpHarnessMarket, PerpHarnessMarket, ...PerpHarnessMarket[]]
  /** Token of margin, worth one USD. */
  readonly marginToken: Token
  /** Leverage that a position may be opened with, above 1, well inside the initial margin. */
  readonly leverage: number
  /** The margin domain of an account's position in a market: one for all of them, or one for each. */
  domainOf(account: Address, market: string): DomainId
  /** A new account that holds gas and nothing else. */
  account(): Promise<Address>
  fund(account: Address, raw: bigint): Promise<void>
  balance(account: Address): Promise<bigint>
  /** Sends calls one after another, each in a block of its own, and lets delayed trades fill. */
  send(calls: readonly Call[], from: Address): Promise<SendOutcome>
  /** Only where trades are filled later. */
  readonly keeper?: PerpHarnessKeeper
  latest(): Promise<BlockRef>
  /** Multiplies the price of an asset, until the margin rule has taken it up to a few thousandths; no premium is left. */
  movePrice(asset: AssetId, factor: number): Promise<void>
  /** Lets others crowd one side of a market, so that it pays funding. */
  crowd(asset: AssetId, side: 'long' | 'short'): Promise<void>
  /** Lets time pass and makes a block. [s] */
  mine(seconds: number): Promise<void>
  /** Whether the chain would let someone liquidate the account's position in a market now. */
  liquidatable(account: Address, market: string): Promise<boolean>
  /** Remembers the chain's state; the returned function goes back to it. */
  checkpoint(): Promise<() => Promise<void>>
  close(): Promise<void>
}
