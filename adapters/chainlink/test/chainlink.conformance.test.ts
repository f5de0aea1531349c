import type { FeedAsset } from '@plimsoll/devnet'
import { priceSourceSuite } from '@plimsoll/testkit'
import { startFeeds } from './chainlinkChain.ts'

const STEP = 10n ** 10n // the devnet's feeds have 8 decimals

priceSourceSuite({
  name: 'chainlink',
  create: async () => {
    const chain = await startFeeds()
    return {
      ...chain,
      step: STEP,
      grace: 60,
      publish: (asset, price) => chain.devnet.setFeed(asset as FeedAsset, price / STEP),
      mine: (seconds) => chain.devnet.mine(seconds),
      close: () => chain.devnet.stop(),
    }
  },
})
