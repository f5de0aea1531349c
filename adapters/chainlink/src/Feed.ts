import type { Address, AssetId } from '@plimsoll/domain'

/** One aggregator: the USD price of an asset. */
export type Feed = {
  readonly asset: AssetId
  readonly address: Address
  /** Longest silence the feed promises. [s] */
  readonly heartbeat: bigint
}
