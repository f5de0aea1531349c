import { BaseError, reason } from '@plimsoll/domain'

/** What is stored of a budget is damaged. Nothing is granted of it. */
export class CorruptBudgetError extends BaseError {
  override readonly code = 'DATA_BUDGET_CORRUPT'
  override readonly recovery = 'halt'

  constructor(p: { readonly store: string; readonly found: string; readonly cause?: unknown }) {
    super(
      `Budget store ${p.store} is damaged: found ${p.found}, allowed: what this program wrote. Nothing is granted. Restore it from a copy, or start a new one once every agent has been silent for two slots.`,
      { cause: p.cause },
    )
  }
}

/** The budget store was made by a later version, or by nobody. */
export class BudgetStoreMissingError extends BaseError {
  override readonly code = 'INPUT_BUDGET_STORE'
  override readonly recovery = 'halt'

  constructor(p: { readonly store: string; readonly found: string; readonly allowed: string }) {
    super(
      `Budget store ${p.store}: found ${p.found}, allowed: ${p.allowed}. Nothing is granted; a lost store must not turn into an unspent one.`,
    )
  }
}

/** The budget store did not answer. Nothing was granted that is known of; asking again with the same id is safe. */
export class BudgetStoreUnreachableError extends BaseError {
  override readonly code = 'VENUE_BUDGET_STORE'
  override readonly recovery = 'retry'

  constructor(p: { readonly store: string; readonly cause?: unknown }) {
    super(
      `Budget store ${p.store} did not answer: ${reason(p.cause)}. Nothing new is granted; repeat the call with the same id.`,
      { cause: p.cause },
    )
  }
}
