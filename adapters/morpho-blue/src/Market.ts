import type { Address, Hex, Price, Token } from '@plimsoll/domain'
import { encodeAbiParameters, keccak256 } from 'viem'

/** What a Morpho Blue market is: five values that never change. */
export type MarketParams = {
  readonly loanToken: Address
  readonly collateralToken: Address
  readonly oracle: Address
  readonly irm: Address
  /** `ltv` where liquidation starts. [WAD] */
  readonly lltv: bigint
}

/** Where the USD price of a loan token comes from: Morpho's oracles only relate the two tokens of a market. */
export type LoanPrice =
  /** A feed with Chainlink's aggregator interface, read at the same block. */
  | { readonly type: 'feed'; readonly feed: Address }
  /** A stated price: 1 USD for a loan token that is held to be a dollar. [USD 1e18] */
  | { readonly type: 'fixed'; readonly price: Price }

/** A market as the adapter is told of it. */
export type Market = {
  readonly params: MarketParams
  readonly loanToken: Token
  readonly collateralToken: Token
  readonly loanPrice: LoanPrice
}

/** Identity of a market: the hash of its five values, as the contract keys it. */
export function marketId(params: MarketParams): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'address' },
        { type: 'address' },
        { type: 'address' },
        { type: 'address' },
        { type: 'uint256' },
      ],
      [params.loanToken, params.collateralToken, params.oracle, params.irm, params.lltv],
    ),
  )
}
