import { setTimeout as sleep } from 'node:timers/promises'
import { budgetStoreSuite } from '@plimsoll/testkit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createPostgresBudgetStore,
  createPostgresBudgetTables,
} from '../src/createPostgresBudgetStore.ts'
import { type LocalPostgres, startPostgres } from '../src/startPostgres.ts'

let postgres: LocalPostgres
let schemas = 0
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

/** Pools of connections to a new and empty schema. */
async function emptySchema(): Promise<() => pg.Pool> {
  const schema = `test_${schemas++}`
  const client = new pg.Client(postgres.connection)
  await client.connect()
  await client.query(`CREATE SCHEMA ${schema}`)
  await client.end()
  return () => new pg.Pool({ ...postgres.connection, options: `-c search_path=${schema}`, max: 4 })
}

budgetStoreSuite({
  name: 'Postgres',
  async create(clock) {
    const poolOf = await emptySchema()
    const admin = poolOf()
    await createPostgresBudgetTables(admin)
    const connect = () => createPostgresBudgetStore({ pool: poolOf(), clock })
    const store = await connect()
    return {
      store,
      connect,
      async damage(how) {
        await admin.query(
          how === 'text'
            ? `UPDATE plimsoll_budgets SET body = '{}'`
            : `UPDATE plimsoll_budgets SET digest = 'x'`,
        )
      },
      async close() {
        await store.close()
        await admin.end()
      },
    }
  },
})

describe('createPostgresBudgetStore fails closed', () => {
  test('error: BudgetStoreMissingError without tables and with those of another version', async () => {
    const poolOf = await emptySchema()
    const pool = poolOf()
    await expect(createPostgresBudgetStore({ pool })).rejects.toMatchObject({
      code: 'INPUT_BUDGET_STORE',
    })
    await createPostgresBudgetTables(pool)
    await pool.query('UPDATE plimsoll_budget_store SET version = 1')
    await expect(createPostgresBudgetStore({ pool })).rejects.toMatchObject({
      code: 'INPUT_BUDGET_STORE',
    })
    await pool.end()
  })

  test('error: BudgetStoreUnreachableError when the database is gone', async () => {
    const pool = new pg.Pool({ host: '/nowhere', user: 'x', database: 'x' })
    await expect(createPostgresBudgetStore({ pool })).rejects.toMatchObject({
      code: 'VENUE_BUDGET_STORE',
      recovery: 'retry',
    })
    await pool.end()
  })

  test('behavior: time is the database’s own', async () => {
    const poolOf = await emptySchema()
    const pool = poolOf()
    await createPostgresBudgetTables(pool)
    const store = await createPostgresBudgetStore({ pool })
    const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
    await store.define(key, {
      limit: 5n as never,
      slotMs: 1_000,
      gatherMs: 0,
      leaseSlots: 2,
    })
    const [status] = await store.status()
    expect(Math.abs(status!.now - Date.now())).toBeLessThan(60_000)
    // A slot later, what was seen then decides nothing.
    await sleep(1_000)
    const answer = await store.take(
      {
        ...{ key, id: 'a', agent: 'a', urgency: 1 },
        ...{ amount: 5n as never, least: 0n as never, budget: 5n as never },
      },
      'x',
    )
    if (answer.type !== 'spent') throw expect.unreachable()
    expect(answer.now).toBeGreaterThanOrEqual(status!.now + 1_000)
    expect(answer.lease.slot).toBeGreaterThan(status!.slot)
    await store.close()
  })
})
