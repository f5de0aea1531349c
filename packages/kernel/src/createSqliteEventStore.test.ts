import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { InvalidInputError } from '@plimsoll/domain'
import { eventStoreSuite, SAMPLE_EVENTS } from '@plimsoll/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  CorruptEventStoreError,
  createMemoryEventStore,
  createSqliteEventStore,
  EventStoreVersionError,
  EventStoreWriteError,
} from './index.ts'

const inFolder = (): { readonly path: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-log-'))
  return {
    path: join(folder, 'events.db'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

eventStoreSuite({
  name: 'sqlite in a file',
  create() {
    const { path, remove } = inFolder()
    const store = createSqliteEventStore(path)
    return { store, reopen: () => createSqliteEventStore(path), close: remove }
  },
})

eventStoreSuite({
  name: 'sqlite in memory',
  create: () => ({ store: createSqliteEventStore(':memory:'), reopen: null, close: () => {} }),
})

eventStoreSuite({
  name: 'memory',
  create: () => ({ store: createMemoryEventStore(), reopen: null, close: () => {} }),
})

describe('sqlite log in a file', () => {
  let path: string
  let remove: () => void
  beforeEach(() => {
    ;({ path, remove } = inFolder())
  })
  afterEach(() => remove())

  const fill = (): void => {
    const store = createSqliteEventStore(path)
    for (const event of SAMPLE_EVENTS) store.append(event)
    store.close()
  }
  const tamper = (sql: string): void => {
    const database = new DatabaseSync(path)
    try {
      database.exec(sql)
    } finally {
      database.close()
    }
  }

  test('behavior: nobody changes, removes or skips an event', () => {
    fill()
    for (const sql of [
      "UPDATE events SET event = '{}' WHERE sequence = 1",
      'DELETE FROM events',
      "INSERT INTO events VALUES (99, '{}')",
      "INSERT INTO events VALUES (0, '{}')",
    ])
      expect(() => tamper(sql), sql).toThrow(/append-only|without gaps/)
    const store = createSqliteEventStore(path)
    expect(store.read().map(({ event }) => event)).toEqual(SAMPLE_EVENTS)
    store.close()
  })

  test('behavior: two writers never give a number twice', () => {
    const [one, two] = [createSqliteEventStore(path), createSqliteEventStore(path)]
    const [event] = SAMPLE_EVENTS
    const numbers = Array.from({ length: 10 }, (_, i) => (i % 2 ? one : two).append(event!))
    expect(numbers).toEqual(numbers.map((_, i) => i + 1))
    expect(one.read()).toEqual(two.read())
    one.close()
    two.close()
  })

  test('error: CorruptEventStoreError on a file that is no database', () => {
    writeFileSync(path, 'not a database, but long enough to have a header. '.repeat(20))
    expect(() => createSqliteEventStore(path)).toThrow(CorruptEventStoreError)
  })

  test('error: CorruptEventStoreError on a damaged page', () => {
    fill()
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4_096, 8_192)
    writeFileSync(path, bytes)
    expect(() => createSqliteEventStore(path)).toThrow(CorruptEventStoreError)
  })

  test('error: CorruptEventStoreError on a gap', () => {
    fill()
    tamper('DROP TRIGGER events_are_not_deleted; DELETE FROM events WHERE sequence = 3')
    expect(() => createSqliteEventStore(path)).toThrow(CorruptEventStoreError)
  })

  test('error: CorruptEventStoreError on an event that is no JSON', () => {
    fill()
    tamper("DROP TRIGGER events_are_not_updated; UPDATE events SET event = '{' WHERE sequence = 2")
    const store = createSqliteEventStore(path)
    expect(() => store.read()).toThrow(CorruptEventStoreError)
    expect(store.read(3)).toHaveLength(SAMPLE_EVENTS.length - 2)
    store.close()
  })

  test('error: CorruptEventStoreError on a database of another program', () => {
    tamper('CREATE TABLE other (id INTEGER)')
    expect(() => createSqliteEventStore(path)).toThrow(CorruptEventStoreError)
  })

  test('error: EventStoreVersionError on a log of a later version', () => {
    fill()
    tamper('PRAGMA user_version = 2')
    expect(() => createSqliteEventStore(path)).toThrow(EventStoreVersionError)
  })

  test('error: EventStoreWriteError when the disk does not take it', () => {
    const store = createSqliteEventStore(path)
    tamper(
      'CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, "disk full"); END',
    )
    expect(() => store.append(SAMPLE_EVENTS[0]!)).toThrow(EventStoreWriteError)
    store.close()
  })

  test('error: InvalidInputError when the folder does not exist', () => {
    expect(() => createSqliteEventStore(join(path, 'nowhere', 'events.db'))).toThrow(
      InvalidInputError,
    )
  })
})
