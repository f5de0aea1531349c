import type { Hex } from 'viem'
import { PERP_ASSETS, type PerpAsset } from '../deployment.ts'
import type { Devnet } from '../startDevnet.ts'
import type { PricePath } from './PricePath.ts'

const FEED_UNIT = 10n ** 10n // a price has 18 decimals, a published one 8

/** The oracle's off-chain side: a price for every moment, signed. */
export interface PricePublisher {
  /** The price bytes of a moment, per asset; null where none were published. */
  publish(publishTime: bigint): Promise<Readonly<Record<PerpAsset, Hex | null>>>
}

/**
 * Creates the publisher. Between two frames its price runs in a straight line, so it is ahead of the feeds, which stand
 * still until the next frame; at a frame's time both are the path's.
 *
 * @param plan.timeOf - Chain time of each frame. [s]
 * @param plan.isPublished - False withholds a price.
 */
export function createPricePublisher(
  devnet: Devnet,
  plan: {
    readonly path: PricePath
    readonly timeOf: (index: number) => bigint
    readonly isPublished: (asset: PerpAsset, publishTime: bigint) => boolean
  },
): PricePublisher {
  const { path, timeOf, isPublished } = plan
  const times = path.frames.map((_, i) => timeOf(i))
  const priceAt = (asset: PerpAsset, time: bigint): bigint => {
    const priceOf = (i: number) => (path.frames[i]?.prices[asset] ?? 0n) / FEED_UNIT
    const next = times.findIndex((each) => each >= time)
    if (next === -1) return priceOf(times.length - 1)
    if (next === 0) return priceOf(0)
    const [from = 0n, to = 0n] = [times[next - 1], times[next]]
    const [start, end] = [priceOf(next - 1), priceOf(next)]
    return start + ((end - start) * (time - from)) / (to - from)
  }
  return {
    async publish(publishTime) {
      const [ETH = null, BTC = null] = await Promise.all(
        PERP_ASSETS.map((asset) =>
          isPublished(asset, publishTime)
            ? devnet.signPrice(asset, priceAt(asset, publishTime), publishTime)
            : null,
        ),
      )
      return { ETH, BTC }
    },
  }
}
