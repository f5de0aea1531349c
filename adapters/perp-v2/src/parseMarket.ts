import { type PerpMarketReading, price, usd, type VenueId } from '@plimsoll/domain'
import { RATIO } from './config.ts'
import { fundingOf, markOf, type Parameters, type Pricing, wadFromRatio } from './parse.ts'
import { depth, priceFromSqrtX96 } from './risk.ts'

/** One market at a block, in native units. */
export type OpenMarketReading = Pricing & {
  readonly parameters: Parameters
  /** Where the pool stands. [X96] */
  readonly sqrtPriceX96: bigint
  /** The pool's liquidity at that price. */
  readonly liquidity: bigint
  /** Share of the quote that the exchange takes. [1e6] */
  readonly feeRatio: bigint
}

/** Native units to domain units. A market that is not open fills nothing, so it has no depth. Pure. */
export function parseMarket(venue: VenueId, reading: OpenMarketReading): PerpMarketReading {
  const { of, parameters, sqrtPriceX96, liquidity, feeRatio, stoppedAt } = reading
  const { down, up } = depth({ sqrtPriceX96, liquidity: stoppedAt === null ? liquidity : 0n })
  return {
    venue,
    market: of.name,
    asset: of.asset,
    markPrice: markOf(reading),
    maintenanceMarginRatio: wadFromRatio(parameters.mmRatio),
    ...fundingOf(reading, parameters.maxFundingRate),
    fillPrice: price(stoppedAt ?? priceFromSqrtX96(sqrtPriceX96)),
    // The exchange takes its share of all that a buyer pays, fee included, and of what a seller would get.
    buyFee: Number(feeRatio) / Number(RATIO - feeRatio),
    sellFee: Number(feeRatio) / Number(RATIO),
    fixedFee: usd(0n),
    depthDown: down,
    depthUp: up,
  }
}
