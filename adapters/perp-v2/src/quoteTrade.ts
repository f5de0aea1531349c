import {
  type Address,
  type BlockRef,
  type Hex,
  mulDivDown,
  mulDivUp,
  price,
  type TradeIntent,
  type TradeQuote,
  type VenueId,
  VenueReadError,
  WAD,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { decodeFunctionResult, encodeFunctionData } from 'viem'
import { accountBalanceAbi, baseTokenAbi, exchangeAbi } from './abi.ts'
import { marketOf, misfit } from './assertIntent.ts'
import type { PerpV2Config } from './config.ts'
import { decodePerpV2Revert, refused } from './errors.ts'
import { priceFromSqrtX96 } from './risk.ts'

type TradeWish = Omit<TradeIntent, 'limit'>

/**
 * Quotes a trade by running it on top of a block: the exchange settles funding and swaps, as the clearing house would
 * have it do. The swap is the market's whole answer; whether the account has the margin is not asked.
 *
 * @throws {@link RevertedError} when the market cannot take the trade.
 * @throws {@link InvalidIntentError} when a reducing trade would enlarge or turn the position.
 * @throws {@link VenueReadError} when the node does not answer.
 */
export async function quoteTrade(p: {
  readonly client: ChainClient
  readonly venue: VenueId
  readonly config: PerpV2Config
  readonly intent: TradeWish
  readonly block: BlockRef
  readonly account: Address
}): Promise<TradeQuote> {
  const { client, venue, config, intent, account } = p
  const { baseToken } = marketOf(config, intent)
  const blockNumber = p.block.number
  const isBaseToQuote = intent.size < 0n
  const amount = isBaseToQuote ? -intent.size : intent.size
  const swap = {
    trader: account,
    baseToken,
    isBaseToQuote,
    isExactInput: isBaseToQuote,
    isClose: false,
    amount,
    sqrtPriceLimitX96: 0n,
  }
  const abi = exchangeAbi
  const [isOpen, sqrtPriceX96, size, swapped] = await Promise.all([
    client.readContract({
      address: baseToken,
      abi: baseTokenAbi,
      functionName: 'isOpen',
      blockNumber,
    }),
    client.readContract({
      address: config.exchange,
      abi,
      functionName: 'getSqrtMarketTwapX96',
      args: [baseToken, 0],
      blockNumber,
    }),
    client.readContract({
      address: config.accountBalance,
      abi: accountBalanceAbi,
      functionName: 'getTakerPositionSize',
      args: [account, baseToken],
      blockNumber,
    }),
    simulate(client, config, blockNumber, [
      encodeFunctionData({ abi, functionName: 'settleFunding', args: [account, baseToken] }),
      encodeFunctionData({ abi, functionName: 'swap', args: [swap] }),
    ]),
  ]).catch((cause: unknown) => {
    const what = `a quote of ${intent.market} at block ${blockNumber}`
    throw new VenueReadError({ venue, what, cause })
  })
  if (!isOpen) throw refused(venue, 'CH_MNO') // the clearing house asks this, not the exchange
  if (intent.reduceOnly) assertReduces(intent, size)
  if (swapped.status === 'failure') throw refusal(venue, intent, swapped.data)

  const { exchangedPositionNotional, fee } = decodeFunctionResult({
    abi,
    functionName: 'swap',
    data: swapped.data,
  })
  const notional =
    exchangedPositionNotional < 0n ? -exchangedPositionNotional : exchangedPositionNotional
  const divide = isBaseToQuote ? mulDivDown : mulDivUp
  return {
    type: 'trade',
    notional,
    fee,
    averagePrice: price(divide(notional, WAD, amount)),
    priceBefore: priceFromSqrtX96(sqrtPriceX96),
    keeperFee: 0n,
  }
}

type Outcome = { readonly status: 'success' | 'failure'; readonly data: Hex }

/** Calls the exchange as the clearing house, one call after another; answers with the last, or the first that fails. */
async function simulate(
  client: ChainClient,
  { clearingHouse: account, exchange: to }: PerpV2Config,
  blockNumber: bigint,
  calls: readonly Hex[],
): Promise<Outcome> {
  const [block] = await client.simulateBlocks({
    blockNumber,
    blocks: [{ calls: calls.map((data) => ({ account, to, data })) }],
  })
  const results = block?.calls ?? []
  const failed = results.find((result) => result.status === 'failure')
  const { status, data } = failed ?? results.at(-1) ?? { status: 'failure', data: '0x' }
  return { status, data }
}

function refusal(venue: VenueId, intent: TradeWish, data: Hex): Error {
  const cause = decodePerpV2Revert(venue, data)
  return (
    cause ?? new VenueReadError({ venue, what: `a quote of ${intent.market}: revert data ${data}` })
  )
}

/** The protocol has no reducing trades, so the size is compared with the position quoted on. */
function assertReduces(intent: TradeWish, held: bigint): void {
  const after = held + intent.size
  const isReduced = held > 0n ? 0n <= after && after < held : held < after && after <= 0n
  if (!isReduced)
    throw misfit(
      intent,
      `reduce-only size ${intent.size} on a position of ${held}`,
      'less than it, of the other side',
    )
}
