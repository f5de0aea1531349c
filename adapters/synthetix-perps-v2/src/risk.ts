import { FUNDING_PERIOD } from './config.ts'

/**
 * The protocol's own arithmetic, in its own order of operations, to the last unit.
 *
 * Everything has 18 decimals. `multiplyDecimal` and `divideDecimal` cut toward zero, signed or not.
 *
 * @see `synthetix` 2.102.1, `PerpsV2MarketBase`, `PerpsV2MarketViews`
 */

const ONE = 10n ** 18n
/** What the contract keeps back against rounding: a tenth of a cent, a thousandth of leverage. */
const MILLI = ONE / 1_000n

const mul = (x: bigint, y: bigint): bigint => (x * y) / ONE
const div = (x: bigint, y: bigint): bigint => (x * ONE) / y
const abs = (value: bigint): bigint => (value < 0n ? -value : value)
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
/** Whether two sizes do not oppose each other; zero opposes nothing. */
const sameSide = (a: bigint, b: bigint): boolean => a === 0n || b === 0n || a > 0n === b > 0n

/** The settings of a market that its arithmetic depends on, with those that all markets share. */
export type Parameters = {
  /** Fees of off-chain delayed orders that grow and that shrink the skew. [1e18] */
  readonly takerFee: bigint
  readonly makerFee: bigint
  readonly maxLeverage: bigint
  /** Largest open interest of one side. [base 1e18] */
  readonly maxMarketValue: bigint
  /** Change of the daily funding rate in a day if the skew were the whole scale. [1e18] */
  readonly maxFundingVelocity: bigint
  /** [base 1e18] */
  readonly skewScale: bigint
  readonly liquidationPremiumMultiplier: bigint
  readonly liquidationBufferRatio: bigint
  /** Bounds of the flagger's fee; the lower is also what an order's keeper gets. [USD 1e18] */
  readonly minKeeperFee: bigint
  readonly maxKeeperFee: bigint
  readonly liquidationFeeRatio: bigint
  /** The liquidator's fee. [USD 1e18] */
  readonly keeperLiquidationFee: bigint
  /** [USD 1e18] */
  readonly minInitialMargin: bigint
}

/** A position as stored. */
export type Holding = {
  /** [USD 1e18] */
  readonly margin: bigint
  /** Price of its last change. [USD 1e18] */
  readonly lastPrice: bigint
  /** Signed. [base 1e18] */
  readonly size: bigint
}

/** What a market's funding is reckoned from. */
export type FundingInputs = {
  /** Longs minus shorts. [base 1e18] */
  readonly skew: bigint
  /** Rate when it was last recomputed. [1e18 per day] */
  readonly rateLastRecomputed: bigint
  /** Since then. [s] */
  readonly elapsed: bigint
}

/** [USD 1e18] @see `_notionalValue`, without its sign */
export const notional = (size: bigint, price: bigint): bigint => abs(mul(size, price))

/** [USD 1e18] @see `_profitLoss` */
export const profitLoss = ({ size, lastPrice }: Holding, price: bigint): bigint =>
  mul(size, price - lastPrice)

/** Change of the daily funding rate in a day. [1e18] @see `_currentFundingVelocity` */
export function fundingVelocity(skew: bigint, p: Parameters): bigint {
  const proportionalSkew = max(-ONE, min(ONE, div(skew, p.skewScale)))
  return mul(proportionalSkew, p.maxFundingVelocity)
}

/** Positive: longs pay. [1e18 per day] @see `_currentFundingRate` */
export const fundingRate = (f: FundingInputs, p: Parameters): bigint =>
  f.rateLastRecomputed + mul(fundingVelocity(f.skew, p), div(f.elapsed, FUNDING_PERIOD))

/** Funding of one unit of base since it was last recomputed; negative: longs paid. [USD 1e18] @see `_unrecordedFunding` */
export function unrecordedFunding(f: FundingInputs, price: bigint, p: Parameters): bigint {
  const average = -div(f.rateLastRecomputed + fundingRate(f, p), 2n * ONE)
  return mul(mul(average, div(f.elapsed, FUNDING_PERIOD)), price)
}

/** Funding of a position; negative is owed by it. [USD 1e18] @see `_accruedFunding` */
export const accruedFunding = (size: bigint, perUnit: bigint): bigint => mul(size, perUnit)

/** Margin with profit and funding: below zero where all is lost and more. [USD 1e18] @see `_marginPlusProfitFunding` */
export const equity = (holding: Holding, price: bigint, funding: bigint): bigint =>
  holding.margin + profitLoss(holding, price) + funding

/** [USD 1e18] @see `_remainingMargin` */
export const remainingMargin = (holding: Holding, price: bigint, funding: bigint): bigint =>
  max(0n, equity(holding, price, funding))

/** What initial margin and leverage let go. [USD 1e18] @see `_accessibleMargin` */
export function accessibleMargin(
  holding: Holding,
  price: bigint,
  funding: bigint,
  p: Parameters,
): bigint {
  const byLeverage = abs(div(mul(holding.size, price), p.maxLeverage - MILLI))
  const inaccessible = byLeverage === 0n ? 0n : max(byLeverage, p.minInitialMargin) + MILLI
  return max(0n, remainingMargin(holding, price, funding) - inaccessible)
}

/** The flagger's fee: a share of the notional within bounds. [USD 1e18] @see `_liquidationFee` */
export function liquidationFee(size: bigint, price: bigint, p: Parameters): bigint {
  const proportional = mul(mul(abs(size), price), p.liquidationFeeRatio)
  return max(min(proportional, p.maxKeeperFee), p.minKeeperFee)
}

/** Buffer and both fees. [USD 1e18] @see `_liquidationMargin` */
const liquidationMargin = (size: bigint, price: bigint, p: Parameters): bigint =>
  mul(mul(abs(size), price), p.liquidationBufferRatio) +
  liquidationFee(size, price, p) +
  p.keeperLiquidationFee

/** What closing the position costs by its own size. [USD 1e18] @see `_liquidationPremium` */
const liquidationPremium = (size: bigint, price: bigint, p: Parameters): bigint =>
  mul(mul(div(abs(size), p.skewScale), notional(size, price)), p.liquidationPremiumMultiplier)

/** Equity at or below this can be liquidated. [USD 1e18] @see `_canLiquidate` */
export const liquidationThreshold = (size: bigint, price: bigint, p: Parameters): bigint =>
  size === 0n ? 0n : liquidationMargin(size, price, p) + liquidationPremium(size, price, p)

/**
 * Price at which it could be liquidated if margins stayed what they are at the present one. [USD 1e18]
 *
 * @param fundingPerUnit - Of one unit of base since the position's last change. [USD 1e18]
 * @see `_approxLiquidationPrice`
 */
export function liquidationPrice(
  holding: Holding,
  price: bigint,
  fundingPerUnit: bigint,
  p: Parameters,
): bigint {
  const { size, margin, lastPrice } = holding
  if (size === 0n) return 0n
  const spare = margin - liquidationPremium(size, price, p)
  const distance = div(liquidationMargin(size, price, p) - spare, size)
  return max(0n, lastPrice + distance - fundingPerUnit)
}

/** Average price of a trade: half way between the premiums before and after it. [USD 1e18] @see `_fillPrice` */
export function fillPrice(
  size: bigint,
  market: { readonly price: bigint; readonly skew: bigint },
  { skewScale }: Pick<Parameters, 'skewScale'>,
): bigint {
  const { price, skew } = market
  const before = price + mul(price, div(skew, skewScale))
  const after = price + mul(price, div(skew + size, skewScale))
  return div(before + after, 2n * ONE)
}

/** What a trade does to the skew decides its fee: the taker's grows it, the maker's shrinks it. [USD 1e18] @see `_orderFee` */
export function orderFee(
  trade: { readonly size: bigint; readonly fillPrice: bigint },
  market: { readonly skew: bigint; readonly dynamicFeeRate: bigint },
  { takerFee, makerFee }: Pick<Parameters, 'takerFee' | 'makerFee'>,
): bigint {
  const { size } = trade
  const { skew } = market
  const value = notional(size, trade.fillPrice)
  const base = mul(value, market.dynamicFeeRate)
  if (sameSide(skew + size, skew))
    return base + mul(value, sameSide(size, skew) ? takerFee : makerFee)
  const takerShare = abs(div(skew + size, size))
  return base + mul(mul(value, takerShare), takerFee) + mul(mul(value, ONE - takerShare), makerFee)
}

/** Whether a change of position would make its side of the market too large. @see `_orderSizeTooLarge` */
export function isTooLarge(
  change: { readonly held: bigint; readonly size: bigint },
  market: { readonly skew: bigint; readonly marketSize: bigint },
  { maxMarketValue }: Pick<Parameters, 'maxMarketValue'>,
): boolean {
  const { held } = change
  const after = held + change.size
  if (sameSide(held, after) && abs(after) <= abs(held)) return false
  const skew = market.skew - held + after
  const size = market.marketSize - abs(held) + abs(after)
  return maxMarketValue < abs((after > 0n ? size + skew : size - skew) / 2n)
}

/**
 * Computes the part of {@link liquidationThreshold} that moves with the price, as a share of the notional. [1e18]
 *
 * Buffer and premium always do, the flagger's fee only between its bounds.
 */
export function maintenanceRatio(size: bigint, price: bigint, p: Parameters): bigint {
  const fee = mul(mul(abs(size), price), p.liquidationFeeRatio)
  const isProportional = p.minKeeperFee < fee && fee < p.maxKeeperFee
  return (
    p.liquidationBufferRatio +
    mul(div(abs(size), p.skewScale), p.liquidationPremiumMultiplier) +
    (isProportional ? p.liquidationFeeRatio : 0n)
  )
}
