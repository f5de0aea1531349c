import {
  type AssetId,
  type DepthReading,
  type Frame,
  numberFromUsd,
  numberFromWad,
  type Price,
} from '@plimsoll/domain'
import type {
  FeedReading,
  MarketReadings,
  PerpReading,
  PoolReading,
  ProtocolPrice,
} from './MarketReadings.ts'
import { NO_READINGS } from './MarketReadings.ts'
import { median } from './median.ts'

/** How long the spot of an exchange is good for. [s] */
const SPOT_HEARTBEAT = 60

/** What one pool was like: a pool is known by venue, base, quote and fee. */
export type PoolHistory = Pick<DepthReading, 'venue' | 'asset' | 'fee'> & {
  /** Asset that it is quoted in. */
  readonly quote: AssetId
  /** In the quote's units, as the spot of a frame is. */
  readonly twap30m: number
  /** Value that moved the price by 1 % before; null when not known. [USD] */
  readonly depthBefore: number | null
}

/** What a frame does not hold. */
export type Beyond = Partial<
  Pick<MarketReadings, 'stables' | 'parities' | 'sequencers' | 'sigma5m'>
> & {
  /** Sources of `frame.prices` that are independent of the venues' own oracles: they count as market, the rest as protocol. */
  readonly marketSources?: readonly string[]
  /** Market sources that are in no frame: a centralised mid. */
  readonly feeds?: readonly FeedReading[]
  readonly history?: readonly PoolHistory[]
  /** Deviation threshold of the feed behind an asset's oracle price, as a share. */
  readonly deviationThresholds?: ReadonlyMap<AssetId, number>
}

/**
 * Builds readings from a frame and what is known beside it.
 *
 * - `protocol`: prices of lending legs, and the index of perp legs.
 * - `feeds`: every price source by its own date; each exchange as one market source, the median over its pools at
 *   their spots: one venue has one vote however many pools it has. A 30-minute average lags a fall by more than any feed, so
 *   it is what the spot is held against, not what it is replaced by.
 * - `perps`: mark against index of the legs held; a market without a leg has no index in a frame.
 *
 * A spot is quoted in another token: it is carried into dollars by that token's market price.
 */
export function readingsOf(frame: Frame, beyond: Beyond = {}): MarketReadings {
  return {
    feeds: [
      ...frame.prices.map(
        (reading): FeedReading => ({
          feed: `${reading.source}:${reading.asset}`,
          asset: reading.asset,
          role: beyond.marketSources?.includes(reading.source) === true ? 'market' : 'protocol',
          price: numberFromWad(reading.price),
          updatedAt: Number(reading.updatedAt),
          heartbeat: Number(reading.heartbeat),
        }),
      ),
      ...exchangesOf(frame),
      ...(beyond.feeds ?? []),
    ],
    protocol: protocolOf(frame, beyond),
    pools: poolsOf(frame, beyond),
    stables: beyond.stables ?? NO_READINGS.stables,
    parities: beyond.parities ?? NO_READINGS.parities,
    sequencers: beyond.sequencers ?? NO_READINGS.sequencers,
    perps: perpsOf(frame),
    sigma5m: beyond.sigma5m ?? NO_READINGS.sigma5m,
  }
}

function protocolOf(frame: Frame, beyond: Beyond): readonly ProtocolPrice[] {
  const prices: ProtocolPrice[] = []
  const add = (of: Pick<ProtocolPrice, 'domain' | 'venue'>, asset: AssetId, price: Price): void => {
    prices.push({
      domain: of.domain,
      venue: of.venue,
      asset,
      price: numberFromWad(price),
      deviationThreshold: beyond.deviationThresholds?.get(asset) ?? null,
    })
  }
  for (const loan of frame.lending) {
    for (const { token, oraclePrice } of loan.collateral) add(loan, token.asset, oraclePrice)
    for (const { token, oraclePrice } of loan.debt) add(loan, token.asset, oraclePrice)
  }
  for (const account of frame.perps)
    for (const { asset, indexPrice } of account.legs) add(account, asset, indexPrice)
  return prices
}

function exchangesOf(frame: Frame): readonly FeedReading[] {
  const votes = new Map<string, { venue: string; asset: AssetId; prices: number[] }>()
  for (const pool of frame.depth) {
    const { venue, asset, quote, spot } = pool
    const dollars = frame.marketPrices.get(quote.asset)
    if (dollars === undefined || asset === quote.asset) continue
    const key = `${venue} ${asset}`
    const vote = votes.get(key) ?? { venue, asset, prices: [] }
    vote.prices.push(numberFromWad(spot) * dollars)
    votes.set(key, vote)
  }
  return [...votes.values()].map(({ venue, asset, prices }) => ({
    feed: `${venue}:${asset}`,
    asset,
    role: 'market',
    price: median(prices),
    updatedAt: Number(frame.block.timestamp),
    heartbeat: SPOT_HEARTBEAT,
  }))
}

function poolsOf(frame: Frame, beyond: Beyond): readonly PoolReading[] {
  return frame.depth.flatMap((pool) => {
    const history = historyOf(beyond, pool)
    if (history === undefined) return []
    return [
      {
        venue: pool.venue,
        market: `${pool.base.symbol}/${pool.quote.symbol} ${pool.fee}`,
        asset: pool.asset,
        spot: numberFromWad(pool.spot),
        twap30m: history.twap30m,
        depth: Math.min(numberFromUsd(pool.depthDown), numberFromUsd(pool.depthUp)),
        depthBefore: history.depthBefore,
      },
    ]
  })
}

const historyOf = (beyond: Beyond, pool: DepthReading): PoolHistory | undefined =>
  beyond.history?.find(
    ({ venue, asset, quote, fee }) =>
      venue === pool.venue &&
      asset === pool.asset &&
      quote === pool.quote.asset &&
      fee === pool.fee,
  )

const perpsOf = (frame: Frame): readonly PerpReading[] =>
  frame.perps.flatMap(({ venue, legs }) =>
    legs.map((leg) => ({
      venue,
      market: leg.market,
      asset: leg.asset,
      mark: numberFromWad(leg.markPrice),
      index: numberFromWad(leg.indexPrice),
    })),
  )
