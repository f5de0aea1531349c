import { type Address, InvariantError, sameAddress, type Token } from '@plimsoll/domain'
import { createPublicClient, http } from 'viem'
import type { Accounts } from '../accounts.ts'
import { devnetChain } from '../client.ts'
import { type Deployment, FEED_OF, type FeedAsset, type TokenSymbol } from '../deployment.ts'
import type { Devnet } from '../startDevnet.ts'

export type WorldClient = ReturnType<typeof createWorldClient>

/** A token of the devnet. */
export type WorldToken = Token & { readonly symbol: TokenSymbol; readonly asset: FeedAsset }

/** What every part of the world plays upon. */
export interface Stage {
  readonly client: WorldClient
  readonly deployment: Deployment
  readonly accounts: Accounts
  readonly tokens: Readonly<Record<TokenSymbol, WorldToken>>
}

/** Sets the stage on a devnet. */
export function createStage({ rpcUrl, deployment, accounts }: Devnet): Stage {
  const token = (symbol: TokenSymbol): WorldToken => ({
    chainId: deployment.chainId,
    symbol,
    asset: FEED_OF[symbol],
    ...deployment.tokens[symbol],
  })
  return {
    client: createWorldClient(rpcUrl),
    deployment,
    accounts,
    tokens: { WETH: token('WETH'), WBTC: token('WBTC'), USDC: token('USDC') },
  }
}

/** The token at an address that a protocol named. */
export function tokenAt({ tokens }: Stage, address: Address): WorldToken {
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
