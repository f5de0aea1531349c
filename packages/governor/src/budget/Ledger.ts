import type { BudgetKey, BudgetTerms, Usd } from '@plimsoll/domain'
import type { FlowState } from '../impact/FlowState.ts'

/** A request that waits to be allocated with the others of its slot. */
export type Bid = {
  readonly id: string
  readonly agent: string
  readonly amount: Usd
  readonly least: Usd
  readonly urgency: number
}

/** A charge of a lease, in the slot in which it may be traded. */
export type Spending = { readonly id: string; readonly amount: Usd; readonly slot: number }

/** A lease with what the law needs to know of it. */
export type LedgerLease = {
  readonly id: string
  readonly agent: string
  readonly slot: number
  readonly granted: Usd
  /** Spent within the slot that granted it. */
  readonly spentFirst: Usd
  /** Spent in later slots. */
  readonly spentLate: Usd
  /** False once released: what is unspent is nobody's to spend any more. */
  readonly open: boolean
  /** By id, so that repeating one charges once. A list: a record whose keys are ids has another shape for every lease. */
  readonly spends: readonly Spending[]
}

/**
 * Everything one budget is: terms, the slot of now, live leases, and what was traded lately. Immutable.
 *
 * Bounded in size by the requests of `leaseSlots` slots: older ones are forgotten.
 */
export type Ledger = {
  readonly key: BudgetKey
  readonly terms: BudgetTerms
  /** Limit of this slot: a raise waits for the next one. */
  readonly limit: Usd
  /** Latest time seen: a clock that goes back is taken to stand still. [ms] */
  readonly time: number
  readonly slot: number
  /** Smallest opinion of this slot, at most the limit. */
  readonly budget: Usd
  /** True once the gathered requests of this slot are allocated. */
  readonly allocated: boolean
  readonly bids: readonly Bid[]
  readonly leases: readonly LedgerLease[]
  /** Spent by slot over the last five minutes. */
  readonly recent: readonly { readonly slot: number; readonly spent: Usd }[]
  readonly flow: FlowState
  /** Time that `flow` is true for. [ms] */
  readonly flowAt: number
  /** Spent since the ledger was made. */
  readonly spent: Usd
}

/** Name of a budget: the key of whatever it is stored under. */
export const ledgerName = ({ asset, venue, purpose }: BudgetKey): string =>
  `${purpose}:${asset}@${venue}`
