import { existsSync } from 'node:fs'
import { InvalidInputError } from '@plimsoll/domain'
import { createSqliteEventStore } from '@plimsoll/kernel'
import { createCommand, integer, text, toggle } from '../Command.ts'
import { explainDecision } from './explainDecision.ts'
import { findDecision } from './findDecision.ts'

/** Tells a decision again, from the event log alone. */
export const explainCommand = createCommand({
  name: 'explain',
  summary: 'Explains a decision from an event log: what was seen, weighed, granted and done.',
  examples: [
    ['plimsoll demo --log run.sqlite', 'a run that keeps its event log'],
    ['plimsoll explain --log run.sqlite', 'the last decision that did or weighed something'],
    ['plimsoll explain --log run.sqlite --block 613', 'the decision at a block'],
    ['plimsoll explain --log run.sqlite --json', 'for machines'],
  ],
  flags: {
    log: text('FILE', 'event log of an agent (SQLite)'),
    block: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }, null, 'block of the decision'),
    json: toggle('print one JSON object'),
  },
  async run({ log, block, json }) {
    if (log === null || !existsSync(log))
      throw new InvalidInputError({
        field: '--log',
        found: log ?? 'nothing',
        allowed: 'an event log that exists; plimsoll demo --log FILE writes one',
      })
    const store = createSqliteEventStore(log)
    try {
      const decision = findDecision(
        store.read().map(({ event }) => event),
        block === null ? null : BigInt(block),
      )
      console.log(
        json
          ? JSON.stringify({ type: 'decision', ...decision }, (_, value: unknown) =>
              typeof value === 'bigint' ? String(value) : value,
            )
          : explainDecision(decision),
      )
    } finally {
      store.close()
    }
  },
})
