import type { Address, DomainId, Hex, VenueId } from './Asset.ts'
import type { Grant } from './Grant.ts'
import type { Action } from './Intent.ts'
import type { Price } from './units.ts'

/** A call to a contract, not yet a transaction. */
export type Call = {
  readonly to: Address
  readonly data: Hex
  /** [wei] */
  readonly value: bigint
  readonly venue: VenueId
  /** What a person reads: `repay 1200.5 USDC`. */
  readonly label: string
}

/** A signed transaction: its bytes are final, its hash is known before it is sent. */
export type SignedTransaction = {
  readonly hash: Hex
  readonly raw: Hex
  readonly nonce: number
  readonly call: Call
}

/** What the chain says of a transaction. */
export type Receipt = {
  readonly hash: Hex
  readonly status: 'success' | 'reverted'
  readonly block: bigint
  readonly gasUsed: bigint
  /** [wei] */
  readonly gasPrice: bigint
}

/**
 * Where an order is in its life.
 *
 * An order whose trade is filled by someone else later goes from `committed` (the venue has it) by `executable` (it
 * may be filled) to `executed`, `expired` or `cancelled`: these are told by the venue's events, never by a receipt alone.
 */
export type OrderState =
  | 'proposed'
  | 'granted'
  | 'denied'
  | 'simulated'
  | 'refused'
  | 'sent'
  | 'settled'
  | 'committed'
  | 'executable'
  | 'executed'
  | 'expired'
  | 'cancelled'
  | 'unknown'
  | 'reconciled'

/** What became of a trade that was filled later, or was not, as the venue's events tell it. */
export type TradeSettlement = {
  readonly outcome: 'executed' | 'expired' | 'cancelled'
  readonly domain: DomainId
  readonly market: string
  /** Signed change of size that was filled; 0 unless executed. [base 1e18] */
  readonly size: bigint
  /** Price it was filled at; null unless executed. [USD 1e18] */
  readonly fillPrice: Price | null
  /** Fees taken from margin, the keeper's included. [USD 1e18] */
  readonly fee: bigint
  readonly hash: Hex
  readonly block: bigint
}

/** The life of one action from proposal to reconciliation. */
export type Order = {
  readonly id: string
  readonly action: Action
  readonly state: OrderState
  readonly grant: Grant | null
  readonly transactions: readonly SignedTransaction[]
  readonly receipts: readonly Receipt[]
  /** Why it was denied, refused or unknown; null otherwise. */
  readonly reason: string | null
}
