import { type Frame, numberFromRaw, priceOf } from '@plimsoll/domain'
import type { Assessment } from '../Assessment.ts'
import { describeHealth, describeUsd } from '../describe.ts'
import { heldBy } from '../Ledger.ts'
import type { LeverSetting, Step } from '../Lever.ts'
import type { HedgeConfig } from '../StaticThresholdConfig.ts'
import { type HedgeOffer, offerHedge } from './offerHedge.ts'

/**
 * Sells a perp against the portfolio's net exposure to one asset, where that is cheapest.
 *
 * Acts when `delta / equity` is above its limit, brings it to its target, and keeps the perp account at or above the
 * health it was given. Trades that wait to be filled count as filled, or they would be hedged twice. Of the perps that
 * can carry the whole hedge the cheapest is taken; where none can, the one that carries most. A hedge cuts variance; it
 * does not raise the health of any loan.
 */
export function hedgeDelta(
  context: LeverSetting,
  assessment: Assessment,
  hedge: HedgeConfig,
): Step {
  const { frame } = context.ledger
  const delta = (assessment.delta.get(hedge.asset) ?? 0) + pendingDelta(frame, hedge.asset)
  const share = assessment.equity > 0 ? delta / assessment.equity : 0
  if (share <= hedge.maxDeltaShare)
    return {
      type: 'skip',
      why: `hedge: net ${hedge.asset} exposure is ${percent(share)} of equity, limit ${percent(hedge.maxDeltaShare)}`,
    }
  const excess = delta - hedge.targetDeltaShare * assessment.equity
  const offers: HedgeOffer[] = []
  const refusals: string[] = []
  for (const route of context.routes.perps.filter(({ asset }) => asset === hedge.asset)) {
    if (context.ledger.positions.get(route.domain)?.type !== 'perp') continue
    const held = heldBy(context.ledger, route.domain)
    const offer = held ?? offerHedge(context, { route, excess, hedge })
    if (typeof offer === 'string') refusals.push(offer)
    else offers.push(offer)
  }
  const [best, second] = offers.toSorted(byCost)
  if (best === undefined)
    return {
      type: 'skip',
      why: `hedge: ${refusals.join('; ') || `no perp account with a market for ${hedge.asset}`}`,
    }
  const { healthBefore, healthAfter } = best.action
  const others = [...(second === undefined ? [] : [`runner-up ${describe(second)}`]), ...refusals]
  const why = [
    `Net ${hedge.asset} exposure is ${percent(share)} of equity, above ${percent(hedge.maxDeltaShare)}: sell ${describe(best)}`,
    ...others,
    `perp health ${describeHealth(healthBefore)} → ${describeHealth(healthAfter)}.`,
  ].join('; ')
  return { type: 'act', market: best.market, action: { ...best.action, why } }
}

/** Exposure that trades waiting to be filled will bring. [USD] */
function pendingDelta({ perps, marketPrices }: Frame, asset: string): number {
  let sum = 0
  for (const { pending } of perps)
    if (pending?.asset === asset)
      sum += numberFromRaw(pending.size, 18) * priceOf(asset, marketPrices)
  return sum
}

function byCost(a: HedgeOffer, b: HedgeOffer): number {
  if (a.isWhole !== b.isWhole) return a.isWhole ? -1 : 1
  return a.isWhole ? a.cost - b.cost : b.value - a.value
}

const describe = ({ route, value, cost, hours }: HedgeOffer): string =>
  `${describeUsd(value)} of ${route.market} on ${route.venue} at an expected ${describeUsd(cost)} over ${hours} h`

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
