import type { AssetId } from './Asset.ts'
import { createLinearDomain } from './createLinearDomain.ts'
import { accumulate } from './Linear.ts'
import type { MarginDomain } from './MarginDomain.ts'
import type { LendingPosition } from './Position.ts'
import { numberFromRaw, numberFromWad } from './units.ts'

/**
 * Creates the margin domain of a loan: `health = Σ LT·c·S / Σ d·S`. A leg of nothing is no part of it.
 *
 * @param p.fullCloseHealth - Health below which a liquidation may close everything; null when never.
 * @see RISK.md part A
 */
export function lendingDomain(p: {
  readonly position: LendingPosition
  readonly fullCloseHealth: number | null
}): MarginDomain {
  const backing = new Map<AssetId, number>()
  const equity = new Map<AssetId, number>()
  const debt = new Map<AssetId, number>()
  let bonus = 0
  const collateral = p.position.collateral.filter(({ raw }) => raw > 0n)
  const owed = p.position.debt.filter(({ raw }) => raw > 0n)
  for (const leg of collateral) {
    const amount = numberFromRaw(leg.raw, leg.token.decimals)
    accumulate(backing, leg.token.asset, amount * numberFromWad(leg.liquidationThreshold))
    accumulate(equity, leg.token.asset, amount)
    bonus = Math.max(bonus, numberFromWad(leg.liquidationBonus))
  }
  for (const leg of owed) {
    const amount = numberFromRaw(leg.raw, leg.token.decimals)
    accumulate(debt, leg.token.asset, amount)
    accumulate(equity, leg.token.asset, -amount)
  }
  const closeFactor = numberFromWad(p.position.closeFactor)
  return createLinearDomain({
    id: p.position.domain,
    venue: p.position.venue,
    type: 'lending',
    linear: {
      backing: { constant: 0, perToken: backing },
      requirement: { constant: 0, perToken: debt },
      equity: { constant: 0, perToken: equity },
      exposure: { constant: 0, perToken: debt },
    },
    venuePrices: new Map(
      [...collateral, ...owed].map((leg) => [leg.token.asset, numberFromWad(leg.oraclePrice)]),
    ),
    liquidation: { closeFactor, fullCloseHealth: p.fullCloseHealth, bonus, partial: true },
  })
}
