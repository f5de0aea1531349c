import { InvariantError, type Recovery } from '@plimsoll/domain'
import type { AgentEvent, AgentMode, AgentRequest } from '@plimsoll/kernel'
import { assertEvent, assign, emit, setup } from 'xstate'
import type { MarginKeeperConfig } from './config.ts'
import { observe, recall } from './policy.ts'
import { NO_PRESERVATION, type Preservation, preserve } from './preservation.ts'

type Input = { readonly config: MarginKeeperConfig }

type Context = {
  readonly config: MarginKeeperConfig
  readonly mode: AgentMode
  readonly preservation: Preservation
  /** A block was seen that no frame was read of yet. */
  readonly unread: boolean
  /** Granted orders still to be carried out, in order. */
  readonly queue: readonly string[]
  /** Times the current step has been tried. */
  readonly attempts: number
  /** Ticks for which the chain has left a transaction open. */
  readonly unsure: number
}

/**
 * Keeps every margin domain of one owner above its floor.
 *
 * Each state asks for one step and waits for its outcome. A failed step is routed by its recovery: `retry` asks
 * again within the tick, `refresh` waits for the next block, `reconcile` and whatever may have sent something goes by
 * way of reconciling, `halt` waits for a person. Operator and halt stand above all states; both come back by recovering.
 */
export const marginKeeper = setup({
  types: {
    input: {} as Input,
    context: {} as Context,
    events: {} as AgentEvent,
    emitted: {} as AgentRequest,
  },
  actions: {
    recover: emit({ type: 'recovery.requested' }),
    look: emit({ type: 'frame.requested' }),
    assess: emit({ type: 'assessment.requested' }),
    plan: emit(({ context }) => ({ type: 'plan.requested', mode: context.mode })),
    govern: emit({ type: 'grants.requested' }),
    execute: emit(({ context }) => ({ type: 'order.requested', order: first(context.queue) })),
    reconcile: emit({ type: 'reconciliation.requested' }),

    await: assign({ unread: true }),
    read: assign({ unread: false }),
    begin: assign({ attempts: 1 }),
    again: assign({ attempts: ({ context }) => context.attempts + 1 }),
    doubt: assign({ unsure: ({ context }) => context.unsure + 1 }),
    trust: assign({ unsure: 0 }),
    drop: assign({ queue: [] }),
    next: assign({ queue: ({ context }) => context.queue.slice(1) }),
    enqueue: assign(({ event }) => {
      assertEvent(event, 'grants.ready')
      return { queue: event.orders.filter(isGranted).map(({ id }) => id) }
    }),
    judge: assign(({ context, event }) => {
      assertEvent(event, 'assessment.ready')
      const seen = observe(event.time, event.assessment)
      const preservation = preserve(context.preservation, seen, context.config.preservation)
      return { preservation, mode: preservation.mode }
    }),
    recall: assign(({ context, event }) => {
      assertEvent(event, 'recovery.settled')
      const assessed = new Map(event.assessed.map((each) => [each.time, each]))
      const preservation = event.observed.reduce(
        (before, frame) =>
          preserve(
            before,
            recall(frame, assessed.get(frame.time) ?? null),
            context.config.preservation,
          ),
        NO_PRESERVATION,
      )
      return { preservation, mode: preservation.mode }
    }),
  },
  guards: {
    unread: ({ context }) => context.unread,
    holds: ({ event }) => event.type === 'plan.ready' && event.plan.actions.length === 0,
    ungranted: ({ event }) => event.type === 'grants.ready' && !event.orders.some(isGranted),
    unknown: ({ event }) => event.type === 'order.settled' && event.order.state === 'unknown',
    more: ({ context }) => context.queue.length > 1,
    needs: ({ event }, recovery: Recovery) =>
      event.type === 'step.failed' && event.recovery === recovery,
    patient: ({ context, event }) =>
      event.type === 'step.failed' &&
      event.recovery === 'retry' &&
      context.attempts < context.config.attempts,
    lost: ({ context, event }) =>
      event.type === 'step.failed' &&
      event.recovery === 'reconcile' &&
      context.unsure >= context.config.unsureTicks,
  },
}).createMachine({
  id: 'margin-keeper',
  context: ({ input }) => ({
    config: input.config,
    mode: 'normal',
    preservation: NO_PRESERVATION,
    unread: false,
    queue: [],
    attempts: 1,
    unsure: 0,
  }),
  initial: 'recovering',
  on: { 'operator.paused': { target: '.paused' } },
  states: {
    recovering: {
      entry: ['begin', 'drop', 'recover'],
      on: {
        'block.seen': { target: 'recovering', reenter: true, actions: 'await' },
        'recovery.settled': { target: 'watching', actions: ['trust', 'recall'] },
        'step.failed': [
          { guard: 'patient', actions: ['again', 'recover'] },
          { guard: { type: 'needs', params: 'halt' }, target: 'halted' },
          { guard: 'lost', target: 'halted' },
          { guard: { type: 'needs', params: 'reconcile' }, actions: 'doubt' },
        ],
      },
    },
    watching: {
      entry: ['begin', 'drop'],
      always: { guard: 'unread', actions: ['read', 'look'] },
      on: {
        'block.seen': { target: 'watching', reenter: true, actions: 'await' },
        'frame.ready': 'assessing',
        'step.failed': [
          { guard: 'patient', actions: ['again', 'look'] },
          { guard: { type: 'needs', params: 'halt' }, target: 'halted' },
          { guard: { type: 'needs', params: 'reconcile' }, target: 'reconciling' },
        ],
      },
    },
    assessing: {
      entry: ['begin', 'assess'],
      on: {
        'assessment.ready': { target: 'planning', actions: 'judge' },
        'step.failed': [
          { guard: 'patient', actions: ['again', 'assess'] },
          { guard: { type: 'needs', params: 'halt' }, target: 'halted' },
          { guard: { type: 'needs', params: 'reconcile' }, target: 'reconciling' },
          { target: 'watching' },
        ],
      },
    },
    planning: {
      entry: ['begin', 'plan'],
      on: {
        'plan.ready': [{ guard: 'holds', target: 'watching' }, { target: 'governing' }],
        'step.failed': [
          { guard: 'patient', actions: ['again', 'plan'] },
          { guard: { type: 'needs', params: 'halt' }, target: 'halted' },
          { guard: { type: 'needs', params: 'reconcile' }, target: 'reconciling' },
          { target: 'watching' },
        ],
      },
    },
    governing: {
      entry: ['begin', 'govern'],
      on: {
        'grants.ready': [
          { guard: 'ungranted', target: 'watching' },
          { target: 'executing', actions: 'enqueue' },
        ],
        'step.failed': [
          { guard: { type: 'needs', params: 'halt' }, target: 'halted' },
          { target: 'reconciling' },
        ],
      },
    },
    executing: {
      entry: ['begin', 'execute'],
      on: {
        'order.settled': [
          { guard: 'unknown', target: 'reconciling' },
          { guard: 'more', target: 'executing', reenter: true, actions: 'next' },
          { target: 'reconciling' },
        ],
        'step.failed': [
          { guard: 'patient', actions: ['again', 'execute'] },
          { guard: { type: 'needs', params: 'halt' }, target: 'halted' },
          { target: 'reconciling' },
        ],
      },
    },
    reconciling: {
      entry: ['begin', 'drop', 'reconcile'],
      on: {
        'block.seen': { target: 'reconciling', reenter: true, actions: 'await' },
        'reconciliation.settled': { target: 'watching', actions: 'trust' },
        'step.failed': [
          { guard: 'patient', actions: ['again', 'reconcile'] },
          { guard: { type: 'needs', params: 'halt' }, target: 'halted' },
          { guard: 'lost', target: 'halted' },
          { guard: { type: 'needs', params: 'reconcile' }, actions: 'doubt' },
        ],
      },
    },
    paused: {
      tags: 'needs-operator',
      entry: ['drop', 'read'],
      on: {
        'block.seen': { actions: 'look' },
        'operator.resumed': 'recovering',
      },
    },
    halted: {
      tags: 'needs-operator',
      entry: ['drop', 'read'],
      on: {
        'operator.paused': {},
        'operator.resumed': 'recovering',
      },
    },
  },
})

const isGranted = ({ state }: { readonly state: string }): boolean => state === 'granted'

function first(queue: readonly string[]): string {
  const [order] = queue
  if (order === undefined)
    throw new InvariantError({ expected: 'an order to carry out', found: 'an empty queue' })
  return order
}
