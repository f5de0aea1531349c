import type { Address, BlockRef } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { baseTokenAbi, configAbi, exchangeAbi } from './abi.ts'
import { MARK_SPOT_INTERVAL, type PerpV2Config, type PerpV2Market } from './config.ts'
import type { Parameters, Pricing } from './parse.ts'

/** Whom is asked, and at which block. */
export type Asking = {
  readonly client: ChainClient
  readonly config: PerpV2Config
  readonly block: BlockRef
}

/** Reads the parameters that pricing and margin depend on. */
export async function readParameters({ client, config, block }: Asking): Promise<Parameters> {
  const at = {
    address: config.clearingHouseConfig,
    abi: configAbi,
    blockNumber: block.number,
  } as const
  const [imRatio, mmRatio, penaltyRatio, maxFundingRate, fundingInterval, intervals] =
    await Promise.all([
      client.readContract({ ...at, functionName: 'getImRatio' }),
      client.readContract({ ...at, functionName: 'getMmRatio' }),
      client.readContract({ ...at, functionName: 'getLiquidationPenaltyRatio' }),
      client.readContract({ ...at, functionName: 'getMaxFundingRate' }),
      client.readContract({ ...at, functionName: 'getTwapInterval' }),
      client.readContract({ ...at, functionName: 'getMarkPriceConfig' }),
    ])
  const [marketInterval, premiumInterval] = intervals
  return {
    imRatio: BigInt(imRatio),
    mmRatio: BigInt(mmRatio),
    penaltyRatio: BigInt(penaltyRatio),
    maxFundingRate: BigInt(maxFundingRate),
    fundingInterval,
    marketInterval,
    premiumInterval,
  }
}

/** Reads what a market's mark price and funding rate are made of. */
export async function readPricing(
  { client, config, block }: Asking,
  parameters: Parameters,
  of: PerpV2Market,
): Promise<Pricing> {
  const blockNumber = block.number
  const base = { address: of.baseToken, abi: baseTokenAbi, blockNumber } as const
  const { fundingInterval, marketInterval, premiumInterval } = parameters
  const twap = (interval: number): Promise<bigint> =>
    client.readContract({
      address: config.exchange,
      abi: exchangeAbi,
      functionName: 'getSqrtMarketTwapX96',
      args: [of.baseToken, interval],
      blockNumber,
    })
  const index = (interval: number): Promise<bigint> =>
    client.readContract({ ...base, functionName: 'getIndexPrice', args: [BigInt(interval)] })
  const [isOpen, spot, market, premium, funding, now, indexPremium, indexFunding] =
    await Promise.all([
      client.readContract({ ...base, functionName: 'isOpen' }),
      twap(MARK_SPOT_INTERVAL),
      twap(marketInterval),
      twap(premiumInterval),
      twap(fundingInterval),
      index(0),
      index(premiumInterval),
      index(fundingInterval),
    ])
  return {
    of,
    stoppedAt: isOpen ? null : await readStoppedPrice(client, of.baseToken, blockNumber),
    mark: {
      sqrtSpotX96: spot,
      sqrtMarketTwapX96: market,
      sqrtPremiumTwapX96: premium,
      indexPrice: now,
      indexPremiumTwap: indexPremium,
    },
    sqrtFundingTwapX96: funding,
    indexFundingTwap: indexFunding,
  }
}

/** What positions are valued at once trading has stopped: the price it was closed at, or the index when it was paused. */
async function readStoppedPrice(
  client: ChainClient,
  address: Address,
  blockNumber: bigint,
): Promise<bigint> {
  const base = { address, abi: baseTokenAbi, blockNumber } as const
  const isClosed = await client.readContract({ ...base, functionName: 'isClosed' })
  const functionName = isClosed ? 'getClosedPrice' : 'getPausedIndexPrice'
  return client.readContract({ ...base, functionName })
}
