import {
  mulDivDown,
  mulDivUp,
  numberFromRaw,
  numberFromWad,
  type PerpLeg,
  type PerpPosition,
  priceOf,
  WAD,
  wadFromNumber,
} from '@plimsoll/domain'
import { describeHealth } from '../describe.ts'
import { positionOf } from '../Ledger.ts'
import {
  type Lever,
  type LeverContext,
  rawAtLeast,
  type Step,
  stepOf,
  unitsToTarget,
} from '../Lever.ts'
import { sizeTrade, type TradeCost } from '../sizeTrade.ts'
import { costOf, largestValue, perpTerms, sigmaPerBlock } from '../TradeTerms.ts'

/** Closes part of a perp position, the largest market first. */
export const reducePerp: Lever = (context) => {
  const position = positionOf(context.ledger, context.domain)
  if (position.type !== 'perp') return { type: 'skip', why: 'reduce: not a perp account' }
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
  const { ledger, slippageCap: cap } = context
  const long = leg.size > 0n
  const mark = numberFromWad(leg.markPrice)
  const terms = perpTerms({
    frame: ledger.frame,
    venue: position.venue,
    asset: leg.asset,
    side: long ? 'sell' : 'buy',
  })
  const key = terms?.key ?? `${position.venue} ${leg.market}`
  const before = ledger.traded.get(key) ?? 0
  const sigmaBlock = sigmaPerBlock(context.sigma24h, [leg.asset])
  const costAt = (size: number): TradeCost =>
    costOf({ terms, value: size * mark, before, sigmaBlock, cap })
  const sized = sizeTrade({
    limit: Math.min(Math.abs(numberFromRaw(leg.size, 18)), largestValue(terms, before, cap) / mark),
    costAt,
    sizeAt: (cost) =>
      unitsToTarget(context, (prices) => closedPerUnit(leg, cost, priceOf(leg.asset, prices))),
  })
  if (sized === null)
    return { type: 'skip', why: `reduce: closing ${leg.market} would not raise health` }
  if (sized * mark < context.minUsd)
    return { type: 'skip', why: `reduce: too little of ${leg.market} can be closed` }

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
        limit: worstTotal({ size, mark: leg.markPrice, side: long ? 'sell' : 'buy', cost }),
        reduceOnly: true,
      },
    ],
    settlement: 'direct',
    flashLoan: null,
    slippage: value * cost.impact,
    fees: value * cost.fee,
    market: { key, value },
    why: ({ before: from, after }) =>
      `Close ${Number(numberFromRaw(size, 18).toPrecision(6))} of ${Number(Math.abs(numberFromRaw(leg.size, 18)).toPrecision(6))} ${leg.market} (${long ? 'long' : 'short'}) near ${Number(mark.toPrecision(6))}: health ${describeHealth(from)} → ${describeHealth(after)}.`,
  })
}

/**
 * Worst quote total accepted for a trade of `size` from the mark price: fee, impact and slack against the trader.
 * A sale rounds up, a purchase down. [USD 1e18]
 */
export function worstTotal(p: {
  readonly size: bigint
  readonly mark: bigint
  readonly side: 'buy' | 'sell'
  readonly cost: TradeCost
}): bigint {
  const { fee, impact, slack } = p.cost
  const kept = (1 - fee) * (1 - impact) * (1 - slack)
  return p.side === 'sell'
    ? mulDivUp(p.size * p.mark, wadFromNumber(kept), WAD * WAD)
    : mulDivDown(p.size * p.mark, wadFromNumber(2 - kept), WAD * WAD)
}

/** Change of equity and maintenance margin at price `S` per unit of base closed at the mark less costs. */
function closedPerUnit(leg: PerpLeg, { fee, impact }: TradeCost, S: number) {
  const mark = numberFromWad(leg.markPrice)
  const side = leg.size > 0n ? 1 : -1
  return {
    backing: side * (mark - S) - (fee + impact) * mark,
    requirement: -numberFromWad(leg.maintenanceMarginRatio) * S,
  }
}

const notional = (leg: PerpLeg): number =>
  Math.abs(numberFromRaw(leg.size, 18)) * numberFromWad(leg.markPrice)
