import type { ChainHead, Event, EventStore, Signer, SubmissionLane } from '@plimsoll/domain'
import { createCaps, DEFAULT_CAPS, type Governor } from '@plimsoll/governor'
import {
  type Agent,
  type AgentHost,
  createAgentHost,
  createJournal,
  createMemoryEventStore,
  createOrderDesk,
  createSettableClock,
  type FrameSources,
} from '@plimsoll/kernel'
import {
  createStaticThreshold,
  DEFAULT_STATIC_THRESHOLD,
  type Routes,
  type StaticThresholdConfig,
} from '@plimsoll/risk'
import { SIMULATED_USDC, SIMULATED_WETH, type SimulatedWorld } from '@plimsoll/testkit'
import { createMarginKeeper } from '../src/index.ts'

/** What a test may put in place of the world's own parts. */
export type KeeperParts = {
  readonly engine?: Partial<StaticThresholdConfig>
  readonly routes?: Partial<Routes>
  readonly governor?: Governor
  readonly lane?: SubmissionLane
  readonly signer?: Signer
  readonly store?: EventStore
  readonly sources?: Partial<FrameSources>
  readonly head?: ChainHead
  readonly config?: Parameters<typeof createMarginKeeper>[0]['config']
  /** Changes the agent before it is hosted. */
  readonly alter?: (agent: Agent) => Agent
}

/** A margin keeper of a simulated world's owner, hosted, and its log. */
export type TestKeeper = AgentHost & {
  readonly store: EventStore
  events(): readonly Event[]
}

/** Everything the world offers. */
function routesOf({ owner, first, second, perp, delayed, pool }: SimulatedWorld): Routes {
  const domains = [
    ...[first, second, perp].map((venue) => venue.domainOf(owner)),
    delayed.domainOf(owner, 'ETH-PERP'),
  ]
  return {
    swaps: [{ venue: pool.id, tokens: [SIMULATED_WETH, SIMULATED_USDC] }],
    flashLoan: { tokens: [SIMULATED_USDC.address], fee: 0.0005 },
    reserve: [SIMULATED_USDC.address],
    transfers: domains.flatMap((from) =>
      domains.filter((to) => to !== from).map((to) => ({ from, to })),
    ),
    perps: [
      {
        venue: perp.id,
        domain: perp.domainOf(owner),
        market: 'ETH-PERP',
        asset: 'ETH',
      },
    ],
  }
}

/** Creates the keeper; its first recovery is up to the test. */
export function createTestKeeper(world: SimulatedWorld, parts: KeeperParts = {}): TestKeeper {
  const { chain, owner } = world
  const agent = createMarginKeeper({
    engine: createStaticThreshold({
      config: { ...DEFAULT_STATIC_THRESHOLD, ...parts.engine },
      routes: { ...routesOf(world), ...parts.routes },
    }),
    governor: parts.governor ?? createCaps(DEFAULT_CAPS),
    config: parts.config ?? { assess: { breakers: { sources: { amberBelow: 1 } } } }, // one exchange is all there is
  })
  const store = parts.store ?? createMemoryEventStore()
  const clock = createSettableClock(0)
  const journal = createJournal({ agent: agent.name, store, clock })
  const sources: FrameSources = {
    lending: [world.first, world.second],
    perps: [world.perp, world.delayed],
    swaps: [world.pool],
    prices: [world.oracle],
    spot: world.spot,
    quoteAssets: ['USDC'],
    ...parts.sources,
  }
  const desk = createOrderDesk({
    owner,
    journal,
    lending: [world.first, world.second],
    perps: sources.perps,
    swaps: [world.pool],
    signer: parts.signer ?? chain.signer(owner),
    lane: parts.lane ?? chain,
    simulator: chain,
    executor: world.executor,
    sleeper: clock,
    settings: {
      patience: { polls: 8, everyMs: 100 },
      deadlineSeconds: 300n,
      gasLimitBps: 15_000n,
    },
  })
  const host = createAgentHost({
    ...sources,
    agent: parts.alter?.(agent) ?? agent,
    desk,
    journal,
    head: parts.head ?? chain,
    volatility: null,
  })
  return { ...host, store, events: () => store.read().map(({ event }) => event) }
}
