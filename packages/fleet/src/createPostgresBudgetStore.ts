import { BaseError, type BudgetKey, type BudgetStore, type Clock } from '@plimsoll/domain'
import {
  BudgetStoreMissingError,
  BudgetStoreUnreachableError,
  type Change,
  CorruptBudgetError,
  createLedgerCodec,
  createLedgerStore,
  type Ledger,
  ledgerName,
} from '@plimsoll/governor'
import type pg from 'pg'

const NAME = 'postgres'
/** Version of the tables below; a store of another version is refused. */
const SCHEMA_VERSION = 1
/** Times a change is tried again because another agent made the budget at the same moment. */
const ATTEMPTS = 5

const SCHEMA = `
  CREATE TABLE plimsoll_budget_store (version INT NOT NULL);
  INSERT INTO plimsoll_budget_store VALUES (${SCHEMA_VERSION});
  CREATE TABLE plimsoll_budgets (
    name TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  );
`

const NOW = `(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`
/** What `SELECT` reads, without waiting for anybody. */
const PEEK = {
  name: 'plimsoll-budget-peek',
  text: `SELECT ${NOW}, body, digest FROM plimsoll_budgets WHERE name = $1`,
}
/** Writes only if nobody wrote since the peek. */
const SWAP = {
  name: 'plimsoll-budget-swap',
  text: `UPDATE plimsoll_budgets SET body = $2, digest = $3 WHERE name = $1 AND digest = $4`,
}
/** An agent that hangs within a change loses it, and those behind it wait no longer than this. */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = 2000; SET LOCAL idle_in_transaction_session_timeout = 2000`
const SELECT = {
  name: 'plimsoll-budget-select',
  text: `SELECT ${NOW}, body, digest FROM plimsoll_budgets WHERE name = $1 FOR UPDATE`,
}
const CLOCK = { name: 'plimsoll-budget-clock', text: `SELECT ${NOW}` }
const READ = {
  name: 'plimsoll-budget-read',
  text: `SELECT ${NOW}, key, body, digest FROM plimsoll_budgets WHERE $1::text[] IS NULL OR name = ANY($1) ORDER BY name`,
}
const INSERT = {
  name: 'plimsoll-budget-insert',
  text: `INSERT INTO plimsoll_budgets (name, key, body, digest) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
}
const UPDATE = {
  name: 'plimsoll-budget-update',
  text: `UPDATE plimsoll_budgets SET body = $2, digest = $3 WHERE name = $1`,
}

/** Creates the tables of a budget store. @throws BudgetStoreUnreachableError when they exist or the database does not answer. */
export async function createPostgresBudgetTables(pool: pg.Pool): Promise<void> {
  await asked(() => pool.query(`BEGIN; ${SCHEMA} COMMIT`))
}

/**
 * Opens the budget store that agents of many machines share.
 *
 * A change reads its ledger, decides, and writes if nobody wrote in between. If somebody did, it locks the ledger, decides and writes
 * in one transaction: agents of one market queue then. One that dies or hangs within loses its change after two seconds at
 * most. Time is the database's own, whatever the agents' clocks say.
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
  const codec = createLedgerCodec(NAME)
  // A connection that breaks while idle is replaced by the pool; whoever asks next is told if that fails.
  pool.on('error', () => {})
  await assertTables(pool)

  /** Tries a change without a lock; null when somebody else was faster, or there is no ledger yet. */
  const swap = async <T>(
    key: BudgetKey,
    change: (ledger: Ledger | null, now: number) => Changed<T>,
  ): Promise<{ readonly answer: T } | null> => {
    const name = ledgerName(key)
    const { rows } = await asked(() => pool.query({ ...PEEK, values: [name] }))
    const [row] = rows
    if (row === undefined) return null
    const before = codec.decode(key, row)
    const { ledger, answer } = change(before, clock?.now() ?? Number(row.now))
    if (ledger === null || ledger === before) return { answer }
    const { body, digest } = codec.encode(ledger)
    const { rowCount } = await asked(() =>
      pool.query({ ...SWAP, values: [name, body, digest, row.digest] }),
    )
    return rowCount === 1 ? { answer } : null
  }

  /** Tries a change under a lock; null when somebody else made the ledger meanwhile. */
  const attempt = async <T>(
    client: pg.PoolClient,
    key: BudgetKey,
    change: (ledger: Ledger | null, now: number) => Changed<T>,
  ): Promise<{ readonly answer: T } | null> => {
    const name = ledgerName(key)
    await client.query(BEGIN)
    const { rows } = await client.query({ ...SELECT, values: [name] })
    const [row] = rows
    const before = row === undefined ? null : codec.decode(key, row)
    const now = clock?.now() ?? Number((row ?? (await client.query(CLOCK)).rows[0])?.now)
    const { ledger, answer } = change(before, now)
    if (ledger !== null && ledger !== before) {
      const { body, digest } = codec.encode(ledger)
      const { rowCount } = await client.query(
        before === null
          ? { ...INSERT, values: [name, JSON.stringify(key), body, digest] }
          : { ...UPDATE, values: [name, body, digest] },
      )
      if (rowCount !== 1) return null
    }
    await client.query('COMMIT')
    return { answer }
  }

  return createLedgerStore({
    async transact<T>(
      key: BudgetKey,
      change: (ledger: Ledger | null, now: number) => Changed<T>,
    ): Promise<T> {
      const swapped = await swap(key, change)
      if (swapped !== null) return swapped.answer
      for (let tried = 0; tried < ATTEMPTS; tried++) {
        const client = await asked(() => pool.connect())
        let broken: Error | undefined
        try {
          const done = await asked(() => attempt(client, key, change))
          if (done !== null) return done.answer
          await asked(() => client.query('ROLLBACK'))
        } catch (cause) {
          // What is unsure of its transaction is not used again: closing the connection rolls it back.
          broken =
            cause instanceof Error ? cause : new BudgetStoreUnreachableError({ store: NAME, cause })
          throw cause
        } finally {
          client.release(broken)
        }
      }
      throw new BudgetStoreUnreachableError({
        store: NAME,
        cause: 'others made the budget each time',
      })
    },
    async read(keys) {
      const { rows } = await asked(() =>
        pool.query({ ...READ, values: [keys?.map(ledgerName) ?? null] }),
      )
      const ledgers: Ledger[] = rows.map(({ key, body, digest }) =>
        codec.decode(keyOf(key), { body, digest }),
      )
      return { ledgers, now: clock?.now() ?? Number(rows[0]?.now ?? 0) }
    },
    close: () => (pool.ended ? Promise.resolve() : pool.end()),
  })
}

type Changed<T> = Change<T> | { readonly ledger: null; readonly answer: T }

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
