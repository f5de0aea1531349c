import { numberFromRaw, sameAddress } from '@plimsoll/domain'
import { describeAmount, describeHealth } from '../describe.ts'
import { heldBy, positionOf } from '../Ledger.ts'
import { type Lever, type LeverContext, rawAtLeast, stepOf, unitsToTarget } from '../Lever.ts'
import { marketValue } from '../TradeTerms.ts'
import { type Donor, donorsOf } from './donorsOf.ts'
import { type Use, usesOf } from './usesOf.ts'

/**
 * Moves collateral or free margin from a stronger domain: no market footprint.
 *
 * The token repays a loan where it is owed, else it becomes collateral or margin.
 */
export const transferFromDonor: Lever = (context) => {
  const { ledger, domain } = context
  const held = heldBy(ledger, domain)
  if (held !== null) return { type: 'skip', why: `transfer: ${held}` }
  const uses = usesOf(positionOf(ledger, domain))
  for (const donor of donorsOf(context))
    for (const use of uses) {
      const { token } = donor
      if (!sameAddress(use.token.address, token.address)) continue
      const units = unitsToTarget(context, use.perUnit)
      if (units === null) continue
      const raw = rawAtLeast(units, token.decimals, donor.raw, use.limit ?? donor.raw)
      if (marketValue(ledger.frame, token, numberFromRaw(raw, token.decimals)) < context.minUsd)
        continue
      return transfer(context, donor, use, raw)
    }
  return { type: 'skip', why: 'transfer: no donor above its floor holds a token that helps' }
}

function transfer(context: LeverContext, donor: Donor, use: Use, raw: bigint) {
  const { ledger, domain } = context
  const { from, token, health, floor } = donor
  return stepOf(context, {
    type: 'transfer',
    intents: [
      { type: 'withdraw', venue: positionOf(ledger, from).venue, domain: from, token, raw },
      { type: use.type, venue: positionOf(ledger, domain).venue, domain, token, raw },
    ],
    settlement: 'direct',
    flashLoan: null,
    slippage: 0,
    fees: 0,
    market: null,
    why: ({ before, after }) =>
      `Move ${describeAmount(raw, token)} from ${from} (health ${describeHealth(health)}, floor ${floor}) to ${use.type === 'repay' ? 'repay debt' : 'back the position'}: health ${describeHealth(before)} → ${describeHealth(after)}.`,
  })
}
