import type { AgentEvent, AgentMode, AgentRequest } from '@plimsoll/kernel'
import { assertEvent, emit, setup } from 'xstate'

/**
 * When: look once a block, act on it at most once, make sure of what was sent, look again.
 *
 * Whatever fails is followed by reconciling, which is tried again with every block; what needs a person stops. The
 * first state is a recovery, since every start may be a restart.
 */
export const guardian = setup({
  types: {
    context: {} as { readonly mode: AgentMode },
    events: {} as AgentEvent,
    emitted: {} as AgentRequest,
  },
  actions: {
    ask: emit((_, request: AgentRequest) => request),
    carryOut: emit(({ event }) => {
      assertEvent(event, 'grants.ready')
      return { type: 'order.requested', order: event.orders[0]?.id ?? 'none' }
    }),
  },
  guards: {
    acts: ({ event }) => event.type === 'plan.ready' && event.plan.actions.length > 0,
    granted: ({ event }) => event.type === 'grants.ready' && event.orders[0]?.state === 'granted',
    needsPerson: ({ event }) => event.type === 'step.failed' && event.recovery === 'halt',
  },
}).createMachine({
  id: 'guardian',
  context: { mode: 'normal' },
  initial: 'recovering',
  on: {
    'step.failed': [{ guard: 'needsPerson', target: '.stopped' }, { target: '.reconciling' }],
    'operator.paused': '.stopped',
  },
  states: {
    recovering: {
      entry: { type: 'ask', params: { type: 'recovery.requested' } },
      on: {
        'recovery.settled': 'watching',
        'step.failed': [{ guard: 'needsPerson', target: 'stopped' }, {}],
        'block.seen': { target: 'recovering', reenter: true },
      },
    },
    watching: {
      on: { 'block.seen': 'looking' },
    },
    looking: {
      entry: { type: 'ask', params: { type: 'frame.requested' } },
      on: { 'frame.ready': 'assessing' },
    },
    assessing: {
      entry: { type: 'ask', params: { type: 'assessment.requested' } },
      on: { 'assessment.ready': 'planning' },
    },
    planning: {
      entry: { type: 'ask', params: { type: 'plan.requested', mode: 'normal' } },
      on: { 'plan.ready': [{ guard: 'acts', target: 'governing' }, { target: 'watching' }] },
    },
    governing: {
      entry: { type: 'ask', params: { type: 'grants.requested' } },
      on: { 'grants.ready': [{ guard: 'granted', target: 'acting' }, { target: 'watching' }] },
    },
    acting: {
      entry: 'carryOut',
      on: { 'order.settled': 'reconciling' },
    },
    reconciling: {
      entry: { type: 'ask', params: { type: 'reconciliation.requested' } },
      on: {
        'reconciliation.settled': 'watching',
        'step.failed': [{ guard: 'needsPerson', target: 'stopped' }, {}],
        'block.seen': { target: 'reconciling', reenter: true },
      },
    },
    stopped: {
      tags: 'needs-operator',
      on: { 'operator.resumed': 'recovering' },
    },
  },
})
