import { least as leastOf, type Usd, usd } from '@plimsoll/domain'
import type { Bid } from './Ledger.ts'

/**
 * Shares a budget among requests, the most urgent first.
 *
 * The last one that fits in part gets the part, unless it is less than it has use for; then those after it are served. Greedy
 * by loss avoided per dollar is the optimum of the fractional problem. Equal urgency goes by id, so that the order of arrival
 * says nothing.
 *
 * @returns Amount by id; requests that got nothing are missing.
 */
export function allocate(bids: readonly Bid[], budget: Usd): ReadonlyMap<string, Usd> {
  const shares = new Map<string, Usd>()
  let left: bigint = budget
  for (const { id, amount, least } of bids.toSorted(byUrgency)) {
    const share = shareOf({ amount, least }, left)
    if (share === null) continue
    shares.set(id, share)
    left -= share
  }
  return shares
}

/** What a request gets of what is left; null where that is nothing, or less than it has use for. */
export function shareOf(bid: Pick<Bid, 'amount' | 'least'>, left: bigint): Usd | null {
  const share = leastOf(bid.amount, left)
  return share <= 0n || share < bid.least ? null : usd(share)
}

const byUrgency = (a: Bid, b: Bid): number => b.urgency - a.urgency || (a.id < b.id ? -1 : 1)
