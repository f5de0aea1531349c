import {
  type CollateralLeg,
  type DebtLeg,
  type LendingPosition,
  numberFromRaw,
  numberFromUsd,
  numberFromWad,
  priceOf,
  rawFromNumber,
  sameAddress,
  type VenueId,
} from '@plimsoll/domain'
import { describeAmount, describeHealth } from '../describe.ts'
import { positionOf } from '../Ledger.ts'
import { type LeverContext, rawAtMost, type Step, stepOf, unitsAboveFloor } from '../Lever.ts'
import { lessSlack } from '../minimumOut.ts'
import { sizeTrade, type TradeCost } from '../sizeTrade.ts'
import { costOf, largestValue, sigmaPerBlock, swapTerms } from '../TradeTerms.ts'

/**
 * Levers a loan up: borrows more of what is owed, buys collateral with it and supplies that.
 *
 * Ends at or above `target` on both sets of prices, counting only the least output of the swap, and borrows no more
 * than the venue lends on the collateral before the purchase. A loan without debt is left alone.
 */
export function boost(context: LeverContext): Step {
  const position = positionOf(context.ledger, context.domain)
  if (position.type !== 'lending') return { type: 'skip', why: 'boost: not a loan' }
  const largest = (a: { value: bigint }, b: { value: bigint }): number => Number(b.value - a.value)
  for (const debt of position.debt.toSorted(largest))
    for (const collateral of position.collateral.toSorted(largest)) {
      if (debt.raw === 0n || collateral.raw === 0n) continue
      for (const { venue, tokens } of context.routes.swaps) {
        const has = (leg: CollateralLeg | DebtLeg): boolean =>
          tokens.some(({ address }) => sameAddress(address, leg.token.address))
        if (
          has(debt) &&
          has(collateral) &&
          !sameAddress(debt.token.address, collateral.token.address)
        )
          return buy(context, { position, debt, collateral, venue })
      }
    }
  return { type: 'skip', why: 'boost: no route from a debt to a collateral' }
}

/** Share of the venue's borrowing limit that is used: prices move before the loan is taken. */
const BORROW_SHARE = 0.98

function buy(
  context: LeverContext,
  p: {
    readonly position: LendingPosition
    readonly debt: DebtLeg
    readonly collateral: CollateralLeg
    readonly venue: VenueId
  },
): Step {
  const { ledger, domain, slippageCap: cap } = context
  const { position, debt, collateral, venue } = p
  const { frame } = ledger
  const terms = swapTerms({ frame, venue, tokenIn: debt.token, tokenOut: collateral.token })
  if (terms === null)
    return {
      type: 'skip',
      why: `boost: no depth known for ${debt.token.symbol} → ${collateral.token.symbol}`,
    }
  const before = ledger.traded.get(terms.key) ?? 0
  const unit = priceOf(debt.token.asset, frame.marketPrices)
  const rate = unit / priceOf(collateral.token.asset, frame.marketPrices)
  const sigmaBlock = sigmaPerBlock(context.sigma24h, [debt.token.asset, collateral.token.asset])
  const costAt = (tokens: number): TradeCost =>
    costOf({ terms, value: tokens * unit, before, sigmaBlock, cap })
  const boughtPer = ({ fee, impact, slack }: TradeCost): number =>
    rate * (1 - fee) * (1 - impact) * (1 - slack)
  const sized = sizeTrade({
    limit: Math.min(largestValue(terms, before, cap) / unit, borrowable(position, debt)),
    costAt,
    sizeAt: (cost) =>
      unitsAboveFloor(ledger, domain, context.target, (prices) => ({
        backing:
          numberFromWad(collateral.liquidationThreshold) *
          priceOf(collateral.token.asset, prices) *
          boughtPer(cost),
        requirement: priceOf(debt.token.asset, prices),
      })),
  })
  if (sized === null || sized * unit < context.minUsd)
    return { type: 'skip', why: 'boost: too little can be borrowed' }
  const cost = costAt(sized)
  const raw = rawAtMost(sized, debt.token.decimals, 2n ** 128n)
  const value = numberFromRaw(raw, debt.token.decimals) * unit
  const expected =
    (value * (1 - cost.fee) * (1 - cost.impact)) /
    priceOf(collateral.token.asset, frame.marketPrices)
  const minOut = lessSlack(rawFromNumber(expected, collateral.token.decimals), cost.slack)
  return stepOf(context, {
    type: 'boost',
    intents: [
      { type: 'borrow', venue: position.venue, domain, token: debt.token, raw },
      {
        type: 'swap',
        venue,
        tokenIn: debt.token,
        tokenOut: collateral.token,
        amountIn: raw,
        minOut,
      },
      { type: 'supply', venue: position.venue, domain, token: collateral.token, raw: minOut },
    ],
    settlement: 'direct',
    flashLoan: null,
    slippage: value * cost.impact,
    fees: value * cost.fee,
    market: { key: terms.key, value },
    why: (health) =>
      `Borrow ${describeAmount(raw, debt.token)} and supply at least ${describeAmount(minOut, collateral.token)} for it: health ${describeHealth(health.before)} → ${describeHealth(health.after)}.`,
  })
}

/** Debt tokens the venue still lends, a little less for safety. */
function borrowable(position: LendingPosition, debt: DebtLeg): number {
  let room = 0
  for (const leg of position.collateral)
    room += numberFromUsd(leg.value) * numberFromWad(leg.maxLtv)
  room *= BORROW_SHARE
  for (const leg of position.debt) room -= numberFromUsd(leg.value)
  return Math.max(0, room) / numberFromWad(debt.oraclePrice)
}
