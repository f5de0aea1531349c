import type { AssetId } from '@plimsoll/domain'
import type { References, Violation } from './CallRule.ts'

/** Finds a violation where an asset has no reference: a missing price is never zero, and never any price. */
export function missingReference(
  rule: string,
  asset: AssetId,
  references: References,
): Violation | null {
  return (references.get(asset) ?? 0n) > 0n
    ? null
    : {
        rule: `${rule} reference`,
        found: `no reference price of ${asset}`,
        allowed: [...references.keys()].join(', ') || 'none: no references are read',
      }
}
