import type { Address, AssetId, Hex, Price, Usd } from '@plimsoll/domain'
import type { AbiFunction } from 'viem'

/** USD per whole token by asset, from sources that are not the quote a trade was made from. [1e18] */
export type References = ReadonlyMap<AssetId, Price>

/** What the policy knows of the world when it looks at a transaction. */
export type PolicySight = {
  /** Time of the block that the call was decided on. [s] */
  readonly time: bigint
  readonly references: References
}

/** Who a checked call is made for, and what the world looks like. */
export type PolicyContext = PolicySight & {
  /** Whose money it is. */
  readonly owner: Address
  /** Who makes the call: the owner, or the owner's own executor inside an atomic transaction. */
  readonly sender: Address
}

/** Why a call is not allowed. */
export type Violation = {
  readonly rule: string
  readonly found: string
  readonly allowed: string
  /** `refresh` where the same call may pass on a later block, as prices move; `halt` unless given. */
  readonly recovery?: 'refresh' | 'halt'
}

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
  /**
   * What a call that {@link check} found nothing in trades, at the references; the policy adds it up over a transaction.
   * Left out where a call trades nothing.
   */
  readonly traded?: (args: readonly unknown[], context: PolicyContext) => Usd
  /** Tokens that a call can leave with its sender; none unless given. */
  readonly leaves?: (args: readonly unknown[], context: PolicyContext) => readonly Address[]
  /** Calls the target will make in its own name. Only the executor has any; the policy checks each by the same rules. */
  readonly inner?: (args: readonly unknown[]) => readonly InnerCall[]
  /** Looks at what becomes of the tokens that the inner calls can leave with the target. */
  readonly checkLeft?: (args: readonly unknown[], left: readonly Address[]) => Violation | null
}
