import {
  type Address,
  type PerpLeg,
  type PerpPosition,
  price,
  type Token,
  type VenueId,
  WAD,
  wad,
} from '@plimsoll/domain'
import { FUNDING_PERIOD, type PerpV2Market, RATIO } from './config.ts'
import { domainId } from './domainId.ts'
import {
  accountValue,
  freeCollateral,
  fundingRate,
  type MarkInputs,
  maintenanceMargin,
  markPrice,
  premiumX96,
  settle,
  takerSize,
} from './risk.ts'

/** The clearing house's parameters at a block. Ratios: [1e6], intervals: [s]. */
export type Parameters = {
  readonly imRatio: bigint
  readonly mmRatio: bigint
  readonly penaltyRatio: bigint
  readonly maxFundingRate: bigint
  readonly fundingInterval: number
  readonly marketInterval: number
  readonly premiumInterval: number
}

/** One market an account is in, in native units. */
export type MarketReading = {
  readonly of: PerpV2Market
  /** [base 1e18] */
  readonly size: bigint
  /** [USD 1e18] */
  readonly openNotional: bigint
  /** [USD 1e18] */
  readonly pendingFunding: bigint
  readonly mark: MarkInputs
  /** Price that replaces the mark once trading has stopped; null while the market is open. [USD 1e18] */
  readonly stoppedAt: bigint | null
  /** Market and index over the funding interval. */
  readonly sqrtFundingTwapX96: bigint
  readonly indexFundingTwap: bigint
}

/** One account at a block, in native units. */
export type AccountReading = {
  readonly account: Address
  /** [settlement decimals] */
  readonly balance: bigint
  /** [USD 1e18] */
  readonly owedRealizedPnl: bigint
  readonly parameters: Parameters
  readonly markets: readonly MarketReading[]
}

const wadFromRatio = (ratio: bigint) => wad(ratio * (WAD / RATIO))

/** Native units to domain units. Pure. */
export function parsePosition(
  venue: VenueId,
  marginToken: Token,
  reading: AccountReading,
): PerpPosition {
  const { account, balance, owedRealizedPnl, parameters } = reading
  const { decimals } = marginToken
  const valued = reading.markets.map((market) => ({
    ...market,
    price: price(market.stoppedAt ?? markPrice(market.mark)),
  }))
  const ledger = { balance, owedRealizedPnl, decimals, balances: valued }
  return {
    type: 'perp',
    venue,
    domain: domainId(venue, account),
    account,
    marginToken,
    margin: settle(balance * 10n ** BigInt(18 - decimals) + owedRealizedPnl, decimals),
    freeCollateral: freeCollateral(ledger, parameters.imRatio),
    legs: valued
      .filter((market) => takerSize(market.size) !== 0n)
      .map((market): PerpLeg => {
        const { sqrtFundingTwapX96: sqrtMarketTwapX96, indexFundingTwap: indexTwap } = market
        const { maxFundingRate } = parameters
        const premium = premiumX96({ sqrtMarketTwapX96, indexTwap, maxFundingRate })
        return {
          market: market.of.name,
          asset: market.of.asset,
          size: market.size,
          openNotional: market.openNotional,
          markPrice: market.price,
          indexPrice: price(market.mark.indexPrice),
          fundingOwed: market.pendingFunding,
          fundingRate: wad(market.stoppedAt === null ? fundingRate(premium, indexTwap) : 0n),
          fundingInterval: FUNDING_PERIOD,
          maintenanceMarginRatio: wadFromRatio(parameters.mmRatio),
        }
      }),
    equity: accountValue(ledger),
    maintenanceMargin: maintenanceMargin(valued, parameters.mmRatio),
    liquidationFee: wadFromRatio(parameters.penaltyRatio),
  }
}
