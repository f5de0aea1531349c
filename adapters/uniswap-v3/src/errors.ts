import type { Hex, RevertedError, VenueId } from '@plimsoll/domain'
import { decodeListedRevert, type RevertReasons } from '@plimsoll/evm'

/** Reasons of router and pool, and whether another quote, balance or block can cure them. */
const REASONS: RevertReasons = new Map([
  ['Too little received', 'refresh'],
  ['Transaction too old', 'refresh'],
  ['STF', 'refresh'], // the router could not take the tokens sold: balance or approval
  ['TF', 'refresh'], // the pool could not pay out
  ['LOK', 'refresh'], // the pool is locked or not initialised
  ['SPL', 'refresh'], // price limit on the wrong side of the price
  ['IIA', 'halt'], // the pool was not paid
  ['AS', 'halt'], // nothing is sold
])

/** Uniswap's own reason for a revert; null when the data is not Uniswap's. */
export const decodeUniswapRevert = (venue: VenueId, data: Hex): RevertedError | null =>
  decodeListedRevert(REASONS, venue, data)
