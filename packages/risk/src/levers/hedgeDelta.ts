import {
  type DomainId,
  type Margin,
  numberFromRaw,
  numberFromWad,
  type PerpLeg,
  type PerpPosition,
  type Prices,
  price,
  priceFromNumber,
  priceOf,
  wad,
  wadFromNumber,
} from '@plimsoll/domain'
import type { Assessment } from '../Assessment.ts'
import { describeHealth, describeUsd } from '../describe.ts'
import { type Ledger, positionOf } from '../Ledger.ts'
import { type LeverSetting, rawAtMost, type Step, stepOf, unitsAboveFloor } from '../Lever.ts'
import type { PerpRoute } from '../Routes.ts'
import type { StaticThresholdConfig } from '../StaticThresholdConfig.ts'
import { sizeTrade, type TradeCost } from '../sizeTrade.ts'
import { costOf, largestValue, perpTerms, sigmaPerBlock } from '../TradeTerms.ts'
import { worstTotal } from './reducePerp.ts'

/**
 * Sells a perp against the portfolio's net exposure to one asset.
 *
 * Acts when `delta / equity` is above its limit, brings it to its target, and keeps the perp account at or above the
 * health it was given. A hedge cuts variance; it does not raise the health of any loan.
 */
export function hedgeDelta(
  context: LeverSetting,
  assessment: Assessment,
  hedge: NonNullable<StaticThresholdConfig['hedge']>,
): Step {
  const delta = assessment.delta.get(hedge.asset) ?? 0
  const share = assessment.equity > 0 ? delta / assessment.equity : 0
  if (share <= hedge.maxDeltaShare)
    return {
      type: 'skip',
      why: `hedge: net ${hedge.asset} exposure is ${percent(share)} of equity, limit ${percent(hedge.maxDeltaShare)}`,
    }
  for (const route of context.routes.perps.filter(({ asset }) => asset === hedge.asset)) {
    const position = context.ledger.positions.get(route.domain)
    if (position?.type !== 'perp') continue
    const opened = withMarket(context.ledger, position, route)
    const excess = delta - hedge.targetDeltaShare * assessment.equity
    return sell({ ...context, ledger: opened, domain: route.domain }, route, {
      excess,
      share,
      hedge,
    })
  }
  return { type: 'skip', why: `hedge: no perp account with a market for ${hedge.asset}` }
}

function sell(
  context: LeverSetting & { readonly domain: DomainId },
  route: PerpRoute,
  p: {
    readonly excess: number
    readonly share: number
    readonly hedge: NonNullable<StaticThresholdConfig['hedge']>
  },
): Step {
  const { ledger, domain, slippageCap: cap } = context
  const position = positionOf(ledger, domain)
  const leg =
    position.type === 'perp'
      ? position.legs.find((each) => each.market === route.market)
      : undefined
  if (leg === undefined) return { type: 'skip', why: `hedge: ${route.market} cannot be traded` }
  const mark = numberFromWad(leg.markPrice)
  const terms = perpTerms({
    frame: ledger.frame,
    venue: route.venue,
    asset: route.asset,
    side: 'sell',
  })
  const sigmaBlock = sigmaPerBlock(context.sigma24h, [route.asset])
  const costAt = (size: number): TradeCost =>
    costOf({ terms, value: size * mark, before: 0, sigmaBlock, cap })
  const wanted = Math.min(
    p.excess / priceOf(route.asset, ledger.frame.marketPrices),
    largestValue(terms, 0, cap) / mark,
    leg.size > 0n ? numberFromRaw(leg.size, 18) : Number.POSITIVE_INFINITY,
  )
  const sized = sizeTrade({
    limit: wanted,
    costAt,
    sizeAt: (cost) =>
      unitsAboveFloor(ledger, domain, p.hedge.minPerpHealth, (prices) =>
        soldPerUnit(leg, cost, prices),
      ),
  })
  if (sized === null || sized * mark < context.minUsd)
    return {
      type: 'skip',
      why: `hedge: ${domain} has no margin to spare above health ${p.hedge.minPerpHealth}`,
    }
  const cost = costAt(sized)
  const size = rawAtMost(sized, 18, 2n ** 128n)
  const value = numberFromRaw(size, 18) * mark
  return stepOf(context, {
    type: 'hedge',
    intents: [
      {
        type: 'trade',
        venue: route.venue,
        domain,
        market: route.market,
        asset: route.asset,
        size: -size,
        limit: worstTotal({ size, mark: leg.markPrice, side: 'sell', cost }),
        reduceOnly: false,
      },
    ],
    settlement: 'direct',
    flashLoan: null,
    slippage: value * cost.impact,
    fees: value * cost.fee,
    market: { key: terms?.key ?? `${route.venue} ${route.market}`, value },
    why: ({ before, after }) =>
      `Net ${route.asset} exposure is ${percent(p.share)} of equity, above ${percent(p.hedge.maxDeltaShare)}: sell ${describeUsd(value)} of ${route.market}; perp health ${describeHealth(before)} → ${describeHealth(after)}.`,
  })
}

/** Change of equity and maintenance margin at a price per unit of base sold at the mark less costs. */
function soldPerUnit(leg: PerpLeg, { fee, impact }: TradeCost, prices: Prices): Margin {
  const mark = numberFromWad(leg.markPrice)
  const S = priceOf(leg.asset, prices)
  const ratio = numberFromWad(leg.maintenanceMarginRatio)
  return {
    backing: mark - S - (fee + impact) * mark,
    requirement: leg.size > 0n ? -ratio * S : ratio * S,
  }
}

/** The book with a market of size zero in the account, where it holds none yet. */
function withMarket(ledger: Ledger, position: PerpPosition, route: PerpRoute): Ledger {
  if (position.legs.some(({ market }) => market === route.market)) return ledger
  const here = priceFromNumber(priceOf(route.asset, ledger.frame.marketPrices))
  const leg: PerpLeg = {
    market: route.market,
    asset: route.asset,
    size: 0n,
    openNotional: 0n,
    markPrice: here,
    indexPrice: price(here),
    fundingOwed: 0n,
    fundingRate: wad(0n),
    fundingInterval: 86_400n,
    maintenanceMarginRatio: wadFromNumber(route.maintenanceMarginRatio),
  }
  const opened = { ...position, legs: [...position.legs, leg] }
  return { ...ledger, positions: new Map(ledger.positions).set(position.domain, opened) }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
