import { createMarginKeeper } from '@plimsoll/agent-margin-keeper'
import type { DomainId, EventStore, Token } from '@plimsoll/domain'
import {
  type ChainClient,
  createAtomicExecutor,
  createChainHead,
  createPolicySigner,
  createPublicLane,
  createSigningPolicy,
  createSimulator,
  deployExecutor,
  executorRule,
} from '@plimsoll/evm'
import { loadEwma } from '@plimsoll/forecast'
import { createCaps, DEFAULT_CAPS } from '@plimsoll/governor'
import {
  type AgentHost,
  createAgentHost,
  createJournal,
  createOrderDesk,
  createSandwichFloor,
  createSystemClock,
  DEFAULT_SANDWICH_SETTINGS,
  type SettableClock,
} from '@plimsoll/kernel'
import { manifest } from '@plimsoll/model-ewma'
import { createStaticThreshold, type Routes, type StaticThresholdConfig } from '@plimsoll/risk'
import { type LocalAccount, parseGwei } from 'viem'
import { authorizeExecutor } from './authorizeExecutor.ts'
import type { ComposedVenues } from './composeVenues.ts'

/** Caps of the signing policy: far above what the devnet charges, far below what would hurt. */
const MAX_FEE_PER_GAS = parseGwei('200')
const MAX_GAS = 5_000_000n
/** Seconds of a block on the chain the demo stands for. */
const BLOCK_SECONDS = 12

/**
 * Composes one margin keeper on a devnet: an executor of its own, a signing policy, engine, governor, model and host.
 *
 * @param p.deployer - Pays for the executor and has no rights in it.
 */
export async function composeAgent(p: {
  readonly client: ChainClient
  readonly venues: ComposedVenues
  readonly owner: LocalAccount
  readonly deployer: LocalAccount
  readonly store: EventStore
  readonly clock: SettableClock
  readonly engine: StaticThresholdConfig
  /** Margin domains the owner uses; transfers go between these. */
  readonly domains: readonly DomainId[]
}): Promise<AgentHost> {
  const { client, venues, owner } = p
  const chainId = client.chain.id
  const executor = await deployExecutor({ client, deployer: p.deployer, owner: owner.address })
  const policy = createSigningPolicy({
    chainId,
    owner: owner.address,
    executor,
    rules: [...venues.rules(executor), executorRule({ executor, lenders: venues.lenders })],
    maxFeePerGas: MAX_FEE_PER_GAS,
    maxGas: MAX_GAS,
  })
  const signer = createPolicySigner({ account: owner, policy, chainId })
  const lane = createPublicLane(client)
  const head = createChainHead(client)
  await authorizeExecutor({ signer, lane, head, executor, venues: venues.lending })

  const atomic = createAtomicExecutor({ address: executor, lenders: venues.lenders })
  const journal = createJournal({ agent: 'margin-keeper', store: p.store, clock: p.clock })
  const desk = createOrderDesk({
    lending: venues.lending,
    perps: venues.perps,
    swaps: venues.swaps,
    owner: owner.address,
    journal,
    signer,
    lane,
    simulator: createSimulator(client),
    executor: atomic,
    sleeper: createSystemClock(), // a real chain needs real waiting, whatever time it shows
    swapFloor: createSandwichFloor({ ...DEFAULT_SANDWICH_SETTINGS, blockSeconds: BLOCK_SECONDS }),
  })
  const agent = createMarginKeeper({
    engine: createStaticThreshold({
      config: p.engine,
      routes: routesOf(venues, p.domains),
    }),
    governor: createCaps(DEFAULT_CAPS),
  })
  return createAgentHost({
    ...venues,
    agent,
    desk,
    journal,
    head,
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
