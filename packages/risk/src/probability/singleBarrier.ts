import type { AssetId } from '@plimsoll/domain'
import type { CompiledDomain } from './compileDomain.ts'

/** The one price that liquidates a domain. */
export type SingleBarrier = {
  readonly asset: AssetId
  /** Log-return to the price of liquidation; 0 when it can be liquidated now. */
  readonly distance: number
  /** `fall` liquidates a long, `rise` a short. */
  readonly side: 'fall' | 'rise'
}

/**
 * Price of liquidation of a domain that one volatile asset moves, exactly: `ln` of what stands still over what moves.
 *
 * @param pinned - Assets taken as not moving: stablecoins.
 * @returns Null when more than one asset moves it, or no price liquidates it.
 */
export function singleBarrier(
  domain: CompiledDomain,
  pinned: readonly AssetId[],
): SingleBarrier | null {
  let still = domain.backingConstant - domain.requirementConstant
  let moving = 0
  let asset: AssetId | null = null
  for (let i = 0; i < domain.active.length; i++) {
    const each = domain.assets[domain.active[i] ?? 0] ?? ''
    const value = (domain.backing[i] ?? 0) - (domain.requirement[i] ?? 0)
    if (value === 0) continue
    if (pinned.includes(each)) still += value
    else if (asset !== null) return null
    else {
      asset = each
      moving = value
    }
  }
  if (asset === null || domain.status === 'unlevered') return null
  const side = moving > 0 ? 'fall' : 'rise'
  if (domain.status === 'liquidatable') return { asset, distance: 0, side }
  const ratio = -still / moving
  return ratio > 0 ? { asset, distance: Math.abs(Math.log(ratio)), side } : null
}
