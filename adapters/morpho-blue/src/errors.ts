import type { Hex, RevertedError, VenueId } from '@plimsoll/domain'
import { decodeListedRevert, type RevertReasons } from '@plimsoll/evm'

/** Morpho's reasons, and whether another price, balance or block can cure them. */
const REASONS: RevertReasons = new Map([
  ['insufficient collateral', 'refresh'],
  ['insufficient liquidity', 'refresh'],
  ['position is healthy', 'refresh'],
  ['transfer reverted', 'refresh'],
  ['transfer returned false', 'refresh'],
  ['transferFrom reverted', 'refresh'],
  ['transferFrom returned false', 'refresh'],
  ['already set', 'refresh'],
  ['market not created', 'halt'],
  ['inconsistent input', 'halt'],
  ['zero assets', 'halt'],
  ['zero address', 'halt'],
  ['unauthorized', 'halt'],
  ['max uint128 exceeded', 'halt'],
])

/**
 * Morpho's own reason for a revert; null when the data is not Morpho's.
 *
 * Repaying or withdrawing more than is there ends in a bare arithmetic panic that names no contract: not claimed here.
 */
export const decodeMorphoRevert = (venue: VenueId, data: Hex): RevertedError | null =>
  decodeListedRevert(REASONS, venue, data)
