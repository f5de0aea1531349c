import type { AssetId, Frame } from '@plimsoll/domain'

/** What is known of an asset's market beyond the frame: bars tell it, or a feed. */
export type MarketConditions = {
  /** Time it was true. [s] */
  readonly at: bigint
  /** Over all venues. [USD] */
  readonly dailyVolume: number
  /** Volatility of a day in the long run. */
  readonly dailyVolatility: number
  /** Volatility of the last half hour, as that of a day. */
  readonly recentVolatility: number
  /** What others sold and the market has not absorbed: observed liquidations. [USD] */
  readonly othersFlow: number
}

/** Tells the conditions of an asset's market; null where they are not known. */
export type ConditionsSource = (asset: AssetId, frame: Frame) => MarketConditions | null
