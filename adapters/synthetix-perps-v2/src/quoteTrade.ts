import {
  type BlockRef,
  price,
  type TradeIntent,
  type TradeQuote,
  VenueReadError,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { marketAbi as abi } from './abi.ts'
import { type Asked, assertMarket, assertSize, marketOf, misfit } from './assertIntent.ts'
import { refused } from './errors.ts'
import { readMarket } from './readMarket.ts'
import { fillPrice, isTooLarge, notional, orderFee } from './risk.ts'

/**
 * Quotes a trade as if the market's price were that of its execution and nobody else traded before. What the market
 * itself refuses is refused; whether the account has the margin, or an order that waits, is not asked.
 *
 * @throws {@link RevertedError} when the market cannot take the trade.
 * @throws {@link InvalidIntentError} when a reducing trade would enlarge or turn the position.
 * @throws {@link VenueReadError} when the node does not answer.
 */
export async function quoteTrade(
  p: Asked & {
    readonly client: ChainClient
    readonly intent: Omit<TradeIntent, 'limit'>
    readonly block: BlockRef
  },
): Promise<TradeQuote> {
  const { venue, intent } = p
  const of = marketOf(p, intent)
  assertMarket(of, intent, intent.asset)
  assertSize(intent)
  const [market, held] = await Promise.all([readMarket(p, of), readSize(p, of.address)])
  const { size } = intent
  if (intent.reduceOnly) assertReduces(intent, held)
  const { parameters } = market
  if (market.isInvalid) throw refused(venue, 'Invalid price')
  if (market.isTooVolatile) throw refused(venue, 'Price too volatile')
  if (isTooLarge({ held, size }, market, parameters)) throw refused(venue, MAX_SIZE)
  const filledAt = fillPrice(size, market, parameters)
  return {
    type: 'trade',
    notional: notional(size, filledAt),
    fee: orderFee({ size, fillPrice: filledAt }, market, parameters),
    averagePrice: price(filledAt),
    priceBefore: price(fillPrice(0n, market, parameters)),
    keeperFee: parameters.minKeeperFee,
  }
}

const MAX_SIZE = 'Max market size exceeded'

async function readSize(
  {
    client,
    venue,
    account,
    block,
  }: Asked & { readonly client: ChainClient; readonly block: BlockRef },
  address: `0x${string}`,
): Promise<bigint> {
  const at = { address, abi, blockNumber: block.number } as const
  try {
    return (await client.readContract({ ...at, functionName: 'positions', args: [account] })).size
  } catch (cause) {
    const what = `the position of ${account} at block ${block.number}`
    throw new VenueReadError({ venue, what, cause })
  }
}

/** The protocol has no reducing trades, so the size is compared with the position quoted on. */
function assertReduces(intent: Omit<TradeIntent, 'limit'>, held: bigint): void {
  const after = held + intent.size
  const isReduced = held > 0n ? 0n <= after && after < held : held < after && after <= 0n
  if (!isReduced)
    throw misfit(
      intent,
      `reduce-only size ${intent.size} on a position of ${held}`,
      'less than it, of the other side',
    )
}
