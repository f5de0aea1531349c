import { type Address, sameAddress, type VenueId, VenueReadError } from '@plimsoll/domain'
import { accountBalanceAbi, exchangeAbi, vaultAbi } from './abi.ts'
import type { PerpV2Market } from './config.ts'
import { UnsupportedAccountError } from './errors.ts'
import type { AccountReading, MarketReading, Parameters } from './parse.ts'
import { type Asking, readParameters, readPricing } from './readPricing.ts'

type Reading = Asking & {
  readonly venue: VenueId
  readonly account: Address
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
  p: Reading,
  parameters: Parameters,
  of: PerpV2Market,
): Promise<MarketReading> {
  const { client, config, account, block } = p
  const blockNumber = block.number
  const args = [account, of.baseToken] as const
  const [pricing, info, pendingFunding] = await Promise.all([
    readPricing(p, parameters, of),
    client.readContract({
      address: config.accountBalance,
      abi: accountBalanceAbi,
      functionName: 'getAccountInfo',
      args,
      blockNumber,
    }),
    client.readContract({
      address: config.exchange,
      abi: exchangeAbi,
      functionName: 'getPendingFundingPayment',
      args,
      blockNumber,
    }),
  ])
  return {
    ...pricing,
    size: info.takerPositionSize,
    openNotional: info.takerOpenNotional,
    pendingFunding,
  }
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
