import { type AssetId, BPS, type Bps, bps, type Usd, usd, valueUp, WAD } from '@plimsoll/domain'
import { formatUnits } from 'viem'
import type { PolicyContext, Violation } from './CallRule.ts'
import { missingReference } from './missingReference.ts'

/** How far from the reference a perp may be filled unless told otherwise. */
export const MAX_FILL_DEVIATION = bps(500n)

/** A trade of a perp with the bound that its call carries. */
export type BoundedTrade = {
  readonly asset: AssetId
  /** Positive buys. [base 1e18] */
  readonly size: bigint
  /** Most that is paid, least that is received. [USD 1e18] */
  readonly notional: bigint
}

/**
 * Finds a violation where a perp could be filled worse than its asset's reference by more than a share.
 *
 * Bought at up to `(1 + tolerance)` of the reference, sold at down to `(1 − tolerance)`; compared without rounding.
 */
export function worseFill(
  p: BoundedTrade & { readonly rule: string; readonly tolerance?: Bps },
  { references }: PolicyContext,
): Violation | null {
  const { rule, asset, size, notional, tolerance = MAX_FILL_DEVIATION } = p
  const missing = missingReference(rule, asset, references)
  if (missing !== null) return missing
  const reference = references.get(asset) ?? 0n
  const bound = notional * WAD * BPS
  const isFair =
    size > 0n
      ? bound <= size * reference * (BPS + tolerance)
      : bound >= -size * reference * (BPS - tolerance)
  if (isFair) return null
  return {
    rule: `${rule} price`,
    found: `${formatUnits(size, 18)} ${asset} for ${formatUnits(notional, 18)} USD`,
    allowed: `up to ${tolerance} bps worse than ${formatUnits(reference, 18)} USD each`,
    recovery: 'refresh',
  }
}

/** Value of a trade of a perp at the reference, rounded up; nothing without one, as {@link worseFill} refuses it. */
export function tradedValue(
  { asset, size }: Pick<BoundedTrade, 'asset' | 'size'>,
  { references }: PolicyContext,
): Usd {
  const reference = references.get(asset)
  return reference === undefined ? usd(0n) : valueUp(size < 0n ? -size : size, 18, reference)
}
