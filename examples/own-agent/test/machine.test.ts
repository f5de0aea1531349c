import type { Recovery } from '@plimsoll/domain'
import type { AgentEvent, AgentRequest } from '@plimsoll/kernel'
import { expect, test } from 'vitest'
import { createActor } from 'xstate'
import { guardian } from '../src/machine.ts'

const recovered: AgentEvent = { type: 'recovery.settled', orders: [], observed: [], assessed: [] }
const block: AgentEvent = { type: 'block.seen' }
const reconciled: AgentEvent = { type: 'reconciliation.settled', orders: [] }
const failed = (step: AgentRequest['type'], recovery: Recovery): AgentEvent => ({
  type: 'step.failed',
  step,
  recovery,
  code: 'TEST',
  reason: 'made up',
})

/** Where some events lead, and what was asked for on the way. */
function after(...events: readonly AgentEvent[]) {
  const asked: AgentRequest['type'][] = []
  const actor = createActor(guardian)
  actor.on('*', ({ type }) => asked.push(type))
  actor.start()
  for (const event of events) actor.send(event)
  return { state: actor.getSnapshot().value, asked }
}

test('default: it recovers before it watches, and looks once a block', () => {
  expect(after()).toEqual({ state: 'recovering', asked: ['recovery.requested'] })
  expect(after(recovered)).toEqual({ state: 'watching', asked: ['recovery.requested'] })
  expect(after(recovered, block)).toEqual({
    state: 'looking',
    asked: ['recovery.requested', 'frame.requested'],
  })
})

test('behavior: recovery is tried again with every block until it succeeds', () => {
  const unanswered = failed('recovery.requested', 'reconcile')
  expect(after(unanswered)).toMatchObject({ state: 'recovering' })
  expect(after(unanswered, block, recovered)).toEqual({
    state: 'watching',
    asked: ['recovery.requested', 'recovery.requested'],
  })
})

test.each(['retry', 'refresh', 'reconcile'] as const)(
  'behavior: a step that fails with %s is followed by reconciling, again with every block',
  (recovery) => {
    const lost = [recovered, block, failed('frame.requested', recovery)]
    expect(after(...lost)).toMatchObject({ state: 'reconciling' })
    const unsure = failed('reconciliation.requested', recovery)
    expect(after(...lost, unsure)).toMatchObject({ state: 'reconciling' })
    expect(after(...lost, unsure, block, reconciled)).toEqual({
      state: 'watching',
      asked: [
        'recovery.requested',
        'frame.requested',
        'reconciliation.requested',
        'reconciliation.requested',
      ],
    })
  },
)

test('behavior: what needs a person stops it, in any state, until a person resumes it by recovery', () => {
  const ways: readonly (readonly AgentEvent[])[] = [
    [failed('recovery.requested', 'halt')],
    [recovered, block, failed('frame.requested', 'halt')],
    [
      recovered,
      block,
      failed('frame.requested', 'retry'),
      failed('reconciliation.requested', 'halt'),
    ],
    [recovered, { type: 'operator.paused' }],
  ]
  for (const way of ways) {
    expect(after(...way, block)).toMatchObject({ state: 'stopped' })
    const resumed = after(...way, { type: 'operator.resumed' })
    expect([resumed.state, resumed.asked.at(-1)]).toEqual(['recovering', 'recovery.requested'])
  }
})
