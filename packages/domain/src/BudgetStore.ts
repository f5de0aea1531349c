import type { AssetId, VenueId } from './Asset.ts'
import type { Usd } from './units.ts'

/**
 * What a budget is for: one asset on one venue.
 *
 * `orders` is what the fleet may trade in a slot. `bypass` is what it may trade in defence near the floor when nothing else is
 * granted: counted apart, leased ahead and over far longer slots.
 */
export type BudgetKey = {
  readonly asset: AssetId
  readonly venue: VenueId
  readonly purpose: 'orders' | 'bypass'
}

/** Terms of one budget. Set by the operator, persisted, the same for every agent. */
export type BudgetTerms = {
  /** Most that all leases of one slot may add up to, whatever an agent says of its market. [USD 1e8] */
  readonly limit: Usd
  /** [ms] */
  readonly slotMs: number
  /** First part of a slot, in which requests are gathered to be allocated together. [ms] */
  readonly gatherMs: number
  /** Slots after which a lease expires, its own included. */
  readonly leaseSlots: number
}

/** A wish to trade. The id makes it safe to ask again: the answer is then the same lease. */
export type BudgetRequest = {
  readonly key: BudgetKey
  /** Unique to agent and wish. */
  readonly id: string
  readonly agent: string
  /** [USD 1e8] */
  readonly amount: Usd
  /** Less than this is of no use. [USD 1e8] */
  readonly least: Usd
  /** Loss avoided per dollar traded: who comes first when there is not enough for all. */
  readonly urgency: number
  /** What the asking agent thinks the market bears in a slot; the smallest opinion of a slot counts. [USD 1e8] */
  readonly budget: Usd
}

/** A share of one slot's budget. */
export type Lease = {
  readonly id: string
  readonly agent: string
  /** Slot it is charged to, whenever it is spent. */
  readonly slot: number
  /** [USD 1e8] */
  readonly granted: Usd
  /** [USD 1e8] */
  readonly spent: Usd
  /** Time of the store from which nothing more can be spent. [ms] */
  readonly expiresAt: number
}

/** Answer to a request. */
export type BudgetAnswer =
  | { readonly type: 'granted'; readonly lease: Lease; readonly now: number }
  /** Gathered with others: ask again at `until`. [ms] */
  | { readonly type: 'pending'; readonly until: number; readonly now: number }
  /** Nothing is left, or too little: ask again at `until`. [ms] */
  | {
      readonly type: 'refused'
      readonly why: 'no-terms' | 'exhausted'
      /** What there was. [USD 1e8] */
      readonly available: Usd
      readonly until: number
      readonly now: number
    }

/** Answer to spending. `refused` means: do not trade. */
export type SpendAnswer =
  | {
      readonly type: 'spent'
      /** As it is after the charge. */
      readonly lease: Lease
      /** What was charged under the id, now or before. [USD 1e8] */
      readonly amount: Usd
      /** End of the slot it was charged in: trade before it, by the store's time, or not at all. [ms] */
      readonly until: number
      readonly now: number
    }
  | { readonly type: 'refused'; readonly why: 'no-lease' | 'expired' | 'exceeds' | 'released' }

/** Answer to asking and spending at once: a charge, or why there is none. */
export type TakeAnswer = SpendAnswer | Exclude<BudgetAnswer, { readonly type: 'granted' }>

/** One budget as it stands. [USD 1e8, ms] */
export type BudgetStatus = {
  readonly key: BudgetKey
  readonly terms: BudgetTerms
  readonly slot: number
  /** What the slot has, by the smallest opinion so far. */
  readonly budget: Usd
  /** Leases of this slot. */
  readonly granted: Usd
  /** What leases of earlier slots may still trade in this one, or have. */
  readonly carried: Usd
  readonly available: Usd
  /** Spent over the last five minutes. */
  readonly recent: Usd
  /** Spent and not absorbed by the market yet, in two buckets of half-lives 30 minutes and 12 hours. [USD] */
  readonly flow: { readonly fast: number; readonly slow: number }
  /** Spent under leases of this slot. */
  readonly spentInSlot: Usd
  /** Spent since the budget was made. */
  readonly spent: Usd
  /** Leases that have not expired. */
  readonly leases: number
  readonly now: number
}

/**
 * Budgets of a fleet in one transactional store.
 *
 * The law: leases granted in a slot, and what leases of the slot before it may still trade, never add up to more than the
 * slot's budget. What is spent is charged to the slot that granted it, and traded before the slot ends that it was spent in; then
 * trades of a slot never add up to more than its budget either. Whoever dies holding a lease keeps its amount from others
 * until it expires and not a moment longer. Where the store cannot be reached or is not intact, every method throws and
 * nothing is granted.
 *
 * @example
 * const wish = { key, id: 'keeper-7/1', agent: 'keeper-7', amount, least, urgency, budget }
 * const answer = await store.take(wish, 'tx-1') // before anything is sent
 * if (answer.type === 'spent') await send(answer.amount)
 */
export interface BudgetStore {
  /** Sets the terms of a budget. A change of limit holds from the next slot on where it rises, at once where it falls. */
  define(key: BudgetKey, terms: BudgetTerms): Promise<void>
  /** Asks for a share of this slot, or what became of an earlier request with the same id. */
  request(request: BudgetRequest): Promise<BudgetAnswer>
  /** Charges a lease. Repeating an id charges once. */
  spend(p: {
    readonly key: BudgetKey
    readonly lease: string
    readonly id: string
    readonly amount: Usd
  }): Promise<SpendAnswer>
  /** Asks, and charges in the same change what is left of the lease, up to the amount asked for. Repeating a spending charges once. */
  take(request: BudgetRequest, spending: string): Promise<TakeAnswer>
  /** Gives up what is left of a lease; safe to repeat. */
  release(p: { readonly key: BudgetKey; readonly lease: string }): Promise<void>
  /** Budgets as they stand: those asked for that are defined, or all. */
  status(keys?: readonly BudgetKey[]): Promise<readonly BudgetStatus[]>
  close(): Promise<void>
}
