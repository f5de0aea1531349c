import {
  type Address,
  InvalidIntentError,
  type MarginIntent,
  sameAddress,
  type VenueId,
} from '@plimsoll/domain'
import { domainId } from './domainId.ts'
import { type Market, marketId } from './Market.ts'

/**
 * The market an intent of an account is about, with the intent's own claims checked against it.
 *
 * @throws {@link InvalidIntentError} when venue, domain or token do not fit: a Morpho market takes collateral in one
 * token and lends the other.
 */
export function findMarket(p: {
  readonly venue: VenueId
  readonly markets: readonly Market[]
  readonly account: Address
  readonly intent: MarginIntent
}): Market {
  const { venue, intent } = p
  const refuse = (found: string, allowed: string): InvalidIntentError =>
    new InvalidIntentError({ venue, intent: intent.type, found, allowed })

  if (intent.venue !== venue) throw refuse(`venue ${intent.venue}`, venue)
  const domains = p.markets.map((market) => domainId(venue, marketId(market.params), p.account))
  const market = p.markets[domains.indexOf(intent.domain)]
  if (market === undefined) throw refuse(`domain ${intent.domain}`, domains.join(', '))
  const token =
    intent.type === 'supply' || intent.type === 'withdraw'
      ? market.collateralToken
      : market.loanToken
  if (!sameAddress(intent.token.address, token.address))
    throw refuse(
      `token ${intent.token.symbol} ${intent.token.address}`,
      `${token.symbol} ${token.address}`,
    )
  return market
}
