import {
  type Address,
  type BlockRef,
  type LendingPosition,
  mulDivDown,
  type Price,
  price,
  ray,
  type VenueId,
  valueDown,
  valueUp,
  WAD,
  wad,
} from '@plimsoll/domain'
import { domainId } from './domainId.ts'
import { type Market, marketId } from './Market.ts'
import {
  accrueInterest,
  type BorrowerState,
  borrowedAssets,
  healthFactor,
  liquidationIncentiveFactor,
  type MarketState,
  maxBorrow,
  ORACLE_PRICE_SCALE,
} from './risk.ts'

const SECONDS_PER_YEAR = 31_536_000n
const WAD_TO_RAY = 10n ** 9n

/** One market as the chain states it at a block, in native units. */
export type MarketReading = {
  readonly market: MarketState
  readonly borrower: BorrowerState
  /** Answer of the market's rate model on {@link market}. [WAD per second] */
  readonly borrowRate: bigint
  readonly priceE36: bigint
  /** USD price of the loan token. */
  readonly loanPrice: Price
}

/**
 * Turns a reading into a position as of the block: interest is accrued to its time.
 *
 * Both legs are always there, also when empty: their prices are what an intent is quoted on.
 */
export function parsePosition(p: {
  readonly venue: VenueId
  readonly market: Market
  readonly account: Address
  readonly block: BlockRef
  readonly reading: MarketReading
}): LendingPosition {
  const { market, reading } = p
  const { collateral, borrowShares } = reading.borrower
  const lltv = wad(market.params.lltv)
  const books = accrueInterest(reading.market, reading.borrowRate, p.block.timestamp)
  const borrowed = borrowedAssets(books, reading.borrower)
  const collateralPrice = collateralPriceOf(market, reading)
  return {
    type: 'lending',
    venue: p.venue,
    domain: domainId(p.venue, marketId(market.params), p.account),
    account: p.account,
    collateral: [
      {
        token: market.collateralToken,
        raw: collateral,
        oraclePrice: collateralPrice,
        value: valueDown(collateral, market.collateralToken.decimals, collateralPrice),
        liquidationThreshold: lltv,
        maxLtv: lltv,
        liquidationBonus: wad(liquidationIncentiveFactor(lltv) - WAD),
        supplyRate: ray(0n),
      },
    ],
    debt: [
      {
        token: market.loanToken,
        raw: borrowed,
        oraclePrice: reading.loanPrice,
        value: valueUp(borrowed, market.loanToken.decimals, reading.loanPrice),
        borrowRate: ray(reading.borrowRate * SECONDS_PER_YEAR * WAD_TO_RAY),
        shares: borrowShares,
      },
    ],
    healthFactor: healthFactor(maxBorrow(collateral, reading.priceE36, lltv), borrowed),
    closeFactor: wad(WAD),
  }
}

/**
 * USD price of the collateral that agrees with Morpho's oracle: `loanPrice × priceE36 / 1e36` in whole tokens.
 *
 * Rounds down, so the position never looks safer than it is.
 */
function collateralPriceOf(market: Market, reading: MarketReading): Price {
  return price(
    mulDivDown(
      reading.loanPrice * reading.priceE36,
      10n ** BigInt(market.collateralToken.decimals),
      ORACLE_PRICE_SCALE * 10n ** BigInt(market.loanToken.decimals),
    ),
  )
}
