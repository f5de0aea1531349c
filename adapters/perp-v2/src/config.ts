import type { Address, AssetId, Token } from '@plimsoll/domain'

/** One market of the clearing house. */
export type PerpV2Market = {
  readonly name: string
  readonly asset: AssetId
  readonly baseToken: Address
  /** Uniswap v3 pool of the virtual tokens that the market trades on. */
  readonly pool: Address
}

/** One deployment of Perpetual Protocol v2. */
export type PerpV2Config = {
  readonly chainId: number
  readonly clearingHouse: Address
  readonly clearingHouseConfig: Address
  readonly vault: Address
  readonly accountBalance: Address
  readonly exchange: Address
  /** The vault's settlement token. */
  readonly marginToken: Token
  readonly markets: readonly PerpV2Market[]
}

/** Window of the spot leg of the mark price, fixed in the contract. [s] */
export const MARK_SPOT_INTERVAL = 15
/** The period that a premium is paid over. [s] */
export const FUNDING_PERIOD = 86_400n
/** Position sizes below this count as none. [base 1e18] */
export const DUST = 10n
/** A position worth no more is liquidated whole. [USD 1e18] */
export const MIN_PARTIAL_VALUE = 100n * 10n ** 18n
/** Scale of the protocol's ratios. */
export const RATIO = 1_000_000n
