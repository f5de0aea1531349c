import { type AssetId, BPS, type Bps } from '@plimsoll/domain'
import { formatUnits } from 'viem'
import type { PolicyContext, Violation } from './CallRule.ts'
import { missingReference } from './missingReference.ts'

/** An amount of an asset at a scale of its own. */
export type Stake = {
  readonly asset: AssetId
  readonly raw: bigint
  readonly decimals: number
}

/**
 * Finds a violation where what is had for something is worth less than it by more than a share, at the references.
 *
 * `value(got) ≥ (1 − tolerance) × value(given)`, compared without rounding.
 *
 * @param p.given - What is paid at most.
 * @param p.got - What is had at least.
 */
export function worsePrice(
  p: {
    readonly rule: string
    readonly given: Stake
    readonly got: Stake
    readonly tolerance: Bps
  },
  { references }: PolicyContext,
): Violation | null {
  const { rule, given, got, tolerance } = p
  const missing =
    missingReference(rule, given.asset, references) ?? missingReference(rule, got.asset, references)
  if (missing !== null) return missing
  const priceOf = ({ asset }: Stake): bigint => references.get(asset) ?? 0n
  const had = got.raw * priceOf(got) * 10n ** BigInt(given.decimals)
  const paid = given.raw * priceOf(given) * 10n ** BigInt(got.decimals)
  if (had * BPS >= paid * (BPS - tolerance)) return null
  const at = [given, got].map((each) => `${each.asset} at ${formatUnits(priceOf(each), 18)} USD`)
  return {
    rule: `${rule} price`,
    found: `${show(got)} for ${show(given)}`,
    allowed: `up to ${tolerance} bps less than its value, ${at.join(' and ')}`,
    recovery: 'refresh',
  }
}

const show = ({ asset, raw, decimals }: Stake): string => `${formatUnits(raw, decimals)} ${asset}`
