import type { Address, AssetId, Hex, Token } from '@plimsoll/domain'

/** One market: a margin domain of each account. */
export type SynthetixMarket = {
  readonly name: string
  readonly asset: AssetId
  /** The proxy that everyone trades on. */
  readonly address: Address
  /** What the settings know it by: `sETHPERP` as bytes32. */
  readonly key: Hex
  /** What the exchange rates know its asset by: `sETH` as bytes32. */
  readonly baseAsset: Hex
}

/** One deployment of Synthetix PerpsV2. */
export type SynthetixPerpsV2Config = {
  readonly chainId: number
  /** What the deployment is known by. */
  readonly addressResolver: Address
  /** `PerpsV2MarketSettings` */
  readonly marketSettings: Address
  /** `Exchanger`: tells what volatile prices add to the fees. */
  readonly exchanger: Address
  /** sUSD, by the proxy that holders know. */
  readonly marginToken: Token
  readonly markets: readonly SynthetixMarket[]
}

/** The period of the funding rate. [s] */
export const FUNDING_PERIOD = 86_400n
