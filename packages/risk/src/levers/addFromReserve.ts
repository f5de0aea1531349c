import {
  type Margin,
  numberFromRaw,
  numberFromWad,
  type Prices,
  priceOf,
  type Token,
} from '@plimsoll/domain'
import { describeAmount, describeHealth } from '../describe.ts'
import { heldBy, positionOf, reserveOf } from '../Ledger.ts'
import { type Lever, rawAtLeast, stepOf, unitsToTarget } from '../Lever.ts'
import { marketValue } from '../TradeTerms.ts'

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

/** A token that raises the backing of a domain, and by how much per whole token. */
export type Accepted = {
  readonly token: Token
  readonly perUnit: (prices: Prices) => Margin
}

/** Tokens a position takes as collateral or margin. Margin counts at face value, as the venue does. */
export function acceptedBy(position: ReturnType<typeof positionOf>): readonly Accepted[] {
  if (position.type === 'perp')
    return [{ token: position.marginToken, perUnit: () => ({ backing: 1, requirement: 0 }) }]
  return position.collateral
    .filter((leg) => leg.liquidationThreshold > 0n)
    .map(({ token, liquidationThreshold }) => ({
      token,
      perUnit: (prices) => ({
        backing: numberFromWad(liquidationThreshold) * priceOf(token.asset, prices),
        requirement: 0,
      }),
    }))
}
