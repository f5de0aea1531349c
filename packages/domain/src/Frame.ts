import type { Address, AssetId, Hex, Token, VenueId } from './Asset.ts'
import type { Prices } from './Linear.ts'
import type { Portfolio } from './Portfolio.ts'
import type { LendingPosition, PerpPosition } from './Position.ts'
import type { Price, Usd, Wad } from './units.ts'

/** The block a read is pinned to. */
export type BlockRef = {
  readonly number: bigint
  readonly hash: Hex
  /** [s] */
  readonly timestamp: bigint
  /** Price of gas a transaction would pay now. [wei] */
  readonly gasPrice: bigint
}

/** A price as its source states it. */
export type PriceReading = {
  readonly source: string
  readonly asset: AssetId
  readonly price: Price
  /** [s] */
  readonly updatedAt: bigint
  /** Longest silence the source promises. [s] */
  readonly heartbeat: bigint
}

/** What the market of one token pair can bear. */
export type DepthReading = {
  readonly venue: VenueId
  readonly asset: AssetId
  readonly base: Token
  readonly quote: Token
  /** Marginal price of the base in the quote now. [quote per base, 1e18] */
  readonly spot: Price
  /** Fee of a trade as a share. */
  readonly fee: number
  /** Value that moves the price by 1 % downwards. [USD 1e8] */
  readonly depthDown: Usd
  /** Value that moves the price by 1 % upwards. [USD 1e8] */
  readonly depthUp: Usd
  /** Value traded over the last five minutes. [USD 1e8] */
  readonly volume5m: Usd
}

/** What one market of a perpetual-futures venue is like, whether or not the owner trades in it. */
export type PerpMarketReading = {
  readonly venue: VenueId
  readonly market: string
  readonly asset: AssetId
  /** Price the venue's margin rule uses. [USD 1e18] */
  readonly markPrice: Price
  /** Maintenance margin as a share of notional. [WAD] */
  readonly maintenanceMarginRatio: Wad
  /** Funding rate per {@link fundingInterval}; positive: longs pay shorts. [WAD] */
  readonly fundingRate: Wad
  /** [s] */
  readonly fundingInterval: bigint
  /** Price a small trade would fill at now, before fees. [USD 1e18] */
  readonly fillPrice: Price
  /** Fee of buying and of selling a little now, as shares. */
  readonly buyFee: number
  readonly sellFee: number
  /** What a trade costs whatever its size: a keeper's fee. [USD 1e8] */
  readonly fixedFee: Usd
  /** Value that moves the fill price by 1 % downwards and upwards. [USD 1e8] */
  readonly depthDown: Usd
  readonly depthUp: Usd
}

/**
 * Everything seen at one block. Immutable, complete or refused: a frame that lacks a part is never made.
 */
export type Frame = {
  readonly block: BlockRef
  readonly owner: Address
  readonly lending: readonly LendingPosition[]
  readonly perps: readonly PerpPosition[]
  readonly portfolio: Portfolio
  /** What venues liquidate on. [USD] */
  readonly oraclePrices: Prices
  /** What a trade would get. [USD] */
  readonly marketPrices: Prices
  readonly prices: readonly PriceReading[]
  readonly depth: readonly DepthReading[]
  readonly perpMarkets: readonly PerpMarketReading[]
}
