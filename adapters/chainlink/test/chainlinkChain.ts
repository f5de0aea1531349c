import { FEEDS, startDevnet } from '@plimsoll/devnet'
import type { BlockRef } from '@plimsoll/domain'
import { createChainClient } from '@plimsoll/evm'
import { createChainlink } from '../src/index.ts'

/** The promises of the feeds' counterparts on Ethereum. [s] */
const HEARTBEATS = { ETH: 3_600n, BTC: 3_600n, USDC: 86_400n } as const

/** Aggregators on a devnet and the source that reads them. */
export async function startFeeds() {
  const devnet = await startDevnet()
  const client = await createChainClient({
    rpcUrl: devnet.rpcUrl,
    chainId: devnet.chainId,
    multicall3: devnet.deployment.multicall3,
  })
  const feeds = FEEDS.map((asset) => ({
    asset,
    address: devnet.deployment.feeds[asset],
    heartbeat: HEARTBEATS[asset],
  }))
  return {
    devnet,
    client,
    feeds,
    source: createChainlink({ client, feeds }),
    async latest(): Promise<BlockRef> {
      const { number, hash, timestamp, baseFeePerGas } = await devnet.client.getBlock()
      return { number, hash, timestamp, gasPrice: baseFeePerGas ?? 0n }
    },
    async checkpoint(): Promise<() => Promise<void>> {
      const id = await devnet.snapshot()
      return () => devnet.revert(id)
    },
  }
}
