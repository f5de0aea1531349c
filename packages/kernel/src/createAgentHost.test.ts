import type { Event, ForecastRound, ForecastSource } from '@plimsoll/domain'
import { assess, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'
import { createSimulatedWorld } from '@plimsoll/testkit'
import { expect, test } from 'vitest'
import { createActor, emit, setup } from 'xstate'
import {
  type Agent,
  type AgentEvent,
  type AgentMode,
  type AgentRequest,
  createAgentHost,
  createJournal,
  createMemoryEventStore,
  createOrderDesk,
  createSettableClock,
} from './index.ts'

/** Recovers, then asks for one thing per block and waits for nothing. */
const askFor = (request: AgentRequest) =>
  setup({
    types: {
      context: {} as { readonly mode: AgentMode },
      events: {} as AgentEvent,
      emitted: {} as AgentRequest,
    },
  }).createMachine({
    context: { mode: 'normal' },
    initial: 'recovering',
    states: {
      recovering: {
        entry: emit({ type: 'recovery.requested' }),
        on: { 'recovery.settled': 'watching' },
      },
      watching: {
        on: {
          'block.seen': { actions: emit(request) },
          'step.failed': 'halted',
        },
      },
      halted: {},
    },
  })

async function host(
  request: AgentRequest,
  volatility: ForecastSource | null = null,
  store = createMemoryEventStore(),
) {
  const world = await createSimulatedWorld()
  const { chain, owner } = world
  const clock = createSettableClock(0)
  const journal = createJournal({ agent: 'tiny', store, clock })
  const sources = {
    lending: [world.first, world.second],
    perps: [world.perp],
    swaps: [world.pool],
    prices: [world.oracle],
    spot: world.spot,
    quoteAssets: ['USDC'],
  }
  const machine = askFor(request)
  const agent: Agent = {
    name: 'tiny',
    spawn: () => createActor(machine),
    policy: {
      assess: (p) => assess({ ...p, config: DEFAULT_ASSESS_CONFIG }),
      plan: () => ({ engine: 'none', actions: [], why: 'nothing' }),
      govern: ({ action }) => ({ type: 'allowed', action, checks: [] }),
    },
  }
  const ports = {
    ...sources,
    owner,
    journal,
    agent,
    head: chain,
    lane: chain,
    simulator: chain,
    signer: chain.signer(owner),
    executor: world.executor,
    sleeper: clock,
    volatility,
  }
  return createAgentHost({ ...ports, desk: createOrderDesk(ports) })
}

test('default: what a machine asks for is done, told to listeners and reported', async () => {
  const tiny = await host({ type: 'frame.requested' })
  const heard: Event['type'][] = []
  tiny.listen(({ type }) => heard.push(type))
  expect(tiny.state()).toBe('recovering')
  expect(await tiny.start()).toBe('watching')
  const { frame, state, failures } = await tiny.tick()
  expect([frame?.portfolio.domains.length, state, failures]).toEqual([3, 'watching', []])
  expect(heard).toEqual(['agent.moved', 'agent.moved', 'frame.observed'])
})

test.for([
  [{ type: 'assessment.requested' }],
  [{ type: 'plan.requested', mode: 'normal' }],
  [{ type: 'grants.requested' }],
  [{ type: 'order.requested', order: 'tiny#1' }],
] as const)(
  'error: a machine that asks for $0.type before what it builds on is told to halt',
  async ([request]) => {
    const tiny = await host(request)
    await tiny.start()
    const { state, failures } = await tiny.tick()
    expect(state).toBe('halted')
    expect(failures).toMatchObject([{ step: request.type, code: 'INVARIANT_BROKEN' }])
  },
)

test('behavior: who forecasts is logged when it changes, and what a model on trial says', async () => {
  const store = createMemoryEventStore()
  const forecast = (model: string) => ({ asset: 'ETH', model, at: 0, horizons: [] })
  const rounds: ForecastRound[] = [
    { made: [forecast('net@1')], missing: [], degraded: null, shadows: [forecast('new@2')] },
    { made: [forecast('net@1')], missing: [], degraded: null, shadows: [] },
    { made: [forecast('har@1')], missing: [], degraded: 'net@1 is late', shadows: [] },
    { made: [forecast('har@1')], missing: [], degraded: 'net@1 is late', shadows: [] },
    { made: [forecast('net@1')], missing: [], degraded: null, shadows: [] },
  ]
  const left = [...rounds]
  const source: ForecastSource = {
    name: 'net@1',
    forecastAll: async () => left.shift() ?? rounds[0]!,
  }
  const agent = await host({ type: 'frame.requested' }, source, store)
  await agent.start()
  for (const _ of rounds) await agent.tick()
  const events = store.read().map(({ event }) => event)
  expect(
    events.flatMap((event) =>
      event.type === 'forecast.switched' ? [[event.models.join(), event.degraded]] : [],
    ),
  ).toEqual([
    ['net@1', null],
    ['har@1', 'net@1 is late'],
    ['net@1', null],
  ])
  expect(
    events.flatMap((event) =>
      event.type === 'forecast.shadowed' ? [[event.shadow.model, event.acting?.model]] : [],
    ),
  ).toEqual([['new@2', 'net@1']])
})
