import { setTimeout as sleep } from 'node:timers/promises'
import { usd } from '@plimsoll/domain'
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

  const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
  const wish = {
    ...{ key, id: 'a', agent: 'a', urgency: 1 },
    ...{ amount: usd(5n), least: usd(0n), budget: usd(5n) },
  }
  /** A store on the database's own clock, and a connection beside it. */
  async function opened(slotMs: number) {
    const poolOf = await emptySchema()
    const beside = poolOf()
    await createPostgresBudgetTables(beside)
    const store = await createPostgresBudgetStore({ pool: poolOf() })
    await store.define(key, { limit: usd(5n), slotMs, gatherMs: 0, leaseSlots: 2 })
    const close = async () => {
      await store.close()
      await beside.end()
    }
    return { store, beside, close }
  }

  test('behavior: time is the database’s own, and what was seen a slot ago decides nothing', async () => {
    const { store, close } = await opened(1_000)
    const [status] = await store.status()
    expect(Math.abs(status!.now - Date.now())).toBeLessThan(60_000)
    await sleep(1_000)
    const answer = await store.take(wish, 'x')
    if (answer.type !== 'spent') throw expect.unreachable()
    expect(answer.now).toBeGreaterThanOrEqual(status!.now + 1_000)
    expect(answer.lease.slot).toBeGreaterThan(status!.slot)
    await close()
  })

  test('behavior: held up by another’s lock, it grants once and says the time of then', async () => {
    const { store, beside, close } = await opened(60_000)
    const other = await beside.connect()
    await other.query('BEGIN; SELECT 1 FROM plimsoll_budgets FOR UPDATE')
    const [status] = await store.status()
    const asked = store.take(wish, 'x')
    await sleep(500)
    await other.query('ROLLBACK')
    other.release()
    const answer = await asked
    if (answer.type !== 'spent') throw expect.unreachable()
    expect(answer.now).toBeGreaterThanOrEqual(status!.now + 450)
    expect(answer.amount).toBe(5n)
    expect((await store.status())[0]).toMatchObject({ spent: 5n })
    await close()
  })
})
