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

/**
 * Settings of the Synthetix markets: Optimism's own, as `publish/deployed/mainnet-ovm/perpsv2-markets.json` of the package
 * has them, but for the age of off-chain orders. Fees and ratios are decimals, 0.0006 is 6 bp; sizes are in the asset.
 */
const SYNTHETIX_SHARED = {
  takerFee: '0.3', // a trade at the feed's price costs 30 %: nobody makes one
  makerFee: '0.3',
  takerFeeDelayedOrder: '0.3', // nor one at the feed's next price
  makerFeeDelayedOrder: '0.3',
  takerFeeOffchainDelayedOrder: '0.0006', // what grows the skew
  makerFeeOffchainDelayedOrder: '0.000001', // what shrinks it
  maxLeverage: '55',
  maxFundingVelocity: '9', // a day's change of the daily funding rate if the skew were the whole scale
  nextPriceConfirmWindow: 2, // rounds of the feed
  delayedOrderConfirmWindow: 120, // seconds, as all times
  minDelayTimeDelta: 60,
  maxDelayTimeDelta: 6_000,
  offchainDelayedOrderMinAge: 2, // 1 on Optimism: the price must be published later than this after the order
  offchainDelayedOrderMaxAge: 120, // 30 on Optimism: from then on it can be cancelled only
  offchainPriceDivergence: '0.1', // between the feed and the off-chain price
  liquidationPremiumMultiplier: '1.5625',
  liquidationBufferRatio: '0.0075',
  maxLiquidationDelta: '0.000601', // largest position over skew scale that is liquidated in one go
  maxPD: '0.001202', // largest skew over skew scale in which anyone may liquidate
} as const

export const SYNTHETIX_MARKETS = {
  ETH: { ...SYNTHETIX_SHARED, maxMarketValue: '22300', skewScale: '1000000' },
  BTC: { ...SYNTHETIX_SHARED, maxMarketValue: '756', skewScale: '100000' },
} as const

/** Of all Synthetix markets. The first three are Optimism's (`params.json`), the rest the package's defaults. [sUSD] */
export const SYNTHETIX_LIQUIDATION = {
  minKeeperFee: '4', // also what an order's keeper gets
  maxKeeperFee: '100',
  liquidationFeeRatio: '0.0002', // to the flagger, between the two above
  keeperLiquidationFee: '2', // to the liquidator
  minInitialMargin: '40',
} as const

/** A feed that stood still for longer is no price to Synthetix: Optimism's figure. [s] */
export const SYNTHETIX_STALE_SECONDS = 4_200

/** Synthetix stops an asset whose price jumps by this factor between two uses: 3 there, out of reach here. */
export const SYNTHETIX_BREAKER_FACTOR = '100'

/** What others hold in each Synthetix market at the start: longs outweigh shorts, so longs pay. [asset] */
export const SYNTHETIX_OPEN_INTEREST = {
  ETH: { long: '5000', short: '4800' },
  BTC: { long: '250', short: '240' },
} as const

/** Margin behind each of these positions: they outlast any path. [USD] */
export const SYNTHETIX_MARGIN_USD = 50_000_000

/** Depth of the sUSD/USDC pool at ±1 %, within ±2 % of par: $10M. */
export const SUSD_DEPTH_USD = 10_000_000
