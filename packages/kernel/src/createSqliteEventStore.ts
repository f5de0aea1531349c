import { DatabaseSync } from 'node:sqlite'
import { BaseError, type EventStore, InvalidInputError, reason } from '@plimsoll/domain'
import { CorruptEventStoreError, EventStoreVersionError, EventStoreWriteError } from './errors.ts'
import { decodeEvent, encodeEvent } from './eventJson.ts'

/** Version of the table below; a log of a later version is refused. */
const SCHEMA_VERSION = 1

const SCHEMA = `
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    event TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER events_are_not_updated BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
  CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
  CREATE TRIGGER events_leave_no_gap BEFORE INSERT ON events
    WHEN NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 FROM events)
    BEGIN SELECT RAISE(ABORT, 'the event log is numbered without gaps'); END;
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/**
 * Opens the event log in a file, or in memory with `:memory:`.
 *
 * Write-ahead log, synchronised on every append: an event is on disk when `append` returns. Triggers refuse
 * changes and gaps whoever makes them.
 *
 * @throws InvalidInputError when the file cannot be opened.
 * @throws {@link CorruptEventStoreError} when the file is not an intact log.
 * @throws {@link EventStoreVersionError} when a later version wrote it.
 */
export function createSqliteEventStore(path: string): EventStore {
  const database = open(path)
  const insert = database.prepare(
    'INSERT INTO events (sequence, event) SELECT COALESCE(MAX(sequence), 0) + 1, ? FROM events RETURNING sequence',
  )
  const select = database.prepare(
    'SELECT sequence, event FROM events WHERE sequence >= ? ORDER BY sequence',
  )

  return {
    append(event) {
      try {
        return Number(insert.get(encodeEvent(event))?.sequence)
      } catch (cause) {
        throw new EventStoreWriteError({ path, cause })
      }
    },
    read(from = 1) {
      try {
        return select.all(from).map((row) => ({
          sequence: Number(row.sequence),
          event: decodeEvent(String(row.event)),
        }))
      } catch (cause) {
        throw new CorruptEventStoreError({ path, found: reason(cause), cause })
      }
    },
    close: () => database.close(),
  }
}

function open(path: string): DatabaseSync {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path)
    database.exec('PRAGMA busy_timeout = 5000')
    const version = scalar(database, 'PRAGMA user_version')
    if (version > SCHEMA_VERSION)
      throw new EventStoreVersionError({ path, found: version, known: SCHEMA_VERSION })
    const tables = scalar(database, 'SELECT COUNT(*) FROM sqlite_schema')
    if (version === 0 && tables > 0)
      throw new CorruptEventStoreError({ path, found: 'a database of another program' })
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`)
    assertIntact(path, database)
    return database
  } catch (cause) {
    database?.close()
    if (cause instanceof BaseError) throw cause
    if (database === null)
      throw new InvalidInputError({
        field: 'event log',
        found: path,
        allowed: 'a file in a folder that exists and can be written',
        cause,
      })
    throw new CorruptEventStoreError({ path, found: reason(cause), cause })
  }
}

function assertIntact(path: string, database: DatabaseSync): void {
  const verdict = String(Object.values(database.prepare('PRAGMA quick_check').get() ?? {})[0])
  if (verdict !== 'ok') throw new CorruptEventStoreError({ path, found: verdict })
  const events = scalar(database, 'SELECT COUNT(*) FROM events')
  const last = scalar(database, 'SELECT COALESCE(MAX(sequence), 0) FROM events')
  if (events !== last)
    throw new CorruptEventStoreError({
      path,
      found: `${events} events numbered up to ${last}`,
    })
}

const scalar = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? {})[0])
