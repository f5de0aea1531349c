import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { budgetStoreSuite } from '@plimsoll/testkit'
import { describe, expect, test } from 'vitest'
import { createMemoryBudgetStore } from '../src/budget/createMemoryBudgetStore.ts'
import { createSqliteBudgetStore } from '../src/budget/createSqliteBudgetStore.ts'
import { BudgetStoreMissingError, CorruptBudgetError } from '../src/budget/errors.ts'

budgetStoreSuite({
  name: 'in memory',
  async create(clock) {
    const store = createMemoryBudgetStore(clock)
    return { store, connect: null, damage: null, close: () => store.close() }
  },
})

budgetStoreSuite({
  name: 'SQLite',
  async create(clock) {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'))
    const path = join(folder, 'budgets.db')
    const store = createSqliteBudgetStore({ path, clock, create: true })
    return {
      store,
      connect: async () => createSqliteBudgetStore({ path, clock }),
      async damage(how) {
        const database = new DatabaseSync(path)
        database.exec(
          how === 'text' ? "UPDATE budgets SET body = '{}'" : "UPDATE budgets SET digest = 'x'",
        )
        database.close()
      },
      async close() {
        await store.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
})

describe('createSqliteBudgetStore fails closed', () => {
  const clock = { now: () => 0 }
  const inFolder = (check: (path: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'))
    try {
      check(join(folder, 'budgets.db'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  test('error: BudgetStoreMissingError on a missing file, another program’s and another version’s', () => {
    inFolder((path) => {
      const open = () => createSqliteBudgetStore({ path, clock })
      expect(open).toThrow(BudgetStoreMissingError)
      const database = new DatabaseSync(path)
      database.exec('CREATE TABLE t (i INTEGER)')
      expect(open).toThrow(BudgetStoreMissingError)
      database.exec('DROP TABLE t; PRAGMA application_id = 0x504c4947; PRAGMA user_version = 1')
      database.exec('CREATE TABLE t (i INTEGER)')
      database.close()
      expect(open).toThrow(BudgetStoreMissingError)
    })
  })

  test('error: CorruptBudgetError on a file that is none', () => {
    inFolder((path) => {
      writeFileSync(path, 'budget'.repeat(1_000))
      expect(() => createSqliteBudgetStore({ path, clock })).toThrow(CorruptBudgetError)
    })
  })
})
