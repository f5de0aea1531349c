import type {
  Address,
  AssetId,
  BlockRef,
  Call,
  DomainId,
  Hex,
  LendingVenue,
  Price,
  Token,
} from '@plimsoll/domain'

/** What became of calls sent one after another. */
export type SendOutcome =
  | { readonly type: 'settled' }
  /** The first call that the chain refused, and its revert data; nothing after it was sent. */
  | { readonly type: 'reverted'; readonly index: number; readonly data: Hex }

/**
 * A lending venue on a chain that a test may move as it likes.
 *
 * Nothing here may go through the adapter under test: the harness is the chain's own word.
 */
export type LendingHarness = {
  readonly venue: LendingVenue
  /** Token that is accepted as collateral, and a token of another asset that can be borrowed against it. */
  readonly collateral: Token
  readonly debt: Token
  /** Amount of collateral a case works with. [collateral decimals] */
  readonly collateralRaw: bigint
  /** Units by which the venue's own rounding may change a stored amount. [raw] */
  readonly dust: bigint
  /** The margin domain of an account that holds {@link collateral} against {@link debt}. */
  domainOf(account: Address): DomainId
  /** A new account that holds gas and nothing else. */
  account(): Promise<Address>
  fund(account: Address, token: Token, raw: bigint): Promise<void>
  balance(account: Address, token: Token): Promise<bigint>
  /** Sends calls one after another, each in a block of its own. */
  send(calls: readonly Call[], from: Address): Promise<SendOutcome>
  latest(): Promise<BlockRef>
  /** Price of an asset that the venue liquidates on. */
  price(asset: AssetId): Promise<Price>
  /** Multiplies it. */
  movePrice(asset: AssetId, factor: number): Promise<void>
  /** Lets time pass and makes a block. [s] */
  mine(seconds: number): Promise<void>
  /** Whether the chain would let someone liquidate the account now. */
  liquidatable(account: Address): Promise<boolean>
  /** Remembers the chain's state; the returned function goes back to it. */
  checkpoint(): Promise<() => Promise<void>>
  close(): Promise<void>
}
