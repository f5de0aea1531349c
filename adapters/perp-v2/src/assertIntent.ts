import {
  type Address,
  InvalidIntentError,
  type PerpIntent,
  sameAddress,
  type TradeIntent,
  type VenueId,
} from '@plimsoll/domain'
import type { PerpV2Config, PerpV2Market } from './config.ts'
import { domainId } from './domainId.ts'

/** Makes the error of an intent that does not fit. */
export const misfit = (
  intent: Pick<PerpIntent, 'venue' | 'type'>,
  found: string,
  allowed: string,
): InvalidIntentError =>
  new InvalidIntentError({ venue: intent.venue, intent: intent.type, found, allowed })

/** @throws {@link InvalidIntentError} when an intent names another venue, or a domain that is not the account's. */
export function assertOwn(
  venue: VenueId,
  account: Address,
  intent: Pick<PerpIntent, 'venue' | 'type' | 'domain'>,
): void {
  if (intent.venue !== venue) throw misfit(intent, `venue ${intent.venue}`, venue)
  const domain = domainId(venue, account)
  if (intent.domain !== domain) throw misfit(intent, `domain ${intent.domain}`, domain)
}

/** @throws {@link InvalidIntentError} when the token is not the margin token or the amount moves nothing. */
export function assertMargin(
  { marginToken }: PerpV2Config,
  intent: Extract<PerpIntent, { type: 'supply' | 'withdraw' }>,
): void {
  const { token, raw } = intent
  if (!sameAddress(token.address, marginToken.address))
    throw misfit(intent, `token ${token.symbol} ${token.address}`, marginToken.symbol)
  if (raw <= 0n) throw misfit(intent, `amount ${raw}`, 'above 0')
}

/**
 * Finds the market of a trade.
 *
 * @throws {@link InvalidIntentError} when there is none, or the size is zero.
 */
export function marketOf(
  { markets }: PerpV2Config,
  intent: Omit<TradeIntent, 'limit'>,
): PerpV2Market {
  const market = markets.find((each) => each.name === intent.market && each.asset === intent.asset)
  if (market === undefined)
    throw misfit(
      intent,
      `market ${intent.market} of ${intent.asset}`,
      markets.map((each) => `${each.name} of ${each.asset}`).join(', '),
    )
  if (intent.size === 0n) throw misfit(intent, 'size 0', 'a size other than 0')
  return market
}
