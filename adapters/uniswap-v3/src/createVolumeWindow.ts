import { type Address, type BlockRef, sameAddress } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { BlockNotFoundError } from 'viem'
import { swapEvent } from './abi.ts'
import { isBaseFirst, type Pool } from './Pool.ts'

/** Time that volume is summed over. [s] */
const WINDOW = 300n

/** Sums what was traded in the last five minutes. */
export type VolumeWindow = {
  /** Quote traded in each pool over the five minutes up to a block. [quote decimals] */
  read(block: BlockRef): Promise<ReadonlyMap<Pool, bigint>>
}

type Swap = {
  readonly pool: Address
  /** [s] */
  readonly timestamp: bigint
  /** Quote in or out. [quote decimals] */
  readonly quote: bigint
}

/** Every swap of the five minutes up to and including a block. */
type Known = {
  readonly head: BlockRef
  readonly swaps: readonly Swap[]
}

/**
 * Creates a window that remembers what it has read, so that reading block after block asks for new swaps only.
 *
 * What it remembers is used only while the chain still has the block it ended on; after a reorganisation, or for an older
 * block, it reads afresh. Blocks that the node no longer has count as without trades.
 */
export function createVolumeWindow(client: ChainClient, pools: readonly Pool[]): VolumeWindow {
  let known: Known | null = null

  return {
    async read(block) {
      const since = block.timestamp - WINDOW
      const base = known !== null && (await leadsTo(client, known, block)) ? known : null
      const from =
        base === null ? await firstBlockAfter(client, since, block) : base.head.number + 1n
      const fresh = from <= block.number ? await readSwaps(client, pools, from, block.number) : []
      const swaps = [...(base?.swaps ?? []), ...fresh].filter(({ timestamp }) => timestamp > since)
      known = { head: block, swaps }
      return new Map(pools.map((pool) => [pool, quoteTraded(pool, swaps)]))
    },
  }
}

const quoteTraded = (pool: Pool, swaps: readonly Swap[]): bigint =>
  swaps
    .filter((swap) => sameAddress(swap.pool, pool.address))
    .reduce((sum, { quote }) => sum + quote, 0n)

/** True where the block is the one that is known, or comes after it on the same chain and within the window. */
async function leadsTo(client: ChainClient, { head }: Known, block: BlockRef): Promise<boolean> {
  if (block.number < head.number || head.timestamp <= block.timestamp - WINDOW) return false
  if (block.number === head.number) return block.hash === head.hash
  return (await blockAt(client, head.number))?.hash === head.hash
}

/** First block later than a time, at most `last`; found by doubling steps back, then by halving. */
async function firstBlockAfter(client: ChainClient, time: bigint, last: BlockRef): Promise<bigint> {
  const isAfter = async (number: bigint): Promise<boolean> => {
    const block = number < 0n ? null : await blockAt(client, number)
    return block !== null && block.timestamp > time
  }
  let after = last.number
  let step = 1n
  while (await isAfter(last.number - step)) {
    after = last.number - step
    step *= 2n
  }
  let before = last.number - step
  while (after - before > 1n) {
    const middle = (after + before) / 2n
    if (await isAfter(middle)) after = middle
    else before = middle
  }
  return after
}

async function readSwaps(
  client: ChainClient,
  pools: readonly Pool[],
  fromBlock: bigint,
  toBlock: bigint,
): Promise<readonly Swap[]> {
  const address = pools.map((pool) => pool.address)
  const logs = await client.getLogs({ address, event: swapEvent, fromBlock, toBlock, strict: true })
  const times = await readTimes(client, logs)
  return pools.flatMap((pool) =>
    logs
      .filter((log) => sameAddress(log.address, pool.address))
      .map(({ blockNumber, args: { amount0, amount1 } }) => {
        const amount = isBaseFirst(pool) ? amount1 : amount0
        return {
          pool: pool.address,
          timestamp: times.get(blockNumber) ?? 0n,
          quote: amount < 0n ? -amount : amount,
        }
      }),
  )
}

/** Times of the blocks that logs are in: nodes state them in the log, older ones in the block alone. */
async function readTimes(
  client: ChainClient,
  logs: readonly { readonly blockNumber: bigint; readonly blockTimestamp?: bigint | undefined }[],
): Promise<ReadonlyMap<bigint, bigint>> {
  const stated = new Map(logs.map((log) => [log.blockNumber, log.blockTimestamp]))
  return new Map(
    await Promise.all(
      [...stated].map(async ([blockNumber, timestamp]) => {
        const time = timestamp ?? (await client.getBlock({ blockNumber })).timestamp
        return [blockNumber, time] as const
      }),
    ),
  )
}

async function blockAt(client: ChainClient, blockNumber: bigint) {
  try {
    return await client.getBlock({ blockNumber })
  } catch (error) {
    if (error instanceof BlockNotFoundError) return null
    throw error
  }
}
