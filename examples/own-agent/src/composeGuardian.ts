import { aaveV3Rules, loadAaveV3 } from '@plimsoll/adapter-aave-v3'
import { type Devnet, tokensOf } from '@plimsoll/devnet'
import { type Address, numberFromWad } from '@plimsoll/domain'
import {
  createChainClient,
  createChainHead,
  createPolicySigner,
  createPublicLane,
  createSigningPolicy,
  createSimulator,
  createSpotSource,
} from '@plimsoll/evm'
import {
  type Agent,
  type AgentHost,
  createAgentHost,
  createJournal,
  createMemoryEventStore,
  createOrderDesk,
  createSystemClock,
} from '@plimsoll/kernel'
import { parseGwei } from 'viem'
import { createActor } from 'xstate'
import { guardian } from './machine.ts'
import { createPolicy } from './policy.ts'

/** Composes a guardian of the devnet owner's loan on Aave: the one place where ports meet adapters. */
export async function composeGuardian(
  devnet: Devnet,
  p: { readonly floor: number; readonly target: number },
): Promise<{
  readonly host: AgentHost
  /** Aave's own figure for an account, now; null where nothing is owed. */
  readonly healthOf: (account: Address) => Promise<number | null>
}> {
  const { rpcUrl, chainId, deployment } = devnet
  const { owner } = devnet.accounts
  const client = await createChainClient({ rpcUrl, chainId, multicall3: deployment.multicall3 })

  const { WETH, USDC } = tokensOf(deployment)
  const aave = await loadAaveV3({ client, pool: deployment.aave.pool, tokens: [WETH, USDC] })
  const head = createChainHead(client)
  const venues = { lending: [aave], perps: [], swaps: [] }

  // Nothing is signed but Aave's own verbs in the owner's own name.
  const policy = createSigningPolicy({
    chainId,
    owner: owner.address,
    executor: null,
    rules: aaveV3Rules(aave.config, null),
    maxFeePerGas: parseGwei('100'),
    maxGas: 1_000_000n,
  })

  const agent: Agent = {
    name: 'guardian',
    spawn: () => createActor(guardian),
    policy: createPolicy({ ...p, reserve: USDC }),
  }
  // In memory, so a restart would know nothing: createSqliteEventStore keeps it.
  const store = createMemoryEventStore()
  const journal = createJournal({ agent: agent.name, store, clock: createSystemClock() })
  const desk = createOrderDesk({
    ...venues,
    owner: owner.address,
    journal,
    signer: createPolicySigner({ account: owner, policy }),
    lane: createPublicLane(client),
    simulator: createSimulator(client),
    executor: null, // it settles nothing in one transaction
  })
  const host = createAgentHost({
    ...venues,
    agent,
    desk,
    journal,
    head,
    prices: [],
    spot: createSpotSource({ client, tokens: [USDC] }),
    quoteAssets: [USDC.asset, WETH.asset], // no exchange is watched: the oracle's word is enough
    volatility: null, // a floor needs no forecast
  })
  return {
    host,
    async healthOf(account) {
      const [position] = await aave.read(account, await head.latest())
      return position?.debt.some(({ raw }) => raw > 0n)
        ? numberFromWad(position.healthFactor)
        : null
    },
  }
}
