import {
  type DomainId,
  type Margin,
  numberFromWad,
  type Prices,
  priceOf,
  type Token,
} from '@plimsoll/domain'
import { factorOf, heldBy, positionOf } from '../Ledger.ts'
import { type LeverContext, rawAtMost, unitsAboveFloor } from '../Lever.ts'

/** A token that a domain can give now. */
export type Donor = {
  readonly from: DomainId
  readonly token: Token
  /** Most it gives. [token decimals] */
  readonly raw: bigint
  readonly health: number
  readonly floor: number
}

/**
 * What other domains can give to the context's, in the order of the routes.
 *
 * A donor stays at or above its floor on both sets of prices. A perp account gives free margin only, and nothing while
 * a trade of its waits to be filled.
 */
export function donorsOf(context: LeverContext): readonly Donor[] {
  const { ledger, domain, routes } = context
  const donors: Donor[] = []
  for (const { from, to } of routes.transfers) {
    if (to !== domain || from === domain || !ledger.positions.has(from)) continue
    if (heldBy(ledger, from) !== null) continue
    const donor = positionOf(ledger, from)
    const floor = context.floorOf(donor)
    const health = factorOf(ledger, from)
    const add = (token: Token, has: bigint, perUnit: (prices: Prices) => Margin): void => {
      const units = unitsAboveFloor(ledger, from, floor, perUnit)
      const raw = rawAtMost(units, token.decimals, has)
      if (raw > 0n) donors.push({ from, token, raw, health, floor })
    }
    if (donor.type === 'perp')
      add(donor.marginToken, donor.freeCollateral, () => ({ backing: -1, requirement: 0 }))
    else
      for (const { token, raw, liquidationThreshold } of donor.collateral)
        add(token, raw, (prices) => ({
          backing: -numberFromWad(liquidationThreshold) * priceOf(token.asset, prices),
          requirement: 0,
        }))
  }
  return donors
}
