import type { AssetId, BlockRef, Price, PriceSource } from '@plimsoll/domain'

/** A source of prices on a chain that a test may move as it likes. */
export type PriceSourceHarness = {
  readonly source: PriceSource
  latest(): Promise<BlockRef>
  /** Publishes a new price of an asset. */
  publish(asset: AssetId, price: Price): Promise<void>
  /** Smallest step the source can express. [USD 1e18] */
  readonly step: bigint
  /** Seconds beyond the heartbeat during which a price still counts as fresh. */
  readonly grace: number
  /** Lets time pass and makes a block. [s] */
  mine(seconds: number): Promise<void>
  /** Remembers the chain's state; the returned function goes back to it. */
  checkpoint(): Promise<() => Promise<void>>
  close(): Promise<void>
}
