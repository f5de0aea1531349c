import type { EventStore } from '@plimsoll/domain'
import { EventStoreWriteError } from './errors.ts'
import { decodeEvent, encodeEvent } from './eventJson.ts'

/** Creates an event log that lives as long as the process: for replay and tests. */
export function createMemoryEventStore(): EventStore {
  const lines: string[] = []
  let open = true
  const assertOpen = (): void => {
    if (!open) throw new EventStoreWriteError({ path: ':memory:', cause: 'the log is closed' })
  }
  return {
    append(event) {
      assertOpen()
      return lines.push(encodeEvent(event))
    },
    read(from = 1) {
      assertOpen()
      return lines
        .slice(Math.max(0, from - 1))
        .map((line, i) => ({ sequence: Math.max(1, from) + i, event: decodeEvent(line) }))
    },
    close() {
      open = false
    },
  }
}
