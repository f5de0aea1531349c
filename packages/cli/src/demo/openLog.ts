import { type EventStore, InvalidInputError } from '@plimsoll/domain'
import { createSqliteEventStore } from '@plimsoll/kernel'

/**
 * Opens the event log of a demo, which must be new: the demo's chain is, and an agent that finds transactions of another
 * chain in its log would send them again.
 *
 * @throws {@link InvalidInputError} when the file holds events.
 */
export function openLog(path: string): EventStore {
  const store = createSqliteEventStore(path)
  const events = store.read().length
  if (events === 0) return store
  store.close()
  throw new InvalidInputError({
    field: '--log',
    found: `${path} with ${events} events of an earlier demo`,
    allowed: 'a file that does not exist yet',
  })
}
