import {
  type Frame,
  mulDivDown,
  mulDivUp,
  numberFromUsd,
  numberFromWad,
  type PerpLeg,
  type PerpMarketReading,
  type Price,
  type VenueId,
  WAD,
  wadFromNumber,
} from '@plimsoll/domain'
import type { LeverSetting } from './Lever.ts'
import { impactOf, largestValue } from './TradeTerms.ts'

/** What a perp trade is expected to cost. */
export type PerpTerms = {
  /** Identifies the market within a plan. */
  readonly key: string
  /** Expected cost of a trade of a value after another. Shares of its value. */
  costAt(value: number): PerpCost
  /** Paid whatever the size: a keeper's fee. [USD] */
  readonly fixedFee: number
  /** Largest value that leaves the market room to move within the slippage cap; no limit where nothing is known. [USD] */
  readonly largest: number
  /** The worse of mark and fill price: what the limit of a trade is counted from. [USD 1e18] */
  readonly reference: Price
}

/** Shares of the value traded, at mark. */
export type PerpCost = {
  readonly fee: number
  /** What a fill is worse than the mark; negative where it is better. */
  readonly spread: number
}

/** Share of the slippage cap that the own impact may use: a fill may come later, at a price of then. */
const IMPACT_SHARE = 0.5

/**
 * Terms of a perp trade by what its market reads.
 *
 * The fill price and the depth on the side traded give the expected fill. Where the venue does not report the market,
 * the whole slippage cap is taken as the expected cost and size has no limit; a market that reads no depth bears nothing.
 */
export function perpTerms(
  { ledger: { frame, traded }, slippageCap: cap }: Pick<LeverSetting, 'ledger' | 'slippageCap'>,
  p: {
    readonly venue: VenueId
    readonly leg: Pick<PerpLeg, 'market' | 'markPrice'>
    readonly side: 'buy' | 'sell'
  },
): PerpTerms {
  const { leg } = p
  const sells = p.side === 'sell'
  const key = `${p.venue} ${leg.market}`
  const unknown = { key, costAt: () => ({ fee: 0, spread: cap }), reference: leg.markPrice }
  const reading = marketOf(frame, p.venue, leg.market)
  if (reading === null) return { ...unknown, fixedFee: 0, largest: Number.POSITIVE_INFINITY }
  const depth = numberFromUsd(sells ? reading.depthDown : reading.depthUp)
  const fee = sells ? reading.sellFee : reading.buyFee
  const fixedFee = numberFromUsd(reading.fixedFee)
  if (!(depth > 0 && fee >= 0 && fee < 1 && reading.fillPrice > 0n))
    return { ...unknown, fixedFee, largest: 0 }

  const terms = { key, fee, depth }
  const before = traded.get(key) ?? 0
  const mark = numberFromWad(leg.markPrice)
  const fill = numberFromWad(reading.fillPrice)
  const ahead = (sells ? mark - fill : fill - mark) / mark
  return {
    key,
    costAt: (value) => ({ fee, spread: ahead + impactOf(terms, value, before) }),
    fixedFee,
    largest: largestValue(terms, before, cap * IMPACT_SHARE),
    reference: ahead > 0 ? reading.fillPrice : leg.markPrice,
  }
}

/** Fee and spread as a share that a projection takes: a fill better than the mark is not counted on. */
export const paidShare = ({ fee, spread }: PerpCost): number => fee + Math.max(0, spread)

/**
 * Worst quote total accepted for a trade: the slippage cap away from {@link PerpTerms.reference}, fees not counted.
 * A sale rounds up, a purchase down. [USD 1e18]
 */
export function worstTotal(p: {
  readonly size: bigint
  readonly reference: Price
  readonly side: 'buy' | 'sell'
  readonly cap: number
}): bigint {
  const total = p.size * p.reference
  return p.side === 'sell'
    ? mulDivUp(total, wadFromNumber(1 - p.cap), WAD * WAD)
    : mulDivDown(total, wadFromNumber(1 + p.cap), WAD * WAD)
}

/** What the frame says of a market; null when its venue does not report it. */
const marketOf = (frame: Frame, venue: VenueId, market: string): PerpMarketReading | null =>
  frame.perpMarkets.find((each) => each.venue === venue && each.market === market) ?? null
