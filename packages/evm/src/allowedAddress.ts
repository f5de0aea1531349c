import type { Address } from '@plimsoll/domain'
import { isAddress, isAddressEqual } from 'viem'
import type { Violation } from './CallRule.ts'

/** Finds a violation where a decoded argument is none of the allowed addresses. */
export function allowedAddress(
  rule: string,
  found: unknown,
  allowed: readonly Address[],
): Violation | null {
  const isAllowed =
    typeof found === 'string' &&
    isAddress(found, { strict: false }) &&
    allowed.some((address) => isAddressEqual(address, found))
  return isAllowed ? null : { rule, found: String(found), allowed: allowed.join(' or ') || 'none' }
}
