import { InvalidIntentError, type MarginIntent, sameAddress } from '@plimsoll/domain'
import { type AaveReserve, type AaveV3Config, venueIdOf } from './config.ts'

/**
 * Finds the reserve an intent is about, after checking that the intent is for this venue.
 *
 * @throws {@link InvalidIntentError} when venue or token is another one.
 */
export function reserveOf(config: AaveV3Config, intent: MarginIntent): AaveReserve {
  const venue = venueIdOf(config.pool)
  if (intent.venue !== venue)
    throw new InvalidIntentError({
      venue,
      intent: intent.type,
      found: `venue ${intent.venue}`,
      allowed: `venue ${venue}`,
    })
  const found = config.reserves.find(
    ({ token }) =>
      token.chainId === intent.token.chainId && sameAddress(token.address, intent.token.address),
  )
  if (found === undefined)
    throw new InvalidIntentError({
      venue,
      intent: intent.type,
      found: `token ${intent.token.symbol} at ${intent.token.address} on chain ${intent.token.chainId}`,
      allowed: config.reserves.map(({ token }) => token.symbol).join(', '),
    })
  return found
}
