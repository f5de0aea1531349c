// The market at the start: prices and depths, stated once. Every depth is the USD that moves a pool's price by 1 %.
import type { FeedAsset } from '../deployment.ts'

/** USD prices at the start, by feed. */
export type StartPrices = Readonly<Record<FeedAsset, number>>

export const START_PRICES: StartPrices = { ETH: 2000, BTC: 40_000, USDC: 1 }

/** Depth of each Uniswap pool at ±1 %, spread over all prices: $5M. It shrinks with the square root of the price. */
export const UNISWAP_DEPTH_USD = 5_000_000

/** Depth of each perp market at ±1 %: $2M, between a tenth of the start price and ten times it. */
export const PERP_DEPTH_USD = 2_000_000

/** The makers' range in a perp market, as a factor down and up from the start price. */
export const PERP_RANGE = 10

/** Collateral of the perp maker. [USD] */
export const PERP_MAKER_COLLATERAL_USD = 1_000_000_000

/** What Perp's insurance fund holds. [USD] */
export const INSURANCE_FUND_USD = 10_000_000

/** What the maker supplies to Aave of each token, and borrows of it. [USD] */
export const AAVE_LIQUIDITY_USD = {
  WETH: { supply: 400_000_000, borrow: 200_000_000 },
  WBTC: { supply: 400_000_000, borrow: 40_000_000 },
  USDC: { supply: 400_000_000, borrow: 280_000_000 },
} as const

/** What the maker supplies to each Morpho market, borrows from it, and posts for that. [USD] */
export const MORPHO_LIQUIDITY_USD = {
  supply: 100_000_000,
  borrow: 70_000_000,
  collateral: 700_000_000,
} as const

/** What blocks of the world charge: 20 gwei. Between them it falls by an eighth a block, as blocks are near empty. [wei] */
export const WORLD_BASE_FEE = 20_000_000_000n

/** A USD price as a feed answers. [1e8] */
export function answerOf(price: number): bigint {
  return BigInt(Math.round(price * 1e8))
}

/** Raw amount of a token worth some whole USD. Rounds down. */
export function amountWorth(value: number, price: number, decimals: number): bigint {
  return (BigInt(Math.round(value)) * 10n ** BigInt(8 + decimals)) / answerOf(price)
}
