import type { Address, Hex } from '@plimsoll/domain'
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

/** A call that another call makes the owner's executor make. */
export type InnerCall = { readonly to: Address; readonly data: Hex }

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
  /** Calls the target will make in its own name. Only the executor has any; the policy checks each by the same rules. */
  readonly inner?: (args: readonly unknown[]) => readonly InnerCall[]
}
