import { type AaveV3, aaveV3Rules } from '@plimsoll/adapter-aave-v3'
import { createMarginKeeper } from '@plimsoll/agent-margin-keeper'
import type { RebalanceEngine } from '@plimsoll/domain'
import {
  type ChainClient,
  createChainHead,
  createPolicySigner,
  createPublicLane,
  createSigningPolicy,
  createSimulator,
} from '@plimsoll/evm'
import { createCaps, DEFAULT_CAPS } from '@plimsoll/governor'
import {
  type AgentHost,
  createAgentHost,
  createJournal,
  createMemoryEventStore,
  createOrderDesk,
  createSystemClock,
  type FrameSources,
} from '@plimsoll/kernel'
import type { Assessment } from '@plimsoll/risk'
import { type LocalAccount, parseGwei } from 'viem'

/** Composes a ready margin keeper around an engine, for one owner with loans on Aave. */
export function composeKeeper(p: {
  readonly client: ChainClient
  readonly aave: AaveV3
  readonly sources: FrameSources
  readonly owner: LocalAccount
  readonly engine: RebalanceEngine<Assessment>
}): AgentHost {
  const { client, aave, sources, owner, engine } = p
  const chainId = client.chain.id
  const policy = createSigningPolicy({
    chainId,
    owner: owner.address,
    executor: null,
    rules: aaveV3Rules(aave.config, null),
    maxFeePerGas: parseGwei('100'),
    maxGas: 1_000_000n,
  })
  const agent = createMarginKeeper({ engine, governor: createCaps(DEFAULT_CAPS) })
  const journal = createJournal({
    agent: agent.name,
    store: createMemoryEventStore(),
    clock: createSystemClock(),
  })
  const desk = createOrderDesk({
    ...sources,
    owner: owner.address,
    journal,
    signer: createPolicySigner({ account: owner, policy }),
    lane: createPublicLane(client),
    simulator: createSimulator(client),
    executor: null,
  })
  return createAgentHost({
    ...sources,
    agent,
    desk,
    journal,
    head: createChainHead(client),
    volatility: null,
  })
}
