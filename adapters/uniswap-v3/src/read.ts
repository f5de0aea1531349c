import type { BlockRef } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { poolAbi } from './abi.ts'
import { type PoolState, tickWindow } from './depth.ts'
import type { Pool } from './Pool.ts'

const WORD_BITS = 8

/**
 * Reads a pool at one block: its price, its liquidity and every tick within 1 % of the price.
 *
 * Three rounds: price, then the bitmap words that span the window, then the ticks that are set in them.
 */
export async function readPool(
  client: ChainClient,
  pool: Pool,
  block: BlockRef,
): Promise<PoolState> {
  const at = { address: pool.address, abi: poolAbi, blockNumber: block.number } as const
  const [[sqrtPriceX96, tick], liquidity, tickSpacing] = await Promise.all([
    client.readContract({ ...at, functionName: 'slot0' }),
    client.readContract({ ...at, functionName: 'liquidity' }),
    client.readContract({ ...at, functionName: 'tickSpacing' }),
  ])

  const [lowest, highest] = tickWindow(pool, sqrtPriceX96)
  const words = range(wordOf(lowest, tickSpacing), wordOf(highest, tickSpacing))
  const bitmaps = await Promise.all(
    words.map((word) => client.readContract({ ...at, functionName: 'tickBitmap', args: [word] })),
  )
  const indices = words
    .flatMap((word, n) => setBits(bitmaps[n] ?? 0n).map((bit) => (word << WORD_BITS) + bit))
    .map((compressed) => compressed * tickSpacing)
    .filter((index) => lowest <= index && index <= highest)
  const ticks = await Promise.all(
    indices.map(async (index) => {
      const [, liquidityNet] = await client.readContract({
        ...at,
        functionName: 'ticks',
        args: [index],
      })
      return { index, liquidityNet }
    }),
  )
  return { sqrtPriceX96, tick, liquidity, tickSpacing, ticks }
}

const wordOf = (tick: number, tickSpacing: number): number =>
  Math.floor(tick / tickSpacing) >> WORD_BITS

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)

/** Places of the ones, from the lowest. */
function setBits(word: bigint): readonly number[] {
  const places: number[] = []
  for (let rest = word, place = 0; rest > 0n; rest >>= 1n, place++)
    if ((rest & 1n) === 1n) places.push(place)
  return places
}
