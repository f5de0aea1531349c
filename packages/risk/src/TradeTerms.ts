import {
  type AssetId,
  type DepthReading,
  type Frame,
  numberFromUsd,
  priceOf,
  sameAddress,
  type Token,
  type VenueId,
} from '@plimsoll/domain'
import { movementSlack } from './minimumOut.ts'
import type { TradeCost } from './sizeTrade.ts'

/** What a trade is expected to cost, from a reading of depth. */
export type TradeTerms = {
  /** Identifies the market within a plan. */
  readonly key: string
  /** Fee as a share. */
  readonly fee: number
  /** Value that moves the price by 1 % against the trade. [USD] */
  readonly depth: number
}

/** Terms of selling one token for another at a venue; null when the frame holds no usable depth for the pair. */
export function swapTerms(p: {
  readonly frame: Frame
  readonly venue: VenueId
  readonly tokenIn: Token
  readonly tokenOut: Token
}): TradeTerms | null {
  for (const reading of p.frame.depth) {
    if (reading.venue !== p.venue) continue
    const sells = isPair(reading, p.tokenIn, p.tokenOut)
    const buys = isPair(reading, p.tokenOut, p.tokenIn)
    if (!sells && !buys) continue
    return usable(reading, sells ? 'down' : 'up')
  }
  return null
}

/**
 * Expected impact of a trade as a share of its value, linear in size: half of the price move it makes.
 *
 * `(before + value / 2) / depth × 1 %`, where `before` is what the plan trades on the market already.
 */
export const impactOf = (terms: TradeTerms, value: number, before: number): number =>
  ((before + value / 2) / terms.depth) * 0.01

/**
 * Expected cost of a trade and the slack a plan leaves it: what the market may move by itself, within the cap.
 *
 * The order desk tightens a swap further, to the sandwich bound on a quote of the venue.
 *
 * @param p.value - Value of the trade. [USD]
 * @param p.before - Value that the plan trades on the market already. [USD]
 */
export function costOf(p: {
  readonly terms: TradeTerms
  readonly value: number
  readonly before: number
  readonly sigmaBlock: number | null
  readonly cap: number
}): TradeCost {
  const { fee } = p.terms
  return {
    fee,
    impact: impactOf(p.terms, p.value, p.before),
    slack: Math.min(p.cap, movementSlack(fee, p.sigmaBlock)),
  }
}

/** Largest value whose expected impact stays within the cap. [USD] */
export const largestValue = (terms: TradeTerms, before: number, cap: number): number =>
  Math.max(0, 2 * ((cap * terms.depth) / 0.01 - before))

/** Standard deviation over one block of 12 s, from that of a day; null when an asset has no forecast. */
export function sigmaPerBlock(
  sigma24h: ReadonlyMap<AssetId, number>,
  assets: readonly AssetId[],
): number | null {
  let sum = 0
  for (const asset of assets) {
    const sigma = sigma24h.get(asset)
    if (sigma === undefined) return null
    sum += sigma
  }
  return sum * Math.sqrt(12 / 86_400)
}

/** Value of an amount at market prices. [USD] */
export const marketValue = (frame: Frame, token: Token, tokens: number): number =>
  tokens * priceOf(token.asset, frame.marketPrices)

function isPair(reading: DepthReading, base: Token, quote: Token): boolean {
  return (
    sameAddress(reading.base.address, base.address) &&
    sameAddress(reading.quote.address, quote.address)
  )
}

function usable(reading: DepthReading, side: 'down' | 'up'): TradeTerms | null {
  const depth = numberFromUsd(side === 'down' ? reading.depthDown : reading.depthUp)
  if (!(depth > 0) || !(reading.fee >= 0 && reading.fee < 1)) return null
  return {
    key: `${reading.venue} ${reading.base.address}/${reading.quote.address}`,
    fee: reading.fee,
    depth,
  }
}
