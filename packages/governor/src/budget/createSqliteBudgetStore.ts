import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { BaseError, type BudgetStore, type Clock, reason } from '@plimsoll/domain'
import { createLedgerStore } from './createLedgerStore.ts'
import {
  BudgetStoreMissingError,
  BudgetStoreUnreachableError,
  CorruptBudgetError,
} from './errors.ts'
import { type Ledger, ledgerName } from './Ledger.ts'
import { createLedgerCodec } from './ledgerJson.ts'

/** Version of the table below and of what its bodies say; a store of another version is refused. */
const SCHEMA_VERSION = 2
/** Marks a file as a budget store. */
const APPLICATION_ID = 0x504c4947

const SCHEMA = `
  CREATE TABLE budgets (
    name TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/**
 * Opens a budget store in a file that several processes of one machine share.
 *
 * Write-ahead log, synchronised on every change: a grant is on disk before it is answered. Every change takes the write lock first, so
 * that two processes never decide on the same state.
 *
 * @param p.create - True when the file may be made. Otherwise a missing file is an error, for a lost store must not turn into an
 *   unspent one.
 * @throws {@link BudgetStoreMissingError} when the file is missing or another program's or version's.
 * @throws {@link CorruptBudgetError} when it is damaged.
 */
export function createSqliteBudgetStore(p: {
  readonly path: string
  readonly clock: Clock
  readonly create?: boolean
  /** How long to wait for other processes. [ms] */
  readonly patienceMs?: number
}): BudgetStore {
  const { path, clock } = p
  const codec = createLedgerCodec(path)
  const database = open(path, p.create ?? false, p.patienceMs ?? 1_000)
  const select = database.prepare('SELECT body, digest FROM budgets WHERE name = ?')
  const write = database.prepare(
    `INSERT INTO budgets (name, key, body, digest) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET body = excluded.body, digest = excluded.digest`,
  )
  const all = database.prepare('SELECT key, body, digest FROM budgets ORDER BY name')
  const one = database.prepare('SELECT key, body, digest FROM budgets WHERE name = ?')

  /** Runs in one transaction that holds the write lock from the start. */
  const locked = <T>(work: () => T): T => {
    try {
      database.exec('BEGIN IMMEDIATE')
      const answer = work()
      database.exec('COMMIT')
      return answer
    } catch (cause) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK')
      throw failureOf(path, cause)
    }
  }

  return createLedgerStore({
    async transact(key, change) {
      return locked(() => {
        const name = ledgerName(key)
        const row = select.get(name)
        const before = row === undefined ? null : codec.decode(key, storedOf(row))
        const { ledger, answer } = change(before, clock.now())
        if (ledger !== null && ledger !== before) {
          const { body, digest } = codec.encode(ledger)
          write.run(name, JSON.stringify(key), body, digest)
        }
        return answer
      })
    },
    async read(keys) {
      try {
        const rows =
          keys === null
            ? all.all()
            : keys.map((key) => one.get(ledgerName(key))).filter((row) => row !== undefined)
        const ledgers: Ledger[] = rows.map((row) =>
          codec.decode(JSON.parse(String(row.key)), storedOf(row)),
        )
        return { ledgers, now: clock.now() }
      } catch (cause) {
        throw failureOf(path, cause)
      }
    },
    async close() {
      if (database.isOpen) database.close()
    },
  })
}

const storedOf = (row: Readonly<Record<string, unknown>>) => ({
  body: String(row.body),
  digest: String(row.digest),
})

/** Busy and closed are worth another try; everything else that SQLite says of a file is damage. */
function failureOf(path: string, cause: unknown): BaseError {
  if (cause instanceof BaseError) return cause
  const why = reason(cause)
  return /malformed|not a database|corrupt|disk image/i.test(why)
    ? new CorruptBudgetError({ store: path, found: why, cause })
    : new BudgetStoreUnreachableError({ store: path, cause })
}

function open(path: string, create: boolean, patienceMs: number): DatabaseSync {
  const missing = (found: string): BudgetStoreMissingError =>
    new BudgetStoreMissingError({
      store: path,
      found,
      allowed: `a budget store of version ${SCHEMA_VERSION}${create ? '' : ', or leave to create one'}`,
    })
  if (!create && path !== ':memory:' && !existsSync(path)) throw missing('no file')
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path)
    database.exec(`PRAGMA busy_timeout = ${patienceMs}`)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    prepare(database, create, missing)
    const verdict = String(value(database, 'PRAGMA quick_check'))
    if (verdict !== 'ok') throw new CorruptBudgetError({ store: path, found: verdict })
    return database
  } catch (cause) {
    database?.close()
    throw failureOf(path, cause)
  }
}

/** Makes the table in an empty file; two processes may try at once. */
function prepare(
  database: DatabaseSync,
  create: boolean,
  missing: (found: string) => BudgetStoreMissingError,
): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    const version = Number(value(database, 'PRAGMA user_version'))
    const id = Number(value(database, 'PRAGMA application_id'))
    const tables = Number(value(database, 'SELECT COUNT(*) FROM sqlite_schema'))
    if (tables === 0 && version === 0) {
      if (!create) throw missing('an empty file')
      database.exec(SCHEMA)
    } else if (id !== APPLICATION_ID) throw missing('a database of another program')
    else if (version !== SCHEMA_VERSION) throw missing(`version ${version}`)
    database.exec('COMMIT')
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw cause
  }
}

const value = (database: DatabaseSync, sql: string): unknown =>
  Object.values(database.prepare(sql).get() ?? {})[0]
