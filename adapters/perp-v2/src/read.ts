import {
  type Address,
  type BlockRef,
  sameAddress,
  type VenueId,
  VenueReadError,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { accountBalanceAbi, baseTokenAbi, configAbi, exchangeAbi, vaultAbi } from './abi.ts'
import { MARK_SPOT_INTERVAL, type PerpV2Config, type PerpV2Market } from './config.ts'
import { UnsupportedAccountError } from './errors.ts'
import type { AccountReading, MarketReading, Parameters } from './parse.ts'

type Reading = {
  readonly client: ChainClient
  readonly venue: VenueId
  readonly config: PerpV2Config
  readonly account: Address
  readonly block: BlockRef
}

/**
 * Reads an account at one block, in two rounds: the windows of the price averages come with the first.
 *
 * @throws {@link UnsupportedAccountError} when it has maker orders, or a position in a market that is not configured.
 * @throws {@link VenueReadError} when a contract does not answer.
 */
export async function readAccount(p: Reading): Promise<AccountReading> {
  try {
    const [parameters, holdings] = await Promise.all([readParameters(p), readHoldings(p)])
    const { baseTokens, ...rest } = holdings
    const markets = heldMarkets(p, baseTokens)
    const readings = await Promise.all(markets.map((of) => readMarket(p, parameters, of)))
    return { account: p.account, parameters, ...rest, markets: readings }
  } catch (cause) {
    if (cause instanceof UnsupportedAccountError) throw cause
    const what = `account ${p.account} at block ${p.block.number}`
    throw new VenueReadError({ venue: p.venue, what, cause })
  }
}

async function readParameters({ client, config, block }: Reading): Promise<Parameters> {
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

async function readHoldings({ client, config, account, block }: Reading): Promise<{
  readonly balance: bigint
  readonly owedRealizedPnl: bigint
  readonly baseTokens: readonly Address[]
}> {
  const blockNumber = block.number
  const args = [account] as const
  const at = { address: config.accountBalance, abi: accountBalanceAbi, args, blockNumber } as const
  const [balance, [owedRealizedPnl], baseTokens, hasOrder] = await Promise.all([
    client.readContract({
      address: config.vault,
      abi: vaultAbi,
      functionName: 'getBalance',
      args,
      blockNumber,
    }),
    client.readContract({ ...at, functionName: 'getPnlAndPendingFee' }),
    client.readContract({ ...at, functionName: 'getBaseTokens' }),
    client.readContract({ ...at, functionName: 'hasOrder' }),
  ])
  if (hasOrder)
    throw new UnsupportedAccountError({
      account,
      found: 'maker orders',
      allowed: 'positions as a taker',
    })
  return { balance, owedRealizedPnl, baseTokens }
}

async function readMarket(
  { client, config, account, block }: Reading,
  parameters: Parameters,
  of: PerpV2Market,
): Promise<MarketReading> {
  const blockNumber = block.number
  const exchange = { address: config.exchange, abi: exchangeAbi, blockNumber } as const
  const base = { address: of.baseToken, abi: baseTokenAbi, blockNumber } as const
  const { fundingInterval, marketInterval, premiumInterval } = parameters
  const twap = (interval: number): Promise<bigint> =>
    client.readContract({
      ...exchange,
      functionName: 'getSqrtMarketTwapX96',
      args: [of.baseToken, interval],
    })
  const index = (interval: number): Promise<bigint> =>
    client.readContract({ ...base, functionName: 'getIndexPrice', args: [BigInt(interval)] })
  const [
    info,
    pendingFunding,
    isOpen,
    spot,
    market,
    premium,
    funding,
    now,
    indexPremium,
    indexFunding,
  ] = await Promise.all([
    client.readContract({
      address: config.accountBalance,
      abi: accountBalanceAbi,
      functionName: 'getAccountInfo',
      args: [account, of.baseToken],
      blockNumber,
    }),
    client.readContract({
      ...exchange,
      functionName: 'getPendingFundingPayment',
      args: [account, of.baseToken],
    }),
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
    size: info.takerPositionSize,
    openNotional: info.takerOpenNotional,
    pendingFunding,
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

/** Markets an account is in, in the order of the configuration. */
function heldMarkets(
  { config, account }: Reading,
  baseTokens: readonly Address[],
): readonly PerpV2Market[] {
  const isOf = (baseToken: Address) => (market: PerpV2Market) =>
    sameAddress(market.baseToken, baseToken)
  const unknown = baseTokens.find((baseToken) => !config.markets.some(isOf(baseToken)))
  if (unknown !== undefined)
    throw new UnsupportedAccountError({
      account,
      found: `a position in the market of base token ${unknown}`,
      allowed: config.markets.map((market) => market.name).join(', '),
    })
  return config.markets.filter((market) => baseTokens.some((baseToken) => isOf(baseToken)(market)))
}
