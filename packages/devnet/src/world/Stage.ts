import { type Address, InvariantError, sameAddress } from '@plimsoll/domain'
import { createPublicClient, http } from 'viem'
import type { Accounts } from '../accounts.ts'
import { devnetChain } from '../client.ts'
import { type Deployment, type DevnetToken, type TokenSymbol, tokensOf } from '../deployment.ts'
import type { Devnet } from '../startDevnet.ts'

export type WorldClient = ReturnType<typeof createWorldClient>

/** What every part of the world plays upon. */
export interface Stage {
  readonly client: WorldClient
  readonly deployment: Deployment
  readonly accounts: Accounts
  readonly tokens: Readonly<Record<TokenSymbol, DevnetToken>>
}

/** Sets the stage on a devnet. */
export function createStage({ rpcUrl, deployment, accounts }: Devnet): Stage {
  return {
    client: createWorldClient(rpcUrl),
    deployment,
    accounts,
    tokens: tokensOf(deployment),
  }
}

/** The token at an address that a protocol named. */
export function tokenAt({ tokens }: Stage, address: Address): DevnetToken {
  const found = Object.values(tokens).find((token) => sameAddress(token.address, address))
  if (found === undefined)
    throw new InvariantError({ expected: 'a token of the devnet', found: address })
  return found
}

/** Requests of one moment travel together: the node's time goes into the chain, not into HTTP. */
function createWorldClient(rpcUrl: string) {
  return createPublicClient({
    chain: devnetChain,
    cacheTime: 0,
    transport: http(rpcUrl, {
      batch: { batchSize: 1_000, wait: 0 },
      retryCount: 0,
      timeout: 60_000,
    }),
  })
}
