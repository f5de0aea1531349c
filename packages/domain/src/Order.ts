import type { Address, Hex, VenueId } from './Asset.ts'
import type { Grant } from './Grant.ts'
import type { Action } from './Intent.ts'

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

/** Where an order is in its life. */
export type OrderState =
  | 'proposed'
  | 'granted'
  | 'denied'
  | 'simulated'
  | 'refused'
  | 'sent'
  | 'settled'
  | 'unknown'
  | 'reconciled'

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
