import {
  type DepthReading,
  InvalidInputError,
  priceFromNumber,
  type Token,
  usd,
  type VenueId,
} from '@plimsoll/domain'
import { flowOfImpact } from '../impact/squareRootImpact.ts'

/** Trading of one asset over a stretch of time. */
export type Bar = {
  /** End of the bar. [s] */
  readonly at: bigint
  readonly close: number
  /** [USD] */
  readonly volume: number
}

/** Where and what the bars are of. */
export type BarMarket = {
  readonly venue: VenueId
  readonly base: Token
  readonly quote: Token
  /** Fee of a trade as a share. */
  readonly fee: number
}

/** Length of a bar. [s] */
const BAR = 300n
const DAY_BARS = 288

/**
 * Estimates what a market bears from its five-minute bars, where nobody reports its depth.
 *
 * Depth to 1 % is the flow that the square-root law says moves the price by 1 %, at the day's volume and volatility of the
 * bars, in calm; it is never more than an hour of the day's volume. Volume is the last bar's.
 *
 * @param bars - In order of time, a day of them at least.
 * @param now - Bars that end later are not looked at. [s]
 * @returns Volume and depth of zero, which closes the market, when the last bar is older than two bars.
 * @throws InvalidInputError on fewer bars than a day has.
 */
export function readBarDepth(market: BarMarket, bars: readonly Bar[], now: bigint): DepthReading {
  const seen = bars.filter(({ at }) => at <= now).slice(-DAY_BARS - 1)
  const last = seen.at(-1)
  if (last === undefined || seen.length <= DAY_BARS)
    throw new InvalidInputError({
      field: `bars of ${market.base.symbol}`,
      found: seen.length,
      allowed: `${DAY_BARS + 1} or more up to now`,
    })
  const dailyVolume = seen.slice(1).reduce((sum, { volume }) => sum + volume, 0)
  let variance = 0
  for (const [i, { close }] of seen.entries())
    variance += i === 0 ? 0 : Math.log(close / (seen[i - 1]?.close ?? close)) ** 2
  const law = flowOfImpact(0.01, {
    dailyVolume,
    dailyVolatility: Math.sqrt(variance),
    stress: 1,
    prefactor: 1,
  })
  const fresh = now - last.at <= 2n * BAR
  const depth = fresh ? dollars(Math.min(law, dailyVolume / 24)) : usd(0n)
  return {
    venue: market.venue,
    asset: market.base.asset,
    base: market.base,
    quote: market.quote,
    spot: priceFromNumber(last.close),
    fee: market.fee,
    depthDown: depth,
    depthUp: depth,
    volume5m: fresh ? dollars(last.volume) : usd(0n),
  }
}

/** Rounds down; what is no quantity is none. [USD 1e8] */
const dollars = (value: number) =>
  usd(Number.isFinite(value) && value > 0 ? BigInt(Math.floor(value * 1e8)) : 0n)
