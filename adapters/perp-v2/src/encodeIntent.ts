import {
  type Call,
  type CallContext,
  type Hex,
  type PerpIntent,
  sameAddress,
  type TradeIntent,
  type VenueId,
} from '@plimsoll/domain'
import { approveCall } from '@plimsoll/evm'
import { encodeFunctionData, formatUnits, zeroHash } from 'viem'
import { clearingHouseAbi, vaultAbi } from './abi.ts'
import { assertMargin, assertOwn, marketOf, misfit } from './assertIntent.ts'
import type { PerpV2Config } from './config.ts'

/**
 * An intent as calls. Pure.
 *
 * The clearing house acts for `msg.sender` alone: only margin can be paid in by somebody else than the owner.
 *
 * @throws {@link InvalidIntentError} when the intent does not fit the venue or its owner, or moves nothing; when a trade
 * has no limit; when a sender other than the owner withdraws or trades.
 */
export function encodeIntent(p: {
  readonly venue: VenueId
  readonly config: PerpV2Config
  readonly intent: PerpIntent
  readonly context: CallContext
}): readonly Call[] {
  const { venue, config, intent, context } = p
  assertOwn(venue, context.owner, intent)
  const isOwner = sameAddress(context.sender, context.owner)
  if (!isOwner && intent.type !== 'supply')
    throw misfit(intent, `sender ${context.sender}`, `owner ${context.owner}`)
  if (intent.type === 'cancel')
    throw misfit(intent, 'a wish to cancel', 'none: trades are filled at once')
  if (intent.type === 'trade') return [encodeTrade(venue, config, intent, context.deadline)]

  assertMargin(config, intent)
  const { token, raw, type } = intent
  const amount = `${formatUnits(raw, token.decimals)} ${token.symbol}`
  const call = (verb: string, data: Hex): Call => ({
    to: config.vault,
    data,
    value: 0n,
    venue,
    label: `${verb} ${amount}`,
  })
  switch (type) {
    case 'supply': {
      const data = isOwner
        ? encodeFunctionData({
            abi: vaultAbi,
            functionName: 'deposit',
            args: [token.address, raw],
          })
        : encodeFunctionData({
            abi: vaultAbi,
            functionName: 'depositFor',
            args: [context.owner, token.address, raw],
          })
      const approve = approveCall({ token, spender: config.vault, raw, venue })
      return [approve, call('deposit', data)]
    }
    case 'withdraw': {
      const args = [token.address, raw] as const
      return [
        call('withdraw', encodeFunctionData({ abi: vaultAbi, functionName: 'withdraw', args })),
      ]
    }
    default:
      return type satisfies never
  }
}

/** Exact base either way: a purchase bounds the quote paid, a sale the quote received. */
function encodeTrade(
  venue: VenueId,
  config: PerpV2Config,
  intent: TradeIntent,
  deadline: bigint,
): Call {
  const { baseToken } = marketOf(config, intent)
  const { size, limit, market } = intent
  if (limit <= 0n) throw misfit(intent, `limit ${limit}`, 'above 0: the protocol reads 0 as none')
  const isBaseToQuote = size < 0n
  const amount = isBaseToQuote ? -size : size
  const data = encodeFunctionData({
    abi: clearingHouseAbi,
    functionName: 'openPosition',
    args: [
      {
        baseToken,
        isBaseToQuote,
        isExactInput: isBaseToQuote,
        amount,
        oppositeAmountBound: limit,
        deadline,
        sqrtPriceLimitX96: 0n,
        referralCode: zeroHash,
      },
    ],
  })
  const words = isBaseToQuote ? ['sell', 'at least'] : ['buy', 'at most']
  return {
    to: config.clearingHouse,
    data,
    value: 0n,
    venue,
    label: `${words[0]} ${formatUnits(amount, 18)} ${market} perp for ${words[1]} ${formatUnits(limit, 18)} USD`,
  }
}
