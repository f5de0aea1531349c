import type { Address, BlockRef, Forecast, Frame, Grant, Order } from '@plimsoll/domain'
import type { Assessment } from '@plimsoll/risk'

/** Carries granted actions out on chain, once each, and knows what became of them. */
export type OrderDesk = {
  readonly owner: Address
  /** Journals a proposal and the governor's answer. The order is `granted` or `denied`. */
  open(grant: Grant, block: BlockRef): Order
  /**
   * Carries a granted order out: bounds, calls, simulation, signatures, journal, sending, receipts.
   *
   * Ends `refused` (nothing was signed), `settled` (the chain answered for all that was sent), `committed` (a venue
   * has its trade and someone fills it later) or `unknown`.
   *
   * @throws NonceMismatchError when chain and journal disagree: nothing was signed.
   * @throws PolicyDeniedError when the signing policy refuses.
   */
  execute(p: {
    readonly order: Order
    readonly frame: Frame
    readonly assessment: Assessment
    readonly forecasts: readonly Forecast[]
  }): Promise<Order>
  /**
   * Makes journal and chain agree: looks every open transaction up, rebroadcasts the same bytes where the nonce is
   * still open, and never makes new ones. Returns the orders it moved to `reconciled` or `committed`.
   *
   * @throws SentButUnsureError while the fate of a transaction is open.
   */
  reconcile(block: bigint): Promise<readonly Order[]>
  /**
   * Asks the venues what became of trades that someone fills later, up to a block: `committed` → `executable` →
   * `executed`, `expired` or `cancelled`, told by events alone. Sends nothing. Returns the orders it moved.
   *
   * @throws NonceMismatchError when the chain has lost transactions of ours: a commitment may be among them.
   * @throws VenueReadError when a venue does not answer.
   */
  follow(block: BlockRef): Promise<readonly Order[]>
  /** Start-up: reads the journal, then reconciles. Nothing can be executed before it has succeeded. */
  recover(): Promise<readonly Order[]>
  /** Highest block that holds a transaction of ours: an older frame does not show what we did. */
  settledBlock(): bigint
  /** Last known state of an order; null when the journal has none. */
  find(id: string): Order | null
}
