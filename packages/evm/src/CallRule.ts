import type { Address } from '@plimsoll/domain'
import type { AbiFunction } from 'viem'

/** Who a checked call is made for. */
export type PolicyContext = {
  /** Whose money it is. */
  readonly owner: Address
  /** Who makes the call: the owner, or the owner's own executor inside an atomic transaction. */
  readonly sender: Address
}

/** Why a call is not allowed. */
export type Violation = { readonly rule: string; readonly found: string; readonly allowed: string }

/**
 * One call the signing policy may let through: a function of one target, its arguments checked.
 *
 * Everything no rule names is denied. Where several rules name the same function, one that finds nothing is enough.
 */
export type CallRule = {
  readonly target: Address
  readonly abi: AbiFunction
  /** Looks at decoded arguments; null when they are fine. */
  check(args: readonly unknown[], context: PolicyContext): Violation | null
}
