import {
  type Margin,
  numberFromRaw,
  numberFromWad,
  type PerpLeg,
  type PerpPosition,
  priceOf,
} from '@plimsoll/domain'
import { describeHealth, describePending, describeUsd } from '../describe.ts'
import { positionOf } from '../Ledger.ts'
import {
  type Lever,
  type LeverContext,
  rawAtLeast,
  type Step,
  stepOf,
  unitsToTarget,
} from '../Lever.ts'
import { type PerpCost, paidShare, perpTerms, worstTotal } from '../PerpTerms.ts'
import { sizeTrade } from '../sizeTrade.ts'

/** Closes part of a perp position, the largest market first, each market once in a plan. */
export const reducePerp: Lever = (context) => {
  const position = positionOf(context.ledger, context.domain)
  if (position.type !== 'perp') return { type: 'skip', why: 'reduce: not a perp account' }
  if (position.pending !== null)
    return { type: 'skip', why: `reduce: it waits to ${describePending(position.pending)}` }
  let why = 'reduce: nothing is open'
  for (const leg of position.legs.toSorted((a, b) => notional(b) - notional(a))) {
    if (leg.size === 0n) continue
    const step = close(context, position, leg)
    if (step.type === 'act') return step
    why = step.why
  }
  return { type: 'skip', why }
}

function close(context: LeverContext, position: PerpPosition, leg: PerpLeg): Step {
  const { ledger } = context
  const long = leg.size > 0n
  const side = long ? 'sell' : 'buy'
  const mark = numberFromWad(leg.markPrice)
  const terms = perpTerms(context, { venue: position.venue, leg, side })
  if (ledger.traded.has(terms.key))
    return { type: 'skip', why: `reduce: ${leg.market} is traded once in a plan` }
  const { fixedFee } = terms
  const costAt = (size: number): PerpCost => terms.costAt(size * mark)
  const sized = sizeTrade({
    limit: Math.min(Math.abs(numberFromRaw(leg.size, 18)), terms.largest / mark),
    costAt,
    sizeAt: (cost) =>
      unitsToTarget(
        context,
        (prices) => closedPerUnit(leg, cost, priceOf(leg.asset, prices)),
        fixedFee,
      ),
  })
  if (sized === null)
    return { type: 'skip', why: `reduce: closing ${leg.market} would not raise health` }
  if (sized * mark < context.minUsd)
    return { type: 'skip', why: `reduce: too little of ${leg.market} can be closed` }
  if (fixedFee > sized * mark * context.maxFixedShare)
    return {
      type: 'skip',
      why: `reduce: ${describeUsd(sized * mark)} of ${leg.market} is too little for a fixed fee of ${describeUsd(fixedFee)}`,
    }

  const cost = costAt(sized)
  const size = rawAtLeast(sized, 18, long ? leg.size : -leg.size)
  const value = numberFromRaw(size, 18) * mark
  return stepOf(context, {
    type: 'reduce',
    intents: [
      {
        type: 'trade',
        venue: position.venue,
        domain: position.domain,
        market: leg.market,
        asset: leg.asset,
        size: long ? -size : size,
        limit: worstTotal({
          size,
          reference: terms.reference,
          side,
          cap: limitCap(context, position),
        }),
        reduceOnly: true,
      },
    ],
    settlement: 'direct',
    flashLoan: null,
    slippage: value * Math.max(0, cost.spread),
    fees: value * cost.fee + fixedFee,
    market: { key: terms.key, value },
    why: ({ before: from, after }) =>
      `Close ${Number(numberFromRaw(size, 18).toPrecision(6))} of ${Number(Math.abs(numberFromRaw(leg.size, 18)).toPrecision(6))} ${leg.market} (${long ? 'long' : 'short'}) near ${Number(mark.toPrecision(6))}: health ${describeHealth(from)} → ${describeHealth(after)}.`,
  })
}

/**
 * Slack of a limit. Where a trade is filled later the price moves first, and a reduction that is not filled leaves the
 * account as it was until the order expires: such a limit is as wide as the configuration allows.
 */
const limitCap = (
  { routes, slippageCap, widestCap }: LeverContext,
  { venue }: PerpPosition,
): number => (routes.delayed?.includes(venue) ? widestCap : slippageCap)

/** Change of equity and maintenance margin at price `S` per unit of base closed at the mark less costs. */
function closedPerUnit(leg: PerpLeg, cost: PerpCost, S: number): Margin {
  const mark = numberFromWad(leg.markPrice)
  const side = leg.size > 0n ? 1 : -1
  return {
    backing: side * (mark - S) - paidShare(cost) * mark,
    requirement: -numberFromWad(leg.maintenanceMarginRatio) * S,
  }
}

const notional = (leg: PerpLeg): number =>
  Math.abs(numberFromRaw(leg.size, 18)) * numberFromWad(leg.markPrice)
