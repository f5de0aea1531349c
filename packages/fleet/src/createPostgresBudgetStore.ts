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
  type StoredLedger,
} from '@plimsoll/governor'
import pg from 'pg'

const NAME = 'postgres'
/** Version of the tables below and of what their bodies say; a store of another version is refused. */
const SCHEMA_VERSION = 2
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
/** Reads without waiting for anybody. */
const READ = {
  name: 'plimsoll-budget-read',
  text: `SELECT ${NOW}, name, key, body, digest FROM plimsoll_budgets WHERE $1::text[] IS NULL OR name = ANY($1) ORDER BY name`,
}
/** What was read is decided on within this, or read again. [ms] */
const FRESH = 250
const IN_TIME = `clock_timestamp() < to_timestamp($5::float8 / 1000)`
/** Writes only if nobody wrote since it was read, not long ago, and tells whether that was so still when a lock had been waited for. */
const SWAP = {
  name: 'plimsoll-budget-swap',
  text: `UPDATE plimsoll_budgets SET body = $2, digest = $3
    WHERE name = $1 AND digest = $4 AND ${IN_TIME} RETURNING ${IN_TIME} AS in_time`,
}
/** An agent that hangs within a change loses it, and those behind it wait no longer than this. */
const lockText = (name: string): string => `
  BEGIN; SET LOCAL lock_timeout = 2000; SET LOCAL idle_in_transaction_session_timeout = 2000;
  SELECT body, digest FROM plimsoll_budgets WHERE name = ${pg.escapeLiteral(name)} FOR UPDATE;
  SELECT ${NOW}`
/** Writes a ledger under its lock, or one that there was not. */
function writeText(key: BudgetKey, stored: StoredLedger, isNew: boolean): string {
  const name = pg.escapeLiteral(ledgerName(key))
  const body = pg.escapeLiteral(stored.body)
  const digest = pg.escapeLiteral(stored.digest)
  return isNew
    ? `INSERT INTO plimsoll_budgets (name, key, body, digest)
        VALUES (${name}, ${pg.escapeLiteral(JSON.stringify(key))}, ${body}, ${digest}) ON CONFLICT DO NOTHING;`
    : `UPDATE plimsoll_budgets SET body = ${body}, digest = ${digest} WHERE name = ${name};`
}

/** Creates the tables of a budget store. @throws BudgetStoreUnreachableError when they exist or the database does not answer. */
export async function createPostgresBudgetTables(pool: pg.Pool): Promise<void> {
  await asked(() => pool.query(`BEGIN; ${SCHEMA} COMMIT`))
}

/**
 * Opens the budget store that agents of many machines share.
 *
 * A change decides on what was just read, and writes if nobody wrote in between: a look at a budget and a grant of it are one round
 * trip each. If somebody did, it locks the ledger, decides and writes in one transaction: agents of one market queue then. One that
 * dies or hangs within loses its change after two seconds at most. Time is the database's own, whatever the agents' clocks say.
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

  /** What was read last of each budget, until it is decided on: who looks before a change need not look again. */
  const looked = new Map<string, Looked>()
  const look = async (names: readonly string[] | null): Promise<readonly Looked[]> => {
    const { rows } = await asked(() => pool.query({ ...READ, values: [names] }))
    return rows.map(({ name, key, now, body, digest }): Looked => {
      const stored = { body, digest }
      return { name, stored, ledger: codec.decode(keyOf(name, key), stored), now: Number(now) }
    })
  }

  /**
   * Tries a change without a lock; null when somebody else was faster, or there is no ledger yet. Also when it was held up and
   * wrote late: ids make it safe to ask again, and then the answer is of now.
   */
  const swap = async <T>(key: BudgetKey, change: Change<T>): Promise<Done<T> | null> => {
    const name = ledgerName(key)
    const decide = (before: Looked | undefined) =>
      before && { before, ...change(before.ledger, clock?.now() ?? before.now) }
    let made = decide(looked.get(name))
    looked.delete(name)
    // The database checks a write, however old the look is. What writes nothing needs one of now.
    if (made === undefined || made.ledger === made.before.ledger)
      made = decide((await look([name]))[0])
    if (made === undefined) return null
    const { before, ledger, answer } = made
    if (ledger === null || ledger === before.ledger) return { answer }
    const { body, digest } = codec.encode(ledger)
    const values = [name, body, digest, before.stored.digest, before.now + FRESH]
    const { rows } = await asked(() => pool.query({ ...SWAP, values }))
    return rows[0]?.in_time === true ? { answer } : null
  }

  /** Tries a change under a lock, in two round trips; null when somebody else made the ledger meanwhile. */
  const locked = async <T>(
    client: pg.PoolClient,
    key: BudgetKey,
    change: Change<T>,
  ): Promise<Done<T> | null> => {
    const name = ledgerName(key)
    const [found, time] = (await several(client, lockText(name))).slice(-2)
    const row = found?.rows[0]
    const before = row === undefined ? null : codec.decode(key, row)
    const { ledger, answer } = change(before, clock?.now() ?? Number(time?.rows[0]?.now))
    if (ledger === null || ledger === before) {
      await client.query('COMMIT')
      return { answer }
    }
    const write = writeText(key, codec.encode(ledger), before === null)
    const [written] = await several(client, `${write} COMMIT`)
    return written?.rowCount === 1 ? { answer } : null
  }

  return createLedgerStore({
    async transact<T>(key: BudgetKey, change: Change<T>): Promise<T> {
      const swapped = await swap(key, change)
      if (swapped !== null) return swapped.answer
      for (let tried = 0; tried < ATTEMPTS; tried++) {
        const client = await asked(() => pool.connect())
        let broken: Error | undefined
        try {
          const done = await asked(() => locked(client, key, change))
          if (done !== null) return done.answer
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
      const found = await look(keys?.map(ledgerName) ?? null)
      for (const each of found) looked.set(each.name, each)
      const ledgers = found.map(({ ledger }) => ledger)
      return { ledgers, now: clock?.now() ?? found[0]?.now ?? 0 }
    },
    close: () => (pool.ended ? Promise.resolve() : pool.end()),
  })
}

/** A ledger as it was read. */
type Looked = {
  readonly name: string
  readonly stored: StoredLedger
  readonly ledger: Ledger
  /** Time of the database. [ms] */
  readonly now: number
}

type Done<T> = { readonly answer: T }

/** Runs several statements in one round trip, and returns what each of them found. */
async function several(client: pg.PoolClient, text: string): Promise<readonly pg.QueryResult[]> {
  const results: pg.QueryResult | pg.QueryResult[] = await client.query(text)
  return [results].flat()
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

/** The key beside a ledger. One of another name is damage. */
function keyOf(name: string, text: string): BudgetKey {
  const damaged = (cause?: unknown): CorruptBudgetError =>
    new CorruptBudgetError({ store: NAME, found: `the key ${text} of ${name}`, cause })
  let key: BudgetKey
  try {
    key = JSON.parse(text)
  } catch (cause) {
    throw damaged(cause)
  }
  if (ledgerName(key) !== name) throw damaged()
  return key
}

async function asked<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query()
  } catch (cause) {
    if (cause instanceof BaseError) throw cause
    throw new BudgetStoreUnreachableError({ store: NAME, cause })
  }
}
