import {
  type Address,
  type PerpLeg,
  type PerpPosition,
  type Price,
  price,
  type Token,
  type VenueId,
  WAD,
  type Wad,
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

/** What a market's mark price and funding rate are made of, in native units. */
export type Pricing = {
  readonly of: PerpV2Market
  readonly mark: MarkInputs
  /** Price that replaces the mark once trading has stopped; null while the market is open. [USD 1e18] */
  readonly stoppedAt: bigint | null
  /** Market and index over the funding interval. */
  readonly sqrtFundingTwapX96: bigint
  readonly indexFundingTwap: bigint
}

/** One market an account is in, in native units. */
export type MarketReading = Pricing & {
  /** [base 1e18] */
  readonly size: bigint
  /** [USD 1e18] */
  readonly openNotional: bigint
  /** [USD 1e18] */
  readonly pendingFunding: bigint
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

export const wadFromRatio = (ratio: bigint): Wad => wad(ratio * (WAD / RATIO))

/** Price that positions of a market are valued at. [USD 1e18] */
export const markOf = ({ stoppedAt, mark }: Pick<Pricing, 'stoppedAt' | 'mark'>): Price =>
  price(stoppedAt ?? markPrice(mark))

/** What funding a market charges now; none once it has stopped. */
export function fundingOf(
  { stoppedAt, sqrtFundingTwapX96, indexFundingTwap: indexTwap }: Pricing,
  maxFundingRate: bigint,
): Pick<PerpLeg, 'fundingRate' | 'fundingInterval'> {
  const premium = premiumX96({ sqrtMarketTwapX96: sqrtFundingTwapX96, indexTwap, maxFundingRate })
  return {
    fundingRate: wad(stoppedAt === null ? fundingRate(premium, indexTwap) : 0n),
    fundingInterval: FUNDING_PERIOD,
  }
}

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
    price: markOf(market),
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
      .map(
        (market): PerpLeg => ({
          market: market.of.name,
          asset: market.of.asset,
          size: market.size,
          openNotional: market.openNotional,
          markPrice: market.price,
          indexPrice: price(market.mark.indexPrice),
          fundingOwed: market.pendingFunding,
          ...fundingOf(market, parameters.maxFundingRate),
          maintenanceMarginRatio: wadFromRatio(parameters.mmRatio),
        }),
      ),
    equity: accountValue(ledger),
    maintenanceMargin: maintenanceMargin(valued, parameters.mmRatio),
    liquidationFee: wadFromRatio(parameters.penaltyRatio),
    pending: null,
  }
}
