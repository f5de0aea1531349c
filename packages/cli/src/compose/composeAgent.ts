import { createMarginKeeper } from '@plimsoll/agent-margin-keeper'
import type { Address, DomainId, EventStore, SubmissionLane, Token } from '@plimsoll/domain'
import { type ChainClient, createChainHead } from '@plimsoll/evm'
import { loadEwma } from '@plimsoll/forecast'
import { createCaps, DEFAULT_CAPS } from '@plimsoll/governor'
import {
  type AgentHost,
  createAgentHost,
  createJournal,
  type SettableClock,
} from '@plimsoll/kernel'
import { manifest } from '@plimsoll/model-ewma'
import { createStaticThreshold, type Routes, type StaticThresholdConfig } from '@plimsoll/risk'
import type { LocalAccount } from 'viem'
import { composeDesk } from './composeDesk.ts'
import type { ComposedVenues } from './composeVenues.ts'

/** Composes one margin keeper on a devnet: engine, governor, model, order desk and host. */
export async function composeAgent(p: {
  readonly client: ChainClient
  readonly venues: ComposedVenues
  readonly owner: LocalAccount
  /** The owner's own, as {@link setUpExecutor} made it. */
  readonly executor: Address
  readonly store: EventStore
  readonly clock: SettableClock
  readonly engine: StaticThresholdConfig
  /** Margin domains the owner uses; transfers go between these. */
  readonly domains: readonly DomainId[]
  /** The public pool unless given. */
  readonly lane?: SubmissionLane
}): Promise<AgentHost> {
  const { client, venues, store, clock } = p
  const agent = createMarginKeeper({
    engine: createStaticThreshold({
      config: p.engine,
      routes: routesOf(venues, p.domains),
    }),
    governor: createCaps(DEFAULT_CAPS),
  })
  const journal = createJournal({ agent: agent.name, store, clock })
  return createAgentHost({
    ...venues,
    agent,
    desk: composeDesk({ ...p, journal }),
    journal,
    head: createChainHead(client),
    volatility: loadEwma(manifest),
  })
}

function routesOf(venues: ComposedVenues, domains: readonly DomainId[]): Routes {
  const { USDC, WETH, WBTC } = venues.tokens
  const pairs: readonly (readonly [Token, Token])[] = [
    [WETH, USDC],
    [WBTC, USDC],
  ]
  return {
    swaps: venues.swaps.flatMap(({ id }) => pairs.map((tokens) => ({ venue: id, tokens }))),
    flashLoan: { tokens: Object.values(venues.tokens).map(({ address }) => address), fee: 0 },
    reserve: [USDC.address],
    transfers: domains.flatMap((from) =>
      domains.filter((to) => to !== from).map((to) => ({ from, to })),
    ),
    perps: [],
  }
}
