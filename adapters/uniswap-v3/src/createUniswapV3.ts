import {
  type Address,
  type BlockRef,
  InvalidInputError,
  type SwapVenue,
  sameAddress,
  VenueReadError,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { createVolumeWindow } from './createVolumeWindow.ts'
import { encodeSwap } from './encodeSwap.ts'
import { decodeUniswapRevert } from './errors.ts'
import { findPool } from './findPool.ts'
import { type Pool, trades } from './Pool.ts'
import { parseDepth } from './parse.ts'
import { quoteSwap } from './quoteSwap.ts'
import { readPool } from './read.ts'

/** What a Uniswap v3 venue is made of. */
export type UniswapV3Config = {
  readonly client: ChainClient
  readonly chainId: number
  readonly quoterV2: Address
  readonly swapRouter02: Address
  /** One pool per pair; a pool of another fee on the same pair is another venue's. */
  readonly pools: readonly Pool[]
}

/**
 * Creates the venue of one Uniswap v3 router, over the pools it is told.
 *
 * Values are in USD by the pool's quote token, which is held to be worth a dollar. Nothing is checked against the chain
 * before the first read: {@link loadUniswapV3} does that.
 *
 * @throws {@link InvalidInputError} when two pools have the same pair, or a pool's tokens are one.
 * @example
 * const venue = createUniswapV3({ client, chainId: 1, quoterV2, swapRouter02, pools: [{ address, fee: 500, base: weth, quote: usdc }] })
 * const quote = await venue.quote({ type: 'swap', venue: venue.id, tokenIn: weth, tokenOut: usdc, amountIn }, block)
 */
export function createUniswapV3(config: UniswapV3Config): SwapVenue {
  const { client, quoterV2, swapRouter02, pools } = config
  assertOnePoolPerPair(pools)
  const id = `uniswap-v3:${swapRouter02.toLowerCase()}`
  const volumes = createVolumeWindow(client, pools)
  const unread = (what: string, block: BlockRef, cause: unknown): VenueReadError =>
    new VenueReadError({ venue: id, what: `${what} at block ${block.number}`, cause })

  return {
    id,
    capabilities: ['exact-in'],

    async read(block) {
      try {
        const traded = volumes.read(block)
        return await Promise.all(
          pools.map(async (pool) => {
            const [state, volume] = await Promise.all([readPool(client, pool, block), traded])
            return parseDepth({ venue: id, pool, state, volume: volume.get(pool) ?? 0n })
          }),
        )
      } catch (cause) {
        throw unread('its pools', block, cause)
      }
    },

    async quote(intent, block) {
      const pool = findPool(id, pools, intent)
      try {
        return await quoteSwap({ client, quoterV2, pool, intent, block })
      } catch (cause) {
        throw unread(`a quote for ${intent.tokenIn.symbol}`, block, cause)
      }
    },

    encode: (intent, context) => encodeSwap({ venue: id, swapRouter02, pools, intent, context }),

    authorize: () => [],

    decodeRevert: (data) => decodeUniswapRevert(id, data),
  }
}

function assertOnePoolPerPair(pools: readonly Pool[]): void {
  for (const [index, { address, base, quote }] of pools.entries()) {
    const others = pools.slice(0, index)
    if (
      sameAddress(base.address, quote.address) ||
      others.some((other) => trades(other, base.address, quote.address))
    )
      throw new InvalidInputError({
        field: `pool ${address} of uniswap-v3`,
        found: `${base.symbol}/${quote.symbol}`,
        allowed: 'two tokens that no other pool has',
      })
  }
}
