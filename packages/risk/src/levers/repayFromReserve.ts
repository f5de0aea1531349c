import { numberFromRaw, priceOf } from '@plimsoll/domain'
import { describeAmount, describeHealth } from '../describe.ts'
import { positionOf, reserveOf } from '../Ledger.ts'
import { type Lever, rawAtLeast, stepOf, unitsToTarget } from '../Lever.ts'
import { marketValue } from '../TradeTerms.ts'

/** Pays debt back with a reserve of the same token: no market footprint, most power per dollar. */
export const repayFromReserve: Lever = (context) => {
  const { ledger, domain } = context
  const position = positionOf(ledger, domain)
  if (position.type !== 'lending') return { type: 'skip', why: 'repay: not a loan' }
  for (const { token, raw: owed } of position.debt.toSorted((a, b) =>
    a.value < b.value ? 1 : -1,
  )) {
    const held = reserveOf(ledger, token.address)
    if (held === 0n || owed === 0n) continue
    const units = unitsToTarget(context, (prices) => ({
      backing: 0,
      requirement: -priceOf(token.asset, prices),
    }))
    if (units === null) continue
    const raw = rawAtLeast(units, token.decimals, held, owed)
    if (marketValue(ledger.frame, token, numberFromRaw(raw, token.decimals)) < context.minUsd)
      continue
    return stepOf(context, {
      type: 'repay',
      intents: [{ type: 'repay', venue: position.venue, domain, token, raw }],
      settlement: 'direct',
      flashLoan: null,
      slippage: 0,
      fees: 0,
      market: null,
      why: ({ before, after }) =>
        `Repay ${describeAmount(raw, token)} of ${describeAmount(owed, token)} owed from the reserve of ${describeAmount(held, token)}: health ${describeHealth(before)} → ${describeHealth(after)}.`,
    })
  }
  return { type: 'skip', why: 'repay: no reserve left in a token that is owed' }
}
