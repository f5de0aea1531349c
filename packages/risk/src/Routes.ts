import type { Address, AssetId, DomainId, Token, VenueId } from '@plimsoll/domain'

/** A venue that swaps two tokens into each other. */
export type SwapRoute = {
  readonly venue: VenueId
  readonly tokens: readonly [Token, Token]
  /** True where both stand for the same currency: transfers between domains may go this way. */
  readonly stable?: boolean
}

/** A perp market that a hedge may use. */
export type PerpRoute = {
  readonly venue: VenueId
  readonly domain: DomainId
  readonly market: string
  readonly asset: AssetId
}

/** What can be done from here: the engine plans nothing that is not listed. */
export type Routes = {
  /** Where tokens can be exchanged, either way round. */
  readonly swaps: readonly SwapRoute[]
  /** Tokens that can be borrowed for one transaction, and the fee as a share; null when there is no lender. */
  readonly flashLoan: { readonly tokens: readonly Address[]; readonly fee: number } | null
  /** Spot tokens the engine may spend; the rest of the owner's wallet is not its business. */
  readonly reserve: readonly Address[]
  /** Domains that may give to others, through a stable swap where their tokens differ. */
  readonly transfers: readonly { readonly from: DomainId; readonly to: DomainId }[]
  /** Perp markets that a hedge may use: the cheaper one is chosen by what the frame reads of it. */
  readonly perps: readonly PerpRoute[]
  /** Perp venues that fill trades later, at a price of then; none unless given. */
  readonly delayed?: readonly VenueId[]
}
