import {
  mulDivDown,
  mulDivUp,
  numberFromRaw,
  type PerpMarketReading,
  price as priceOf,
  type Usd,
  usd,
  type VenueId,
  WAD,
  wad,
} from '@plimsoll/domain'
import { FUNDING_PERIOD, type SynthetixMarket } from './config.ts'
import type { OrderWindow } from './readParameters.ts'
import { fillPrice as fillPriceOf, type Parameters } from './risk.ts'

/** One market at a block, in native units. */
export type MarketReading = {
  readonly of: SynthetixMarket
  readonly parameters: Parameters
  readonly window: OrderWindow
  /** [USD 1e18] */
  readonly price: bigint
  readonly isInvalid: boolean
  /** Longs minus shorts, and longs plus shorts. [base 1e18] */
  readonly skew: bigint
  readonly marketSize: bigint
  /** [1e18 per day] */
  readonly fundingRate: bigint
  /** What volatile prices add to every fee; too volatile refuses every order. [1e18] */
  readonly dynamicFeeRate: bigint
  readonly isTooVolatile: boolean
}

/** USD of the domain from the protocol's. */
const E10 = 10n ** 10n
const PERCENT = 100n

/** Native units to domain units. A market whose price is invalid or too volatile fills nothing: it has no depth. Pure. */
export function parseMarket(venue: VenueId, reading: MarketReading): PerpMarketReading {
  const { of, parameters, price, skew, fundingRate, dynamicFeeRate } = reading
  const fillPrice = fillPriceOf(0n, reading, parameters)
  const isClosed = reading.isInvalid || reading.isTooVolatile
  const depth = (side: 1n | -1n): Usd => (isClosed ? usd(0n) : depthOf(reading, fillPrice, side))
  const share = (rate: bigint): number => numberFromRaw(rate + dynamicFeeRate, 18)
  return {
    venue,
    market: of.name,
    asset: of.asset,
    markPrice: priceOf(price),
    maintenanceMarginRatio: wad(parameters.liquidationBufferRatio + parameters.liquidationFeeRatio),
    fundingRate: wad(fundingRate),
    fundingInterval: FUNDING_PERIOD,
    fillPrice: priceOf(fillPrice),
    buyFee: share(skew >= 0n ? parameters.takerFee : parameters.makerFee),
    sellFee: share(skew <= 0n ? parameters.takerFee : parameters.makerFee),
    fixedFee: usd(mulDivUp(parameters.minKeeperFee, 1n, E10)),
    depthDown: depth(-1n),
    depthUp: depth(1n),
  }
}

/**
 * Computes the value of the trade after which the next small one is filled 1 % off: the skew has moved by a hundredth of
 * its scale, at the average of both prices. Rounded down. [USD 1e8]
 */
function depthOf({ price, parameters }: MarketReading, fillPrice: bigint, side: 1n | -1n): Usd {
  if (price === 0n) return usd(0n)
  const size = mulDivDown(parameters.skewScale, fillPrice, PERCENT * price)
  const average = (fillPrice * (2n * PERCENT + side)) / (2n * PERCENT)
  return usd(mulDivDown(size, average, WAD * E10))
}
