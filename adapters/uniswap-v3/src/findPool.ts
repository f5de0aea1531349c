import { InvalidIntentError, type SwapIntent, type VenueId } from '@plimsoll/domain'
import { type Pool, trades } from './Pool.ts'

/**
 * The pool that a swap goes through.
 *
 * @throws {@link InvalidIntentError} when the intent is another venue's, no pool has the pair, or nothing is sold.
 */
export function findPool(
  venue: VenueId,
  pools: readonly Pool[],
  intent: Omit<SwapIntent, 'minOut'>,
): Pool {
  const refuse = (found: string, allowed: string): InvalidIntentError =>
    new InvalidIntentError({ venue, intent: 'swap', found, allowed })
  const { tokenIn, tokenOut } = intent
  if (intent.venue !== venue) throw refuse(`venue ${intent.venue}`, venue)
  const pool = pools.find((each) => trades(each, tokenIn.address, tokenOut.address))
  if (pool === undefined)
    throw refuse(
      `${tokenIn.symbol} ${tokenIn.address} for ${tokenOut.symbol} ${tokenOut.address}`,
      pools.map(({ base, quote }) => `${base.symbol}/${quote.symbol}`).join(', '),
    )
  if (intent.amountIn <= 0n) throw refuse(`amount ${intent.amountIn}`, 'above 0')
  return pool
}
