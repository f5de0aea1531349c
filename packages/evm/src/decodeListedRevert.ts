import { type Hex, RevertedError, type VenueId } from '@plimsoll/domain'
import { decodeRevertData } from './decodeRevertData.ts'

/** Messages a contract reverts with, and whether another price, balance or block can cure them. */
export type RevertReasons = ReadonlyMap<string, 'refresh' | 'halt'>

/** A venue's own reason for a revert; null when the data says none of those listed, so is not the venue's. */
export function decodeListedRevert(
  reasons: RevertReasons,
  venue: VenueId,
  data: Hex,
): RevertedError | null {
  const reason = decodeRevertData(data)
  const recovery = reason === null ? undefined : reasons.get(reason)
  return reason === null || recovery === undefined
    ? null
    : new RevertedError({ venue, reason, recovery })
}
