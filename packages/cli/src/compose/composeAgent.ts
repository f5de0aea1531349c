import { createMarginKeeper } from '@plimsoll/agent-margin-keeper'
import type {
  Action,
  EventStore,
  ForecastSource,
  Frame,
  Grant,
  RebalanceEngine,
  SubmissionLane,
} from '@plimsoll/domain'
import { type ChainClient, createChainHead, type OwnExecutor } from '@plimsoll/evm'
import { loadEwma } from '@plimsoll/forecast'
import {
  type Agent,
  type AgentHost,
  createAgentHost,
  createJournal,
  type SettableClock,
} from '@plimsoll/kernel'
import { manifest } from '@plimsoll/model-ewma'
import type { Assessment, Routes } from '@plimsoll/risk'
import type { LocalAccount } from 'viem'
import { composeDesk } from './composeDesk.ts'
import { composeGovernor, type FleetTies, type GovernorName } from './composeGovernor.ts'
import type { ComposedVenues } from './composeVenues.ts'

/** Makes the engines of both modes for what can be done, and for what the governor would say of it. */
export type EngineMaker = (p: {
  readonly routes: Routes
  readonly preview: (p: { readonly action: Action; readonly frame: Frame }) => Grant
}) => {
  readonly engine: RebalanceEngine<Assessment>
  /** While preserving capital; the same where absent. */
  readonly preservingEngine?: RebalanceEngine<Assessment>
}

/** Composes one margin keeper on a devnet: engine, governor, model, order desk and host. */
export async function composeAgent(p: {
  readonly client: ChainClient
  readonly venues: ComposedVenues
  readonly owner: LocalAccount
  /** The owner's own, as {@link setUpExecutor} made it. */
  readonly executor: OwnExecutor
  readonly store: EventStore
  readonly clock: SettableClock
  readonly createEngine: EngineMaker
  /** Hard caps unless given. */
  readonly governor?: GovernorName
  /** What ties the governor of a fleet to the others'; a fleet of one unless given. */
  readonly ties?: FleetTies
  /** The portfolio as it is now: transfers and hedges go between the domains that it uses. */
  readonly opened: Frame
  /** The EWMA of the repository unless given. */
  readonly forecasts?: ForecastSource
  /** The public pool unless given. */
  readonly lane?: SubmissionLane
}): Promise<AgentHost> {
  const { client, venues, store, clock } = p
  const { governor, preview, observe } = await composeGovernor(p.governor ?? 'caps', p)
  // A devnet has one exchange to compare oracles with.
  const stable = [venues.tokens.USDC.asset, venues.tokens.SUSD.asset]
  const keeper = createMarginKeeper({
    ...p.createEngine({ routes: routesOf(venues, p.opened), preview }),
    governor,
    config: {
      assess: { stable, breakers: { sources: { amberBelow: 1 } } },
    },
  })
  const agent: Agent = {
    ...keeper,
    policy: {
      ...keeper.policy,
      assess(seen) {
        observe(seen.frame)
        return keeper.policy.assess(seen)
      },
    },
  }
  const journal = createJournal({ agent: agent.name, store, clock })
  return createAgentHost({
    ...venues,
    agent,
    desk: composeDesk({ ...p, journal }),
    journal,
    head: createChainHead(client),
    volatility: p.forecasts ?? loadEwma(manifest),
  })
}

/** Everything the composed venues allow between the domains that a portfolio uses. */
function routesOf(
  { tokens, swaps, perps: venues }: ComposedVenues,
  { portfolio, perps, oraclePrices }: Frame,
): Routes {
  const { USDC, SUSD, WETH, WBTC } = tokens
  const used = portfolio.domains
    .filter((domain) => domain.health(oraclePrices).type !== 'unlevered')
    .map(({ id }) => id)
  return {
    swaps: swaps.flatMap(({ id }) => [
      { venue: id, tokens: [WETH, USDC] as const },
      { venue: id, tokens: [WBTC, USDC] as const },
      { venue: id, tokens: [SUSD, USDC] as const, stable: true },
    ]),
    flashLoan: { tokens: [WETH, WBTC, USDC].map(({ address }) => address), fee: 0 },
    reserve: [USDC.address],
    transfers: used.flatMap((from) => used.filter((to) => to !== from).map((to) => ({ from, to }))),
    delayed: venues.filter(({ fill }) => fill === 'delayed').map(({ id }) => id),
    perps: perps.flatMap(({ venue, domain, legs }) =>
      legs.map(({ market, asset }) => ({ venue, domain, market, asset })),
    ),
  }
}
