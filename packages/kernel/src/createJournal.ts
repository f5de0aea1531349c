import type { Clock, Event, EventStore } from '@plimsoll/domain'

/** Event without its stamp. */
export type Unstamped = Event extends infer E
  ? E extends Event
    ? Omit<E, 'agent' | 'at' | 'block'>
    : never
  : never

/** One agent's pen: stamps events, writes them to the log, then tells whoever listens. */
export type Journal = {
  readonly agent: string
  /** Durable when it returns. @throws EventStoreWriteError when the log does not take it. */
  record(block: bigint, event: Unstamped): Event
  /** This agent's events, in order. */
  read(): readonly Event[]
  /**
   * Called after each durable event. Returns the way to stop listening.
   *
   * For display and measurement: a listener that throws is dropped, for it may not stop what is being done.
   */
  listen(listener: (event: Event) => void): () => void
}

/** Creates the journal of one agent. Several agents may share a store; each reads back its own. */
export function createJournal(p: {
  readonly agent: string
  readonly store: EventStore
  readonly clock: Clock
}): Journal {
  const listeners = new Set<(event: Event) => void>()
  return {
    agent: p.agent,
    record(block, unstamped) {
      const event: Event = { ...unstamped, agent: p.agent, at: p.clock.now(), block }
      p.store.append(event)
      for (const listener of listeners)
        try {
          listener(event)
        } catch {
          listeners.delete(listener)
        }
      return event
    },
    read: () =>
      p.store
        .read()
        .map(({ event }) => event)
        .filter((event) => event.agent === p.agent),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
