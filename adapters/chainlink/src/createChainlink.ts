import {
  InvalidInputError,
  type PriceReading,
  type PriceSource,
  VenueReadError,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { aggregatorAbi } from './abi.ts'
import type { Feed } from './Feed.ts'
import { parseRound, type Round } from './parseRound.ts'

/**
 * Creates a source of prices from Chainlink aggregators, read at one block in one round.
 *
 * @param p.source - Name the readings carry; `chainlink` unless given.
 * @throws {@link InvalidInputError} when there is no feed, an asset has two, or a heartbeat is not above zero.
 *
 * @example
 * const prices = createChainlink({ client, feeds: [{ asset: 'ETH', address: '0x5f4e…', heartbeat: 3_600n }] })
 * const readings = await prices.read(await head.latest())
 */
export function createChainlink(p: {
  readonly client: ChainClient
  readonly feeds: readonly Feed[]
  readonly source?: string
}): PriceSource {
  const { client, feeds, source = 'chainlink' } = p
  assertFeeds(feeds)
  return {
    id: source,
    assets: feeds.map(({ asset }) => asset),
    read: (block) =>
      Promise.all(
        feeds.map(async (feed): Promise<PriceReading> => {
          const round = await readRound({ client, source, feed, blockNumber: block.number })
          return parseRound({ source, feed, round, block })
        }),
      ),
  }
}

async function readRound(p: {
  readonly client: ChainClient
  readonly source: string
  readonly feed: Feed
  readonly blockNumber: bigint
}): Promise<Round> {
  const { client, feed, blockNumber } = p
  const aggregator = { address: feed.address, abi: aggregatorAbi, blockNumber } as const
  try {
    const [decimals, [roundId, answer, , updatedAt, answeredInRound]] = await Promise.all([
      client.readContract({ ...aggregator, functionName: 'decimals' }),
      client.readContract({ ...aggregator, functionName: 'latestRoundData' }),
    ])
    return { decimals, roundId, answer, updatedAt, answeredInRound }
  } catch (cause) {
    throw new VenueReadError({
      venue: p.source,
      what: `the ${feed.asset} feed at block ${blockNumber}`,
      cause,
    })
  }
}

function assertFeeds(feeds: readonly Feed[]): void {
  if (feeds.length === 0)
    throw new InvalidInputError({ field: 'feeds', found: 'none', allowed: 'at least one' })
  const seen = new Set<string>()
  for (const { asset, heartbeat } of feeds) {
    if (seen.has(asset))
      throw new InvalidInputError({
        field: `feeds of ${asset}`,
        found: 'more than one',
        allowed: 'one feed an asset',
      })
    seen.add(asset)
    if (heartbeat <= 0n)
      throw new InvalidInputError({
        field: `heartbeat of ${asset}`,
        found: heartbeat,
        allowed: 'seconds above 0',
      })
  }
}
