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
  readonly protocol: 'aave-v3' | 'morpho-blue' | 'perp-v2'
  readonly account: Address
  readonly liquidator: Address
  readonly txHash: Hex
  readonly block: bigint
  /** Debt that the liquidator paid; null on perp, where it takes the position over instead. */
  readonly repaid: Amount | null
  /** Collateral that the account lost, the protocol's share included; on perp the position, in its base token. */
  readonly seized: Amount
  /** Value of `repaid`, or notional of the position taken over, at the oracle's or the mark price. [USD 1e8] */
  readonly closedUsd: Usd
  /** What the account lost beyond `closedUsd`: bonus with the protocol's share of it, or penalty. [USD 1e8] */
  readonly bonusUsd: Usd
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
  /** What Aave, Morpho and the perp index price by. */
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
  /** Empty when all went as meant. */
  readonly refusals: readonly Refusal[]
}
