import {
  type Address,
  InvalidIntentError,
  type PerpIntent,
  sameAddress,
  type TradeIntent,
  type VenueId,
} from '@plimsoll/domain'
import type { SynthetixMarket, SynthetixPerpsV2Config } from './config.ts'
import { domainId } from './domainId.ts'

/** Makes the error of an intent that does not fit. */
export const misfit = (
  intent: Pick<PerpIntent, 'venue' | 'type'>,
  found: string,
  allowed: string,
): InvalidIntentError =>
  new InvalidIntentError({ venue: intent.venue, intent: intent.type, found, allowed })

/** Whose intents they are. */
export type Asked = {
  readonly venue: VenueId
  readonly config: SynthetixPerpsV2Config
  readonly account: Address
}

/**
 * Finds the market of an intent by the margin domain it names.
 *
 * @throws {@link InvalidIntentError} when it names another venue, or a domain that is none of the account's.
 */
export function marketOf(
  { venue, config, account }: Asked,
  intent: Pick<PerpIntent, 'venue' | 'type' | 'domain'>,
): SynthetixMarket {
  if (intent.venue !== venue) throw misfit(intent, `venue ${intent.venue}`, venue)
  const idOf = ({ name }: SynthetixMarket): string => domainId(venue, name, account)
  const market = config.markets.find((each) => idOf(each) === intent.domain)
  if (market === undefined)
    throw misfit(intent, `domain ${intent.domain}`, config.markets.map(idOf).join(', '))
  return market
}

/** @throws {@link InvalidIntentError} when market or asset are not the domain's. */
export function assertMarket(
  market: SynthetixMarket,
  intent: Pick<TradeIntent, 'venue' | 'market'> & Pick<PerpIntent, 'type'>,
  asset = market.asset,
): void {
  if (intent.market !== market.name || asset !== market.asset)
    throw misfit(
      intent,
      `market ${intent.market} of ${asset}`,
      `${market.name} of ${market.asset}, as the domain says`,
    )
}

/** Sizes are 128 bits with a sign. */
const MAX_SIZE = 2n ** 127n - 1n

/** @throws {@link InvalidIntentError} when the size is zero, or more than the protocol can store. */
export function assertSize(intent: Omit<TradeIntent, 'limit'>): void {
  const { size } = intent
  if (size === 0n) throw misfit(intent, 'size 0', 'a size other than 0')
  if (size > MAX_SIZE || size < -MAX_SIZE) throw misfit(intent, `size ${size}`, `±${MAX_SIZE}`)
}

/** @throws {@link InvalidIntentError} when the token is not the margin token or the amount moves nothing. */
export function assertMargin(
  { marginToken }: SynthetixPerpsV2Config,
  intent: Extract<PerpIntent, { type: 'supply' | 'withdraw' }>,
): void {
  const { token, raw } = intent
  if (!sameAddress(token.address, marginToken.address))
    throw misfit(intent, `token ${token.symbol} ${token.address}`, marginToken.symbol)
  if (raw <= 0n) throw misfit(intent, `amount ${raw}`, 'above 0')
}
