import {
  type Call,
  type CallContext,
  mulDivDown,
  mulDivUp,
  type PerpIntent,
  sameAddress,
  type TradeIntent,
  type VenueId,
  WAD,
} from '@plimsoll/domain'
import { encodeFunctionData, formatUnits } from 'viem'
import { marketAbi as abi } from './abi.ts'
import { assertMargin, assertMarket, assertSize, marketOf, misfit } from './assertIntent.ts'
import type { SynthetixPerpsV2Config } from './config.ts'

/** Prices are stored in 128 bits: what does not fit would be cut, not refused. */
const MAX_PRICE = 2n ** 128n - 1n

/**
 * An intent as calls. Pure.
 *
 * The markets act for `msg.sender` alone. Margin needs no approval: the market has the sender's sUSD burnt.
 *
 * @throws {@link InvalidIntentError} when the intent does not fit the venue or its owner, or moves nothing; when a trade
 * has no limit; when the sender is not the owner.
 */
export function encodeIntent(p: {
  readonly venue: VenueId
  readonly config: SynthetixPerpsV2Config
  readonly intent: PerpIntent
  readonly context: CallContext
}): readonly Call[] {
  const { venue, config, intent, context } = p
  const { owner, sender } = context
  const market = marketOf({ venue, config, account: owner }, intent)
  if (!sameAddress(sender, owner)) throw misfit(intent, `sender ${sender}`, `owner ${owner}`)
  const call = (data: Call['data'], label: string): readonly Call[] => [
    { to: market.address, data, value: 0n, venue, label },
  ]
  switch (intent.type) {
    case 'supply':
    case 'withdraw': {
      assertMargin(config, intent)
      const { type, raw, token } = intent
      const args = [type === 'supply' ? raw : -raw] as const
      const amount = `${formatUnits(raw, token.decimals)} ${token.symbol}`
      return call(
        encodeFunctionData({ abi, functionName: 'transferMargin', args }),
        type === 'supply'
          ? `deposit ${amount} to ${market.name}`
          : `withdraw ${amount} from ${market.name}`,
      )
    }
    case 'trade': {
      assertMarket(market, intent, intent.asset)
      assertSize(intent)
      const price = worstPrice(intent)
      const args = [intent.size, price] as const
      const words = intent.size > 0n ? ['buy', 'at most'] : ['sell', 'at least']
      const amount = formatUnits(intent.size > 0n ? intent.size : -intent.size, 18)
      return call(
        encodeFunctionData({ abi, functionName: 'submitOffchainDelayedOrder', args }),
        `order to ${words[0]} ${amount} ${market.name} at ${words[1]} ${formatUnits(price, 18)} USD`,
      )
    }
    case 'cancel': {
      assertMarket(market, intent)
      const data = encodeFunctionData({
        abi,
        functionName: 'cancelOffchainDelayedOrder',
        args: [owner],
      })
      return call(data, `cancel the order in ${market.name}`)
    }
    default:
      return intent satisfies never
  }
}

/** Worst average price whose total is within the limit, before fees; rounded to the safe side. [USD 1e18] */
function worstPrice(intent: TradeIntent): bigint {
  const { size, limit } = intent
  if (limit <= 0n) throw misfit(intent, `limit ${limit}`, 'above 0')
  if (size > 0n) {
    const price = mulDivDown(limit, WAD, size)
    if (price === 0n) throw misfit(intent, `limit ${limit} for ${size}`, 'a price above 0')
    return price > MAX_PRICE ? MAX_PRICE : price
  }
  const price = mulDivUp(limit, WAD, -size)
  if (price > MAX_PRICE)
    throw misfit(intent, `limit ${limit} for ${size}`, `a price to ${MAX_PRICE}`)
  return price
}
