import { FEEDS, openChain } from '@plimsoll/devnet'
import { createChainlink } from '../src/index.ts'

/** The promises of the feeds' counterparts on Ethereum. [s] */
const HEARTBEATS = { ETH: 3_600n, BTC: 3_600n, USDC: 86_400n } as const

/** Aggregators on a devnet and the source that reads them. */
export async function startFeeds() {
  const chain = await openChain()
  const { devnet, client } = chain
  const feeds = FEEDS.map((asset) => ({
    asset,
    address: devnet.deployment.feeds[asset],
    heartbeat: HEARTBEATS[asset],
  }))
  return { ...chain, feeds, source: createChainlink({ client, feeds }) }
}
