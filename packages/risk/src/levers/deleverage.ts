import {
  type Amount,
  type CollateralLeg,
  type DebtLeg,
  type LendingPosition,
  numberFromRaw,
  numberFromWad,
  type Prices,
  priceOf,
  priceSets,
  rawFromNumber,
  sameAddress,
  type VenueId,
} from '@plimsoll/domain'
import { amountAbove } from '../amountToReach.ts'
import { describeAmount, describeHealth } from '../describe.ts'
import { domainOf, type Ledger, positionOf } from '../Ledger.ts'
import {
  type Lever,
  type LeverContext,
  least,
  rawAtLeast,
  type Step,
  stepOf,
  unitsToTarget,
} from '../Lever.ts'
import { lessSlack } from '../minimumOut.ts'
import { sizeTrade, type TradeCost } from '../sizeTrade.ts'
import { costOf, largestValue, marketValue, sigmaPerBlock, swapTerms } from '../TradeTerms.ts'

/**
 * Sells collateral and repays debt with it.
 *
 * Atomic where the debt token can be borrowed for one transaction: repay first, withdraw what that frees, sell it, pay
 * the lender back. Stepwise otherwise: withdraw what health allows, sell, repay. Only the least output of the swap is
 * counted on; the rest comes back to the owner. Of several collaterals the one with the lowest liquidation threshold is
 * sold first, for it moves health most per dollar.
 */
export const deleverage: Lever = (context) => {
  const position = positionOf(context.ledger, context.domain)
  if (position.type !== 'lending') return { type: 'skip', why: 'deleverage: not a loan' }
  let why = 'deleverage: no route from a collateral to a debt'
  for (const collateral of position.collateral.toSorted(byPower))
    for (const debt of position.debt.toSorted((a, b) => Number(b.value - a.value))) {
      if (collateral.raw === 0n || debt.raw === 0n) continue
      for (const { venue, tokens } of context.routes.swaps) {
        if (!isRoute(tokens, collateral, debt)) continue
        const step = sell(context, { position, collateral, debt, venue })
        if (step.type === 'act') return step
        why = step.why
      }
    }
  return { type: 'skip', why }
}

/** Health that a stepwise withdrawal leaves at least, at oracle prices. */
const STEP_FLOOR = 1.02

type Sale = {
  readonly position: LendingPosition
  readonly collateral: CollateralLeg
  readonly debt: DebtLeg
  readonly venue: VenueId
}

function sell(context: LeverContext, sale: Sale): Step {
  const { ledger, routes, slippageCap: cap } = context
  const { position, collateral, debt, venue } = sale
  const pair = `${collateral.token.symbol} → ${debt.token.symbol}`
  const terms = swapTerms({
    frame: ledger.frame,
    venue,
    tokenIn: collateral.token,
    tokenOut: debt.token,
  })
  if (terms === null) return { type: 'skip', why: `deleverage: no depth known for ${pair}` }
  const atomic = routes.flashLoan?.tokens.some((token) => sameAddress(token, debt.token.address))
  const flashFee = atomic ? (routes.flashLoan?.fee ?? 0) : 0
  const before = ledger.traded.get(terms.key) ?? 0
  const unit = priceOf(collateral.token.asset, ledger.frame.marketPrices)
  const rate = unit / priceOf(debt.token.asset, ledger.frame.marketPrices)
  const sigmaBlock = sigmaPerBlock(context.sigma24h, [collateral.token.asset, debt.token.asset])
  const costAt = (tokens: number): TradeCost =>
    costOf({ terms, value: tokens * unit, before, sigmaBlock, cap })
  /** Debt tokens surely repaid per collateral token sold. */
  const repaidPer = ({ fee, impact, slack }: TradeCost): number =>
    (rate * (1 - fee) * (1 - impact) * (1 - slack)) / (1 + flashFee)

  const limit = Math.min(
    numberFromRaw(collateral.raw, collateral.token.decimals),
    largestValue(terms, before, cap) / unit,
    atomic ? Number.POSITIVE_INFINITY : withdrawable(context, collateral),
  )
  const sized = sizeTrade({
    limit,
    costAt,
    sizeAt: (cost) =>
      unitsToTarget(context, (prices) => ({
        backing: -backingPer(collateral, prices),
        requirement: -repaidPer(cost) * priceOf(debt.token.asset, prices),
      })),
  })
  if (sized === null)
    return { type: 'skip', why: `deleverage: selling ${pair} would not raise health` }
  const owed = numberFromRaw(debt.raw, debt.token.decimals)
  const tokens = Math.min(sized, owed / repaidPer(costAt(sized)))
  if (tokens * unit < context.minUsd)
    return { type: 'skip', why: `deleverage: too little of ${pair} can be sold` }

  const cost = costAt(tokens)
  const amountIn = rawAtLeast(tokens, collateral.token.decimals, collateral.raw)
  const minOut = leastOut(ledger, sale, amountIn, cost)
  const repaid = least([minOut - feeOn(minOut, flashFee), debt.raw])
  const loan: Amount | null = atomic ? { token: debt.token, raw: repaid } : null
  const base = { venue: position.venue, domain: position.domain } as const
  const repay = { type: 'repay', ...base, token: debt.token, raw: repaid } as const
  const withdraw = { type: 'withdraw', ...base, token: collateral.token, raw: amountIn } as const
  const swap = {
    type: 'swap',
    venue,
    tokenIn: collateral.token,
    tokenOut: debt.token,
    amountIn,
    minOut,
  } as const
  const value = tokens * unit
  const step = stepOf(context, {
    type: 'deleverage',
    intents: atomic ? [repay, withdraw, swap] : [withdraw, swap, repay],
    settlement: atomic ? 'atomic' : 'direct',
    flashLoan: loan,
    slippage: value * cost.impact,
    fees: value * (cost.fee + flashFee),
    market: { key: terms.key, value },
    why: ({ before: from, after }) =>
      `Sell ${describeAmount(amountIn, collateral.token)} for at least ${describeAmount(minOut, debt.token)} and repay ${describeAmount(repaid, debt.token)}, ${atomic ? 'in one transaction with a flash loan' : 'step by step'}: health ${describeHealth(from)} → ${describeHealth(after)}.`,
  })
  if (step.type === 'act' && step.action.healthAfter <= 1)
    return {
      type: 'skip',
      why: `deleverage: ${pair} as deep as the market allows leaves health at ${describeHealth(step.action.healthAfter)}, and the venue refuses a withdrawal below 1`,
    }
  return step
}

/** Least output of the sale. [debt token decimals] */
function leastOut(
  { frame }: Ledger,
  { collateral, debt }: Sale,
  amountIn: bigint,
  { fee, impact, slack }: TradeCost,
): bigint {
  const value = marketValue(
    frame,
    collateral.token,
    numberFromRaw(amountIn, collateral.token.decimals),
  )
  const expected =
    (value * (1 - fee) * (1 - impact)) / priceOf(debt.token.asset, frame.marketPrices)
  return lessSlack(rawFromNumber(expected, debt.token.decimals), slack)
}

/** Collateral tokens that can leave before anything is repaid. */
function withdrawable({ ledger, domain }: LeverContext, collateral: CollateralLeg): number {
  const held = domainOf(ledger, domain)
  const prices = priceSets(held, ledger.frame).oracle
  return amountAbove({
    margin: held.margin(prices),
    floor: STEP_FLOOR,
    perUnit: { backing: -backingPer(collateral, prices), requirement: 0 },
  })
}

const backingPer = ({ liquidationThreshold, token }: CollateralLeg, prices: Prices): number =>
  numberFromWad(liquidationThreshold) * priceOf(token.asset, prices)

/** Part of `total` that a loan of the rest costs, rounded up. */
function feeOn(total: bigint, fee: number): bigint {
  if (fee === 0) return 0n
  const scale = 10n ** 12n
  const share = BigInt(Math.ceil(fee * 1e12))
  return (total * share) / (scale + share) + 2n
}

const byPower = (a: CollateralLeg, b: CollateralLeg): number =>
  Number(a.liquidationThreshold - b.liquidationThreshold) || Number(b.value - a.value)

const isRoute = (
  [a, b]: readonly [{ address: `0x${string}` }, { address: `0x${string}` }],
  from: Amount,
  to: Amount,
): boolean =>
  (sameAddress(a.address, from.token.address) && sameAddress(b.address, to.token.address)) ||
  (sameAddress(b.address, from.token.address) && sameAddress(a.address, to.token.address))
