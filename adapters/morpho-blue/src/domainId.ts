import type { Address, DomainId, Hex, VenueId } from '@plimsoll/domain'

/** Margin domain of an account in one market: `<venue>/<market id>/<account>`, lower case after the venue. */
export const domainId = (venue: VenueId, market: Hex, account: Address): DomainId =>
  `${venue}/${market}/${account.toLowerCase()}`
