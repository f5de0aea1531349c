import type { BudgetStore, Clock } from '@plimsoll/domain'
import { createLedgerStore } from './createLedgerStore.ts'
import { BudgetStoreUnreachableError } from './errors.ts'
import { type Ledger, ledgerName } from './Ledger.ts'

/** Creates a budget store for the agents of one process. It does not outlive it. */
export function createMemoryBudgetStore(clock: Clock): BudgetStore {
  const ledgers = new Map<string, Ledger>()
  let closed = false
  const assertOpen = (): void => {
    if (closed) throw new BudgetStoreUnreachableError({ store: 'in memory', cause: 'it is closed' })
  }
  return createLedgerStore({
    async transact(key, change) {
      assertOpen()
      const name = ledgerName(key)
      const { ledger, answer } = change(ledgers.get(name) ?? null, clock.now())
      if (ledger !== null) ledgers.set(name, ledger)
      return answer
    },
    async read(keys) {
      assertOpen()
      const found =
        keys === null
          ? [...ledgers.values()]
          : keys.flatMap((key) => ledgers.get(ledgerName(key)) ?? [])
      return { ledgers: found, now: clock.now() }
    },
    async close() {
      closed = true
    },
  })
}
