import type { Address, DomainId, VenueId } from '@plimsoll/domain'

/** Margin domain of an account: all its markets share one margin. */
export const domainId = (venue: VenueId, account: Address): DomainId =>
  `${venue}/${account.toLowerCase()}`
