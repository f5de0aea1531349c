import {
  type Action,
  type Margin,
  numberFromRaw,
  numberFromWad,
  type PerpLeg,
  type Prices,
  priceOf,
} from '@plimsoll/domain'
import { describeHealth, describeUsd } from '../describe.ts'
import { type Ledger, type MarketUse, openMarket, positionOf } from '../Ledger.ts'
import { type LeverSetting, rawAtMost, stepOf, unitsAboveFloor } from '../Lever.ts'
import { type PerpCost, paidShare, perpTerms, worstTotal } from '../PerpTerms.ts'
import type { PerpRoute } from '../Routes.ts'
import { DEFAULT_FUNDING_HOURS, type HedgeConfig } from '../StaticThresholdConfig.ts'
import { sizeTrade } from '../sizeTrade.ts'

/** A hedge on one perp and what it is expected to cost. */
export type HedgeOffer = {
  readonly route: PerpRoute
  readonly action: Action
  readonly market: MarketUse | null
  /** [USD] */
  readonly value: number
  /** True when it carries all that is to be hedged. */
  readonly isWhole: boolean
  /** Fee, spread, impact, fixed fee and funding over the horizon; negative when it earns. [USD] */
  readonly cost: number
  /** Horizon of the funding. [h] */
  readonly hours: number
}

/** The hedge that one perp can carry: within its depth, its margin and the slippage cap; or why it carries none. */
export function offerHedge(
  context: LeverSetting,
  p: { readonly route: PerpRoute; readonly excess: number; readonly hedge: HedgeConfig },
): HedgeOffer | string {
  const { route, hedge } = p
  const { domain, venue, market, asset } = route
  const ledger = openMarket(context.ledger, route)
  const leg = legOf(ledger, route)
  // A short is opened only on an account as strong as one that could give margin away.
  const floor = Math.max(hedge.minPerpHealth, context.floorOf(positionOf(ledger, domain)))
  if (leg === null) return `${venue} does not say what ${market} is like`
  const mark = numberFromWad(leg.markPrice)
  const terms = perpTerms({ ...context, ledger }, { venue, leg, side: 'sell' })
  const { fixedFee } = terms
  const costAt = (size: number): PerpCost => terms.costAt(size * mark)
  const wanted = p.excess / priceOf(asset, ledger.frame.marketPrices)
  const sized = sizeTrade({
    limit: Math.min(
      wanted,
      terms.largest / mark,
      leg.size > 0n ? numberFromRaw(leg.size, 18) : Number.POSITIVE_INFINITY,
    ),
    costAt,
    sizeAt: (cost) =>
      leg.size > 0n
        ? Number.POSITIVE_INFINITY // selling what is held lowers no health
        : unitsAboveFloor(
            ledger,
            domain,
            floor,
            (prices) => soldPerUnit(leg, cost, prices),
            fixedFee,
          ),
  })
  if (sized === null || sized * mark < context.minUsd)
    return `${domain} has no margin or depth to spare above health ${floor}`
  if (fixedFee > sized * mark * context.maxFixedShare)
    return `${describeUsd(sized * mark)} of ${market} is too little for a fixed fee of ${describeUsd(fixedFee)}`

  const share = costAt(sized)
  const size = wholeOrPart(rawAtMost(sized, 18, 2n ** 128n), leg.size)
  const value = numberFromRaw(size, 18) * mark
  const step = stepOf(
    { ledger, domain },
    {
      type: 'hedge',
      intents: [
        {
          type: 'trade',
          venue,
          domain,
          market,
          asset,
          size: -size,
          limit: worstTotal({
            size,
            reference: terms.reference,
            side: 'sell',
            cap: context.slippageCap,
          }),
          reduceOnly: false,
        },
      ],
      settlement: 'direct',
      flashLoan: null,
      slippage: value * Math.max(0, share.spread),
      fees: value * share.fee + fixedFee,
      market: { key: terms.key, value },
      why: ({ before, after }) =>
        `Sell ${describeUsd(value)} of ${market}: health ${describeHealth(before)} → ${describeHealth(after)}.`,
    },
  )
  if (step.type === 'skip') return step.why
  const hours = hedge.fundingHours ?? DEFAULT_FUNDING_HOURS
  return {
    route,
    action: step.action,
    market: step.market,
    value,
    isWhole: sized >= wanted * (1 - 1e-9),
    cost: value * (share.fee + share.spread) + fixedFee - fundingEarned(leg, value, hours),
    hours,
  }
}

/** What a short of a value receives over a time at the rate of now; negative when it pays. [USD] */
const fundingEarned = (leg: PerpLeg, value: number, hours: number): number =>
  (value * numberFromWad(leg.fundingRate) * hours * 3_600) / Number(leg.fundingInterval)

/** Change of equity and maintenance margin at a price per unit of base sold at the mark less costs. */
function soldPerUnit(leg: PerpLeg, cost: PerpCost, prices: Prices): Margin {
  const mark = numberFromWad(leg.markPrice)
  const S = priceOf(leg.asset, prices)
  const ratio = numberFromWad(leg.maintenanceMarginRatio)
  return {
    backing: mark - S - paidShare(cost) * mark,
    requirement: leg.size > 0n ? -ratio * S : ratio * S,
  }
}

function legOf(ledger: Ledger, { domain, market }: PerpRoute): PerpLeg | null {
  const position = positionOf(ledger, domain)
  if (position.type !== 'perp') return null
  return position.legs.find((each) => each.market === market) ?? null
}

/** A long that would keep less than a millionth is sold whole: such a rest is worth nothing and can be liquidated. */
const wholeOrPart = (size: bigint, held: bigint): bigint =>
  held > size && (held - size) * 1_000_000n < held ? held : size
