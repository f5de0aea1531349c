import { type BudgetKey, type BudgetStore, usd } from '@plimsoll/domain'
import type { Ledger } from './Ledger.ts'
import { advance, releaseOf, requestOf, spendOf, statusOf, takeOf } from './ledgerLaw.ts'
import { changeTerms, openLedger } from './openLedger.ts'

/**
 * What is to become of a ledger, and the answer to it. Pure, for it may run again when somebody else was faster.
 *
 * Gets null where there is no such ledger, and returns null to leave it so.
 */
export type Change<T> = (
  ledger: Ledger | null,
  now: number,
) => { readonly ledger: Ledger | null; readonly answer: T }

/** Where ledgers are kept: one ledger is read, changed and written back, or nothing of it happens. */
export interface LedgerTable {
  /** Changes one ledger in a transaction and returns the answer once it is durable. */
  transact<T>(key: BudgetKey, change: Change<T>): Promise<T>
  /** Reads some ledgers, or all: those there are. */
  read(keys: readonly BudgetKey[] | null): Promise<{
    readonly ledgers: readonly Ledger[]
    readonly now: number
  }>
  close(): Promise<void>
}

/** Creates the budget store over a table: one law, whatever keeps the ledgers. */
export function createLedgerStore(table: LedgerTable): BudgetStore {
  return {
    define: (key, terms) =>
      table.transact(key, (ledger, now) => ({
        ledger:
          ledger === null ? openLedger(key, terms, now) : changeTerms(advance(ledger, now), terms),
        answer: undefined,
      })),
    request: (request) =>
      table.transact(request.key, (ledger, now) =>
        ledger === null ? withoutTerms(now) : requestOf(ledger, request, now),
      ),
    take: (request, spending) =>
      table.transact(request.key, (ledger, now) =>
        ledger === null ? withoutTerms(now) : takeOf(ledger, request, spending, now),
      ),
    spend: ({ key, ...p }) =>
      table.transact(key, (ledger, now) =>
        ledger === null
          ? { ledger, answer: { type: 'refused', why: 'no-lease' } }
          : spendOf(ledger, p, now),
      ),
    release: ({ key, lease }) =>
      table.transact(key, (ledger, now) => ({
        ledger: ledger === null ? null : releaseOf(ledger, lease, now),
        answer: undefined,
      })),
    async status(keys) {
      const { ledgers, now } = await table.read(keys ?? null)
      return ledgers.map((ledger) => statusOf(ledger, now))
    },
    close: () => table.close(),
  }
}

/** A budget that nobody defined grants nothing. */
const withoutTerms = (now: number) =>
  ({
    ledger: null,
    answer: { type: 'refused', why: 'no-terms', available: usd(0n), until: now, now },
  }) as const
