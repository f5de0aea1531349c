import {
  type Address,
  type Call,
  type CallContext,
  InvalidIntentError,
  type SwapIntent,
  type VenueId,
} from '@plimsoll/domain'
import { approveCall } from '@plimsoll/evm'
import { encodeFunctionData, formatUnits } from 'viem'
import { routerAbi } from './abi.ts'
import { findPool } from './findPool.ts'
import type { Pool } from './Pool.ts'

/**
 * A swap as calls of the sender, who pays and receives: an approval of exactly what is sold, then the swap, which the router
 * refuses after the deadline and below the minimum.
 *
 * @throws {@link InvalidIntentError} when no pool has the pair, nothing is sold, or there is no minimum.
 */
export function encodeSwap(p: {
  readonly venue: VenueId
  readonly swapRouter02: Address
  readonly pools: readonly Pool[]
  readonly intent: SwapIntent
  readonly context: CallContext
}): readonly Call[] {
  const { venue, swapRouter02, intent, context } = p
  const { tokenIn, tokenOut, amountIn, minOut } = intent
  const { fee } = findPool(venue, p.pools, intent)
  if (minOut <= 0n)
    throw new InvalidIntentError({
      venue,
      intent: 'swap',
      found: `minimum ${minOut}`,
      allowed: 'above 0: a swap without a minimum can be emptied',
    })
  const swap = encodeFunctionData({
    abi: routerAbi,
    functionName: 'exactInputSingle',
    args: [
      {
        tokenIn: tokenIn.address,
        tokenOut: tokenOut.address,
        fee,
        recipient: context.sender,
        amountIn,
        amountOutMinimum: minOut,
        sqrtPriceLimitX96: 0n,
      },
    ],
  })
  const sold = `${formatUnits(amountIn, tokenIn.decimals)} ${tokenIn.symbol}`
  const least = `${formatUnits(minOut, tokenOut.decimals)} ${tokenOut.symbol}`
  return [
    approveCall({ token: tokenIn, spender: swapRouter02, raw: amountIn, venue }),
    {
      to: swapRouter02,
      data: encodeFunctionData({
        abi: routerAbi,
        functionName: 'multicall',
        args: [context.deadline, [swap]],
      }),
      value: 0n,
      venue,
      label: `swap ${sold} for at least ${least}`,
    },
  ]
}
