import { type Price, price, type Usd, usd } from '@plimsoll/domain'
import { DUST, FUNDING_PERIOD, RATIO } from './config.ts'
import { MarkPriceUndefinedError } from './errors.ts'

/**
 * The protocol's own arithmetic, in its own order of operations, to the last unit.
 *
 * Signed divisions cut toward zero as `PerpMath.mulDiv` does, but for {@link settle}, which rounds down.
 */

const ONE = 10n ** 18n
const Q96 = 2n ** 96n

const abs = (value: bigint): bigint => (value < 0n ? -value : value)
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Price of a square-root price, rounded down twice as the contract does. [USD 1e18] */
export const priceFromSqrtX96 = (sqrtX96: bigint): Price =>
  price((priceX96FromSqrtX96(sqrtX96) * ONE) / Q96)

const priceX96FromSqrtX96 = (sqrtX96: bigint): bigint => (sqrtX96 * sqrtX96) / Q96

/** What the mark price of a market is made of. */
export type MarkInputs = {
  /** Square root of the market's price over 15 s, over the market window and over the premium window. [X96] */
  readonly sqrtSpotX96: bigint
  readonly sqrtMarketTwapX96: bigint
  readonly sqrtPremiumTwapX96: bigint
  /** Index now and over the premium window. [USD 1e18] */
  readonly indexPrice: bigint
  readonly indexPremiumTwap: bigint
}

/**
 * Computes the price the margin rule uses: the median of spot, market TWAP and `index + premium`. [USD 1e18]
 *
 * @throws {@link MarkPriceUndefinedError} when `index + premium` is below zero: the contract reverts on everything then.
 * @see `AccountBalance._getMarkPrice`
 */
export function markPrice(p: MarkInputs): Price {
  const spot = priceFromSqrtX96(p.sqrtSpotX96)
  const twap = priceFromSqrtX96(p.sqrtMarketTwapX96)
  const premium = priceFromSqrtX96(p.sqrtPremiumTwapX96) - p.indexPremiumTwap
  const indexWithPremium = p.indexPrice + premium
  if (indexWithPremium < 0n) throw new MarkPriceUndefinedError({ index: p.indexPrice, premium })
  return price(max(min(spot, twap), min(max(spot, twap), indexWithPremium)))
}

/** Taker balances of one market, as stored. */
export type TakerBalance = {
  /** Signed. [base 1e18] */
  readonly size: bigint
  /** [USD 1e18] */
  readonly openNotional: bigint
  /** Price positions are valued at. [USD 1e18] */
  readonly price: bigint
  /** Positive is owed by the trader. [USD 1e18] */
  readonly pendingFunding: bigint
}

/** Size without dust. [base 1e18] */
export const takerSize = (size: bigint): bigint => (abs(size) < DUST ? 0n : size)

/** [USD 1e18] @see `AccountBalance.getTotalPositionValue` */
export const positionValue = (b: Pick<TakerBalance, 'size' | 'price'>): bigint =>
  (takerSize(b.size) * b.price) / ONE

/** Value of all positions whatever their side. [USD 1e18] @see `AccountBalance.getTotalAbsPositionValue` */
export const totalPositionValue = (balances: readonly TakerBalance[]): bigint =>
  sum(balances, (b) => abs(positionValue(b)))

/** [USD 1e18] @see `AccountBalance.getPnlAndPendingFee` */
export const unrealizedPnl = (balances: readonly TakerBalance[]): bigint =>
  sum(balances, (b) => positionValue(b) + b.openNotional)

/** Equity below this can be liquidated. [USD 1e18] @see `AccountBalance.getMarginRequirementForLiquidation` */
export const maintenanceMargin = (balances: readonly TakerBalance[], mmRatio: bigint): bigint =>
  (totalPositionValue(balances) * mmRatio) / RATIO

/** What an account without maker orders holds. */
export type Ledger = {
  /** [settlement decimals] */
  readonly balance: bigint
  /** Realised and not yet written to the balance. [USD 1e18] */
  readonly owedRealizedPnl: bigint
  readonly decimals: number
  readonly balances: readonly TakerBalance[]
}

/** Amount of settlement token, rounded down whatever its sign. @see `SettlementTokenMath.formatSettlementToken` */
export function settle(valueE18: bigint, decimals: number): bigint {
  const unit = 10n ** BigInt(18 - decimals)
  return (valueE18 - (((valueE18 % unit) + unit) % unit)) / unit
}

/** Settlement balance with funding and realised profit, without unrealised. [USD 1e18] */
function settlementBalance(l: Ledger): bigint {
  const funding = sum(l.balances, (b) => b.pendingFunding)
  return l.balance * 10n ** BigInt(18 - l.decimals) - funding + l.owedRealizedPnl
}

/**
 * Computes the equity the liquidation rule compares, other collateral left out.
 *
 * Rounded down to the settlement token's decimals, as the contract does. [USD 1e18]
 *
 * @see `ClearingHouse.getAccountValue`
 */
export function accountValue(l: Ledger): bigint {
  const value = settlementBalance(l) + unrealizedPnl(l.balances)
  return settle(value, l.decimals) * 10n ** BigInt(18 - l.decimals)
}

/**
 * Computes what can be withdrawn, other collateral left out. [settlement decimals]
 *
 * `min(balance, min(balance, equity) − imRatio × debt)`, where debt is what was borrowed to hold the positions: the
 * value of shorts and the quote that longs cost.
 *
 * @see `Vault.getFreeCollateralByToken`, `AccountBalance.getTotalDebtValue`
 */
export function freeCollateral(l: Ledger, imRatio: bigint): bigint {
  const balance = settlementBalance(l)
  const equity = balance + unrealizedPnl(l.balances)
  if (equity < 0n) return 0n
  const shorts = sum(l.balances, (b) => (b.size < 0n ? (b.size * b.price) / ONE : 0n))
  const quote = sum(l.balances, (b) => b.openNotional)
  const required = (abs(min(quote, 0n) + shorts) * imRatio) / RATIO
  return settle(max(min(min(balance, equity) - required, balance), 0n), l.decimals)
}

/**
 * Computes the premium funding is charged on: market over index, within the largest funding rate. [USD X96]
 *
 * @see `Exchange._getDeltaTwapX96`
 */
export function premiumX96(p: {
  readonly sqrtMarketTwapX96: bigint
  /** [USD 1e18] */
  readonly indexTwap: bigint
  /** [1e6] */
  readonly maxFundingRate: bigint
}): bigint {
  const indexX96 = (p.indexTwap * Q96) / ONE
  const bound = (indexX96 * p.maxFundingRate) / RATIO
  const delta = priceX96FromSqrtX96(p.sqrtMarketTwapX96) - indexX96
  return max(min(delta, bound), -bound)
}

/** Premium as a share of the index: what a long pays per {@link FUNDING_PERIOD}, cut toward zero. [1e18] */
export const fundingRate = (premium: bigint, indexTwap: bigint): bigint =>
  indexTwap === 0n ? 0n : (premium * ONE * ONE) / (indexTwap * Q96)

/**
 * Computes the funding a taker owes: time-weighted premium since their last settlement, over a day. [USD 1e18]
 *
 * @see `Exchange.getPendingFundingPayment`, `Funding.calcPendingFundingPaymentWithLiquidityCoefficient`
 */
export function pendingFunding(p: {
  /** Signed. [base 1e18] */
  readonly size: bigint
  /** Market's growth at its last settlement, and the taker's at theirs. [USD·s X96] */
  readonly growthX96: bigint
  readonly lastGrowthX96: bigint
  /** Premium since the market's last settlement. [USD X96] */
  readonly premiumX96: bigint
  /** Time since the market's last settlement. [s] */
  readonly elapsed: bigint
}): bigint {
  const growthX96 = p.growthX96 + p.premiumX96 * p.elapsed
  return (p.size * (growthX96 - p.lastGrowthX96)) / Q96 / FUNDING_PERIOD
}

const USD_E8 = 10n ** 10n
/** `1 − √0.99` and `√1.01 − 1`. [1e18] */
const ROOT_DOWN = 5_012_562_893_380_045n
const ROOT_UP = 4_987_562_112_089_027n

/**
 * Computes the value that moves a pool's price by 1 % either way: `L·√P·(1 − √0.99)` and `L·√P·(√1.01 − 1)`.
 *
 * Exact where the liquidity at the price is the same over the whole percent: no maker's range ends within it. Without
 * fees, rounded down.
 */
export function depth(p: { readonly sqrtPriceX96: bigint; readonly liquidity: bigint }): {
  readonly down: Usd
  readonly up: Usd
} {
  const quote = p.liquidity * p.sqrtPriceX96
  const moved = (root: bigint): Usd => usd((quote * root) / Q96 / ONE / USD_E8)
  return { down: moved(ROOT_DOWN), up: moved(ROOT_UP) }
}

function sum<T>(items: readonly T[], of: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n)
}
