import type { AssetId } from './Asset.ts'
import { createLinearDomain } from './createLinearDomain.ts'
import { accumulate } from './Linear.ts'
import type { LiquidationTerms, MarginDomain } from './MarginDomain.ts'
import type { PerpPosition } from './Position.ts'
import { numberFromRaw, numberFromWad } from './units.ts'

/**
 * Creates the margin domain of a perp account: `health = (margin + Σ n·S − Σ cost) / (f + Σ m·|n|·S)`.
 *
 * The venue's equity and maintenance margin at its own mark prices are the anchors, so the domain agrees with the venue
 * now and moves with `size` from there; `f` is what the venue asks for whatever the price, a liquidator's fixed fee. Margin is cash in the venue's settlement token, counted at face value as the venue does.
 *
 * @see RISK.md part A
 */
export function perpDomain(p: {
  readonly position: PerpPosition
  readonly liquidation: LiquidationTerms
}): MarginDomain {
  const size = new Map<AssetId, number>()
  const requirement = new Map<AssetId, number>()
  const notional = new Map<AssetId, number>()
  let atMark = 0
  let required = 0
  for (const leg of p.position.legs) {
    const amount = numberFromRaw(leg.size, 18)
    atMark += amount * numberFromWad(leg.markPrice)
    const share = Math.abs(amount) * numberFromWad(leg.maintenanceMarginRatio)
    required += share * numberFromWad(leg.markPrice)
    accumulate(size, leg.asset, amount)
    accumulate(requirement, leg.asset, share)
    accumulate(notional, leg.asset, Math.abs(amount))
  }
  const backing = { constant: numberFromRaw(p.position.equity, 18) - atMark, perToken: size }
  return createLinearDomain({
    id: p.position.domain,
    venue: p.position.venue,
    type: 'perp',
    linear: {
      backing,
      requirement: {
        constant: Math.max(0, numberFromRaw(p.position.maintenanceMargin, 18) - required),
        perToken: requirement,
      },
      equity: backing,
      exposure: { constant: 0, perToken: notional },
    },
    venuePrices: new Map(p.position.legs.map((leg) => [leg.asset, numberFromWad(leg.markPrice)])),
    liquidation: p.liquidation,
  })
}
