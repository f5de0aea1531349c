import { numberFromRaw } from '@plimsoll/domain'
import { describeAmount, describeHealth } from '../describe.ts'
import { heldBy, positionOf, reserveOf } from '../Ledger.ts'
import { type Lever, rawAtLeast, stepOf, unitsToTarget } from '../Lever.ts'
import { marketValue } from '../TradeTerms.ts'
import { acceptedBy } from './usesOf.ts'

/** Supplies reserve tokens as collateral of a loan or margin of a perp account: no market footprint. */
export const addFromReserve: Lever = (context) => {
  const { ledger, domain } = context
  const position = positionOf(ledger, domain)
  const held = heldBy(ledger, domain)
  if (held !== null) return { type: 'skip', why: `add collateral: ${held}` }
  for (const { token, perUnit } of acceptedBy(position)) {
    const spare = reserveOf(ledger, token.address)
    if (spare === 0n) continue
    const units = unitsToTarget(context, perUnit)
    if (units === null) continue
    const raw = rawAtLeast(units, token.decimals, spare)
    if (marketValue(ledger.frame, token, numberFromRaw(raw, token.decimals)) < context.minUsd)
      continue
    return stepOf(context, {
      type: 'add-collateral',
      intents: [{ type: 'supply', venue: position.venue, domain, token, raw }],
      settlement: 'direct',
      flashLoan: null,
      slippage: 0,
      fees: 0,
      market: null,
      why: ({ before, after }) =>
        `Add ${describeAmount(raw, token)} of the reserve's ${describeAmount(spare, token)} as ${position.type === 'lending' ? 'collateral' : 'margin'}: health ${describeHealth(before)} → ${describeHealth(after)}.`,
    })
  }
  return { type: 'skip', why: 'add collateral: no reserve left in a token the venue counts' }
}
