import { type Intent, numberFromRaw, priceOf, rawFromNumber, sameAddress } from '@plimsoll/domain'
import { describeAmount, describeHealth } from '../describe.ts'
import { heldBy, positionOf } from '../Ledger.ts'
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
import type { SwapRoute } from '../Routes.ts'
import { sizeTrade, type TradeCost } from '../sizeTrade.ts'
import { costOf, largestValue, sigmaPerBlock, swapTerms } from '../TradeTerms.ts'
import { type Donor, donorsOf } from './donorsOf.ts'
import { type Use, usesOf } from './usesOf.ts'

/**
 * Moves free margin or collateral from a stronger domain through a stable swap: dollars of one kind into another.
 *
 * Only routes that are marked stable are used, so no price risk changes hands. Only the least output of the swap is
 * counted on; the rest stays with the owner.
 */
export const exchangeFromDonor: Lever = (context) => {
  const { ledger, domain, routes } = context
  const held = heldBy(ledger, domain)
  if (held !== null) return { type: 'skip', why: `exchange: ${held}` }
  const uses = usesOf(positionOf(ledger, domain))
  let why = 'exchange: no stable route from a donor above its floor'
  for (const donor of donorsOf(context))
    for (const use of uses)
      for (const route of routes.swaps) {
        if (!isStableRoute(route, donor, use)) continue
        const step = exchange(context, { donor, use, route })
        if (step.type === 'act') return step
        why = step.why
      }
  return { type: 'skip', why }
}

/** Units of the token bought that rounding may take: of the quote and of what is sold. */
const ROUNDING = 2

function exchange(
  context: LeverContext,
  p: { readonly donor: Donor; readonly use: Use; readonly route: SwapRoute },
): Step {
  const { ledger, domain, slippageCap: cap } = context
  const { frame } = ledger
  const { from, token: tokenIn, raw: most, health, floor } = p.donor
  const { token: tokenOut, perUnit, limit, type } = p.use
  const { venue } = p.route
  const pair = `${tokenIn.symbol} → ${tokenOut.symbol}`
  const terms = swapTerms({ frame, venue, tokenIn, tokenOut })
  if (terms === null) return { type: 'skip', why: `exchange: no depth known for ${pair}` }
  const before = ledger.traded.get(terms.key) ?? 0
  const unit = priceOf(tokenIn.asset, frame.marketPrices)
  const rate = unit / priceOf(tokenOut.asset, frame.marketPrices)
  const sigmaBlock = sigmaPerBlock(context.sigma24h, [tokenIn.asset, tokenOut.asset])
  const costAt = (tokens: number): TradeCost =>
    costOf({ terms, value: tokens * unit, before, sigmaBlock, cap })
  const expectedPer = ({ fee, impact }: TradeCost): number => rate * (1 - fee) * (1 - impact)
  const surePer = (cost: TradeCost): number => expectedPer(cost) * (1 - cost.slack)

  const sized = sizeTrade({
    limit: Math.min(numberFromRaw(most, tokenIn.decimals), largestValue(terms, before, cap) / unit),
    costAt,
    sizeAt: (cost) =>
      unitsToTarget(context, (prices) => {
        const { backing, requirement } = perUnit(prices)
        return { backing: backing * surePer(cost), requirement: requirement * surePer(cost) }
      }),
  })
  if (sized === null) return { type: 'skip', why: `exchange: ${pair} would not raise health` }
  const owed = limit === null ? Number.POSITIVE_INFINITY : numberFromRaw(limit, tokenOut.decimals)
  const per = surePer(costAt(sized))
  const tokens = Math.min(sized, owed / per) + ROUNDING / 10 ** tokenOut.decimals / per
  if (tokens * unit < context.minUsd)
    return { type: 'skip', why: `exchange: too little of ${pair} can be moved` }

  const cost = costAt(tokens)
  const amountIn = rawAtLeast(tokens, tokenIn.decimals, most)
  const sold = numberFromRaw(amountIn, tokenIn.decimals)
  const minOut = lessSlack(rawFromNumber(sold * expectedPer(cost), tokenOut.decimals), cost.slack)
  const raw = limit === null ? minOut : least([minOut, limit])
  const intents: readonly Intent[] = [
    {
      type: 'withdraw',
      venue: positionOf(ledger, from).venue,
      domain: from,
      token: tokenIn,
      raw: amountIn,
    },
    { type: 'swap', venue, tokenIn, tokenOut, amountIn, minOut },
    { type, venue: positionOf(ledger, domain).venue, domain, token: tokenOut, raw },
  ]
  return stepOf(context, {
    type: 'transfer',
    intents,
    settlement: 'direct',
    flashLoan: null,
    slippage: sold * unit * cost.impact,
    fees: sold * unit * cost.fee,
    market: { key: terms.key, value: sold * unit },
    why: (now) =>
      `Move ${describeAmount(amountIn, tokenIn)} from ${from} (health ${describeHealth(health)}, floor ${floor}), exchange it for at least ${describeAmount(minOut, tokenOut)} and ${type === 'repay' ? 'repay debt' : 'back the position'}: health ${describeHealth(now.before)} → ${describeHealth(now.after)}.`,
  })
}

function isStableRoute({ stable, tokens }: SwapRoute, donor: Donor, use: Use): boolean {
  const joins = ({ token }: { readonly token: Donor['token'] }): boolean =>
    tokens.some(({ address }) => sameAddress(address, token.address))
  const differ = !sameAddress(donor.token.address, use.token.address)
  return stable === true && differ && joins(donor) && joins(use)
}
