import type { Address, Amount, Hex, Price, Usd } from '@plimsoll/domain'
import type { FeedAsset, PerpAsset } from '../deployment.ts'

/** A trade that the world made. */
export interface WorldTrade {
  readonly venue: 'uniswap-v3' | 'perp-v2'
  /** What is traded against USDC. */
  readonly asset: PerpAsset
  /** `arbitrage` pulls the pool to the path, `background` is anyone's, `liquidation` sells what a liquidator took. */
  readonly reason: 'arbitrage' | 'background' | 'liquidation'
  readonly side: 'buy' | 'sell'
  /** USDC paid or received. [USD 1e8] */
  readonly value: Usd
  readonly txHash: Hex
}

/** A liquidation by one of the protocols' own calls, as its receipt tells it. */
export interface Liquidation {
  readonly protocol: 'aave-v3' | 'morpho-blue' | 'perp-v2' | 'synthetix-perps-v2'
  readonly account: Address
  readonly liquidator: Address
  readonly txHash: Hex
  readonly block: bigint
  /** Debt that the liquidator paid; null on perps: Perp's liquidator takes the position over, Synthetix' pays nothing. */
  readonly repaid: Amount | null
  /** Collateral that the account lost, the protocol's share included; on perps the position, in its base token or market. */
  readonly seized: Amount
  /** Value of `repaid`, or notional of the position, at the oracle's or the mark price. [USD 1e8] */
  readonly closedUsd: Usd
  /**
   * What the account lost beyond `closedUsd`: bonus with the protocol's share of it, or penalty. On Synthetix both fees
   * and what margin was left; the fees are paid even where there was none. [USD 1e8]
   */
  readonly bonusUsd: Usd
}

/** The first of two steps of a liquidation: from here on the owner can do nothing. */
export interface PositionFlag {
  readonly protocol: 'synthetix-perps-v2'
  readonly asset: PerpAsset
  readonly account: Address
  readonly flagger: Address
  readonly txHash: Hex
  readonly block: bigint
}

/** An order that a keeper executed, of an agent or anyone else. */
export interface OrderExecution {
  readonly protocol: 'synthetix-perps-v2'
  readonly asset: PerpAsset
  readonly account: Address
  readonly keeper: Address
  /** Positive bought. [asset 1e18] */
  readonly sizeDelta: bigint
  readonly fillPrice: Price
  /** The market's. [USD 1e8] */
  readonly fee: Usd
  /** The keeper's, set aside when the order was placed. [USD 1e8] */
  readonly keeperFee: Usd
  readonly txHash: Hex
  readonly block: bigint
}

/** A call that the world wanted to make and the protocol would not have. */
export interface Refusal {
  readonly action: string
  /** In the protocol's own words. */
  readonly reason: string
}

/** What the world looks like after a step, before any agent has its turn. */
export interface WorldFrame {
  /** From 0. */
  readonly index: number
  /** The path's time. [s] */
  readonly at: number
  /** The chain's time. [s] */
  readonly timestamp: bigint
  /** Last block of the step: what an agent should read. */
  readonly block: bigint
  /** What Aave, Morpho, Synthetix and Perp's index price by. */
  readonly oraclePrices: Readonly<Record<FeedAsset, Price>>
  /** What the Uniswap pools trade at, in USD. */
  readonly poolPrices: Readonly<Record<PerpAsset, Price>>
  /** What the perp margin rule prices by. */
  readonly markPrices: Readonly<Record<PerpAsset, Price>>
  /** What the perp pools trade at. */
  readonly perpPrices: Readonly<Record<PerpAsset, Price>>
  /** Sent by the world in this step. */
  readonly transactions: number
  readonly trades: readonly WorldTrade[]
  readonly liquidations: readonly Liquidation[]
  readonly flags: readonly PositionFlag[]
  readonly orders: readonly OrderExecution[]
  /** Empty when all went as meant. */
  readonly refusals: readonly Refusal[]
}
