import type { Action } from './Intent.ts'

/** A limit that was looked at: what was asked and what is allowed. */
export type RuleCheck = {
  readonly rule: string
  readonly asked: number
  readonly limit: number
  readonly unit: string
}

/**
 * What the governor lets through now. A denial is a value, not an error.
 *
 * `reduced` carries the smaller action; every outcome names the rule that decided and its numbers.
 */
export type Grant =
  | { readonly type: 'allowed'; readonly action: Action; readonly checks: readonly RuleCheck[] }
  | {
      readonly type: 'reduced'
      readonly action: Action
      readonly rule: string
      readonly checks: readonly RuleCheck[]
    }
  | {
      readonly type: 'denied'
      readonly action: Action
      readonly rule: string
      readonly checks: readonly RuleCheck[]
    }
