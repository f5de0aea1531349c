import type { Event } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { createJournal } from './createJournal.ts'
import { createMemoryEventStore } from './createMemoryEventStore.ts'
import { createSettableClock } from './createSettableClock.ts'
import { EventStoreWriteError } from './errors.ts'

test('default: events are stamped, and each agent reads its own', () => {
  const store = createMemoryEventStore()
  const clock = createSettableClock(5)
  const one = createJournal({ agent: 'one', store, clock })
  const two = createJournal({ agent: 'two', store, clock })
  one.record(1n, { type: 'agent.moved', state: 'watching' })
  two.record(2n, { type: 'agent.moved', state: 'halted' })
  expect(one.read()).toEqual([
    { type: 'agent.moved', state: 'watching', agent: 'one', at: 5, block: 1n },
  ])
  expect(store.read()).toHaveLength(2)
})

test('behavior: listeners hear after the event is durable; one that throws is dropped', () => {
  const store = createMemoryEventStore()
  const journal = createJournal({ agent: 'a', store, clock: createSettableClock(0) })
  const heard: Event[] = []
  let throws = 0
  journal.listen((event) => {
    expect(store.read().at(-1)?.event).toEqual(event)
    heard.push(event)
  })
  journal.listen(() => {
    throws += 1
    throw new RangeError('display is gone')
  })
  const stop = journal.listen((event) => heard.push(event))
  journal.record(1n, { type: 'agent.moved', state: 'watching' })
  stop()
  journal.record(2n, { type: 'agent.moved', state: 'halted' })
  expect(heard.map(({ block }) => block)).toEqual([1n, 1n, 2n])
  expect(throws).toBe(1)
})

test('error: EventStoreWriteError reaches the writer, and nobody hears', () => {
  const store = createMemoryEventStore()
  const journal = createJournal({ agent: 'a', store, clock: createSettableClock(0) })
  const heard: Event[] = []
  journal.listen((event) => heard.push(event))
  store.close()
  expect(() => journal.record(1n, { type: 'agent.moved', state: 's' })).toThrow(
    EventStoreWriteError,
  )
  expect(heard).toEqual([])
})
