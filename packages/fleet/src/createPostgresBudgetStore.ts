import { BaseError, type BudgetKey, type BudgetStore, type Clock } from '@plimsoll/domain'
import {
  BudgetStoreMissingError,
  BudgetStoreUnreachableError,
  type Change,
  CorruptBudgetError,
  createLedgerStore,
  decodeLedger,
  encodeLedger,
  type Ledger,
  ledgerName,
} from '@plimsoll/governor'
import type pg from 'pg'

const NAME = 'postgres'
/** Version of the tables below; a store of another version is refused. */
const SCHEMA_VERSION = 1
/** Times a change is tried again because another agent was faster. */
const ATTEMPTS = 200

const SCHEMA = `
  CREATE TABLE plimsoll_budget_store (version INT NOT NULL);
  INSERT INTO plimsoll_budget_store VALUES (${SCHEMA_VERSION});
  CREATE TABLE plimsoll_budgets (
    name TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    revision BIGINT NOT NULL
  );
`

const NOW = `(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`
const SELECT = {
  name: 'plimsoll-budget-select',
  text: `SELECT ${NOW}, body, digest, revision FROM (SELECT 1) one LEFT JOIN plimsoll_budgets ON name = $1`,
}
const READ = {
  name: 'plimsoll-budget-read',
  text: `SELECT ${NOW}, key, body, digest FROM plimsoll_budgets WHERE $1::text[] IS NULL OR name = ANY($1) ORDER BY name`,
}
const INSERT = {
  name: 'plimsoll-budget-insert',
  text: `INSERT INTO plimsoll_budgets (name, key, body, digest, revision) VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING`,
}
const UPDATE = {
  name: 'plimsoll-budget-update',
  text: `UPDATE plimsoll_budgets SET body = $2, digest = $3, revision = revision + 1 WHERE name = $1 AND revision = $4`,
}

/** Creates the tables of a budget store. @throws BudgetStoreUnreachableError when they exist or the database does not answer. */
export async function createPostgresBudgetTables(pool: pg.Pool): Promise<void> {
  await asked(() => pool.query(`BEGIN; ${SCHEMA} COMMIT`))
}

/**
 * Opens the budget store that agents of many machines share.
 *
 * A change reads the ledger with its revision and writes only if nobody wrote in between; otherwise it is decided again. No
 * lock is held by an agent, so a dead one blocks nobody. Time is the database's own, whatever the agents' clocks say.
 *
 * @param p.clock - For tests; the database's clock unless given.
 * @throws {@link BudgetStoreMissingError} when the tables are missing or of another version: a lost store must not turn into an
 *   unspent one.
 */
export async function createPostgresBudgetStore(p: {
  readonly pool: pg.Pool
  readonly clock?: Clock
}): Promise<BudgetStore> {
  const { pool, clock } = p
  // A connection that breaks while idle is replaced by the pool; whoever asks next is told if that fails.
  pool.on('error', () => {})
  await assertTables(pool)

  const read = async (name: string, key: BudgetKey) => {
    const { rows } = await asked(() => pool.query({ ...SELECT, values: [name] }))
    const [row] = rows
    const ledger =
      row?.revision == null ? null : decodeLedger(NAME, key, { body: row.body, digest: row.digest })
    return { ledger, revision: row?.revision ?? null, now: clock?.now() ?? Number(row?.now) }
  }
  const write = async (key: BudgetKey, ledger: Ledger, revision: string | null) => {
    const name = ledgerName(key)
    const { body, digest } = encodeLedger(ledger)
    const { rowCount } = await asked(() =>
      pool.query(
        revision === null
          ? { ...INSERT, values: [name, JSON.stringify(key), body, digest] }
          : { ...UPDATE, values: [name, body, digest, revision] },
      ),
    )
    return rowCount === 1
  }

  return createLedgerStore({
    async transact<T>(
      key: BudgetKey,
      change: (
        ledger: Ledger | null,
        now: number,
      ) => Change<T> | { readonly ledger: null; readonly answer: T },
    ): Promise<T> {
      const name = ledgerName(key)
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const { ledger: before, revision, now } = await read(name, key)
        const { ledger, answer } = change(before, now)
        if (ledger === null || ledger === before) return answer
        if (await write(key, ledger, revision)) return answer
      }
      throw new BudgetStoreUnreachableError({
        store: NAME,
        cause: `${ATTEMPTS} others were faster each time`,
      })
    },
    async read(keys) {
      const { rows } = await asked(() =>
        pool.query({ ...READ, values: [keys?.map(ledgerName) ?? null] }),
      )
      const ledgers: Ledger[] = rows.map(({ key, body, digest }) =>
        decodeLedger(NAME, keyOf(key), { body, digest }),
      )
      return { ledgers, now: clock?.now() ?? Number(rows[0]?.now ?? 0) }
    },
    close: () => (pool.ended ? Promise.resolve() : pool.end()),
  })
}

async function assertTables(pool: pg.Pool): Promise<void> {
  const missing = (found: string): BudgetStoreMissingError =>
    new BudgetStoreMissingError({
      store: NAME,
      found,
      allowed: `tables of version ${SCHEMA_VERSION}, made once by createPostgresBudgetTables`,
    })
  const { rows: tables } = await asked(() =>
    pool.query(`SELECT to_regclass('plimsoll_budget_store') AS found`),
  )
  if (tables[0]?.found === null) throw missing('no tables')
  const { rows } = await asked(() => pool.query('SELECT version FROM plimsoll_budget_store'))
  if (rows[0]?.version !== SCHEMA_VERSION) throw missing(`version ${rows[0]?.version}`)
}

function keyOf(text: string): BudgetKey {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CorruptBudgetError({ store: NAME, found: `the key ${text}`, cause })
  }
}

async function asked<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query()
  } catch (cause) {
    if (cause instanceof BaseError) throw cause
    throw new BudgetStoreUnreachableError({ store: NAME, cause })
  }
}
