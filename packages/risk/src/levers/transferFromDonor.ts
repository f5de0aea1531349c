import {
  type Intent,
  type Margin,
  numberFromRaw,
  numberFromWad,
  type Prices,
  priceOf,
  sameAddress,
  type Token,
} from '@plimsoll/domain'
import { describeAmount, describeHealth } from '../describe.ts'
import { factorOf, heldBy, type Ledger, positionOf } from '../Ledger.ts'
import {
  type Lever,
  type LeverContext,
  rawAtLeast,
  rawAtMost,
  stepOf,
  unitsAboveFloor,
  unitsToTarget,
} from '../Lever.ts'
import { marketValue } from '../TradeTerms.ts'
import { acceptedBy } from './addFromReserve.ts'

/**
 * Moves collateral or free margin from a stronger domain: no market footprint.
 *
 * The token repays a loan where it is owed, else it becomes collateral or margin. A donor gives only what keeps it at or
 * above its floor on both sets of prices; one whose trade waits to be filled gives nothing.
 */
export const transferFromDonor: Lever = (context) => {
  const { ledger, domain, routes } = context
  const held = heldBy(ledger, domain)
  if (held !== null) return { type: 'skip', why: `transfer: ${held}` }
  for (const { from } of routes.transfers.filter(({ to }) => to === domain)) {
    if (!ledger.positions.has(from) || from === domain || heldBy(ledger, from) !== null) continue
    for (const offer of offersOf(ledger, from, context.donorFloor))
      for (const use of usesOf(ledger, domain, offer.token)) {
        const units = unitsToTarget(context, use.perUnit)
        if (units === null) continue
        const { token } = offer
        const raw = rawAtLeast(units, token.decimals, offer.raw, use.limit ?? offer.raw)
        if (marketValue(ledger.frame, token, numberFromRaw(raw, token.decimals)) < context.minUsd)
          continue
        return transfer(context, { from, token, raw, as: use.type, floor: offer.floor })
      }
  }
  return { type: 'skip', why: 'transfer: no donor above its floor holds a token that helps' }
}

function transfer(
  context: LeverContext,
  p: {
    readonly from: string
    readonly token: Token
    readonly raw: bigint
    readonly as: 'repay' | 'supply'
    readonly floor: number
  },
) {
  const { ledger, domain } = context
  const { token, raw } = p
  const donor = positionOf(ledger, p.from)
  const intents: readonly Intent[] = [
    { type: 'withdraw', venue: donor.venue, domain: p.from, token, raw },
    { type: p.as, venue: positionOf(ledger, domain).venue, domain, token, raw },
  ]
  const had = factorOf(ledger, p.from)
  return stepOf(context, {
    type: 'transfer',
    intents,
    settlement: 'direct',
    flashLoan: null,
    slippage: 0,
    fees: 0,
    market: null,
    why: ({ before, after }) =>
      `Move ${describeAmount(raw, token)} from ${p.from} (health ${describeHealth(had)}, floor ${p.floor}) to ${p.as === 'repay' ? 'repay debt' : 'back the position'}: health ${describeHealth(before)} → ${describeHealth(after)}.`,
  })
}

/** A token that a donor can give now, at most `raw`. */
type Offer = { readonly token: Token; readonly raw: bigint; readonly floor: number }

function offersOf(
  ledger: Ledger,
  from: string,
  floors: LeverContext['donorFloor'],
): readonly Offer[] {
  const donor = positionOf(ledger, from)
  const floor = floors[donor.type]
  const offer = (token: Token, held: bigint, perUnit: (prices: Prices) => Margin): Offer => {
    const units = unitsAboveFloor(ledger, from, floor, perUnit)
    return { token, floor, raw: rawAtMost(units, token.decimals, held) }
  }
  if (donor.type === 'perp')
    return [
      offer(donor.marginToken, donor.freeCollateral, () => ({ backing: -1, requirement: 0 })),
    ].filter(({ raw }) => raw > 0n)
  return donor.collateral
    .map(({ token, raw, liquidationThreshold }) =>
      offer(token, raw, (prices) => ({
        backing: -numberFromWad(liquidationThreshold) * priceOf(token.asset, prices),
        requirement: 0,
      })),
    )
    .filter(({ raw }) => raw > 0n)
}

/** What the receiving domain can do with a token; `limit` is the debt left. */
type Use = {
  readonly type: 'repay' | 'supply'
  readonly perUnit: (prices: Prices) => Margin
  readonly limit: bigint | null
}

function usesOf(ledger: Ledger, domain: string, token: Token): readonly Use[] {
  const position = positionOf(ledger, domain)
  const uses: Use[] = []
  if (position.type === 'lending')
    for (const leg of position.debt)
      if (leg.raw > 0n && sameAddress(leg.token.address, token.address))
        uses.push({
          type: 'repay',
          perUnit: (prices) => ({ backing: 0, requirement: -priceOf(token.asset, prices) }),
          limit: leg.raw,
        })
  for (const accepted of acceptedBy(position))
    if (sameAddress(accepted.token.address, token.address))
      uses.push({ type: 'supply', perUnit: accepted.perUnit, limit: null })
  return uses
}
