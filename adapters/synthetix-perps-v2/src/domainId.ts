import type { Address, DomainId, VenueId } from '@plimsoll/domain'

/** Margin domain of an account in one market: each market has margin of its own. */
export const domainId = (venue: VenueId, market: string, account: Address): DomainId =>
  `${venue}/${market}/${account.toLowerCase()}`
