import type { Action } from './Intent.ts'
import type { Usd } from './units.ts'

/** A limit that was looked at: what was asked and what is allowed. */
export type RuleCheck = {
  readonly rule: string
  readonly asked: number
  readonly limit: number
  readonly unit: string
}

/** Which budgets a grant was charged to, so that whoever trades can say so in the journal. */
export type GrantLease = {
  /** `orders` is the fleet's common budget, `bypass` the one for defence near the floor. */
  readonly purpose: 'orders' | 'bypass'
  readonly ledger: string
  readonly id: string
  readonly amount: Usd
  /** Last moment at which it may be traded. [s] */
  readonly until: bigint
}

/** A part of an action, and when it is due. */
export type Slice = {
  /** Block time from which it may be asked for. [s] */
  readonly at: bigint
  /** Part of what was asked, 0 to 1. */
  readonly share: number
}

type Decided = {
  /** What may be done now; for `deferred` and `denied` what was asked. */
  readonly action: Action
  readonly checks: readonly RuleCheck[]
}

/**
 * What the governor lets through now. A denial is a value, not an error.
 *
 * Every outcome names the rule that decided and its numbers. `reduced` carries the smaller action. `sliced` carries the part that is
 * due now and when the others are: whoever trades asks for each of them again, on the frame of then. `deferred` lets nothing
 * through before a moment, `denied` nothing for as long as the reason stands.
 */
export type Grant =
  | (Decided & { readonly type: 'allowed'; readonly leases?: readonly GrantLease[] })
  | (Decided & {
      readonly type: 'reduced'
      readonly rule: string
      readonly leases?: readonly GrantLease[]
    })
  | (Decided & {
      readonly type: 'sliced'
      readonly rule: string
      /** In order of time; the first is the one that `action` carries. */
      readonly schedule: readonly Slice[]
      readonly leases?: readonly GrantLease[]
    })
  | (Decided & {
      readonly type: 'deferred'
      readonly rule: string
      /** Block time before which asking again is in vain. [s] */
      readonly until: bigint
    })
  | (Decided & { readonly type: 'denied'; readonly rule: string })
