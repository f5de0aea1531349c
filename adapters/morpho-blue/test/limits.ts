import { WAD } from '@plimsoll/domain'
import type { Market } from '../src/index.ts'
import type { MarketReading } from '../src/parse.ts'
import { healthFactor, type MarketState, maxBorrow, toAssetsUp, toSharesUp } from '../src/risk.ts'

/**
 * Largest loan that leaves an account healthy, with every rounding of Morpho's borrow. [loan token decimals]
 *
 * @param books - Accrued to the time of the loan.
 */
export function largestBorrow(reading: MarketReading, books: MarketState, of: Market): bigint {
  const { borrower, priceE36 } = reading
  const { totalBorrowAssets, totalBorrowShares } = books
  const capacity = maxBorrow(borrower.collateral, priceE36, of.params.lltv)
  return largest(capacity, (raw) => {
    const shares = toSharesUp(raw, totalBorrowAssets, totalBorrowShares)
    const owed = toAssetsUp(
      borrower.borrowShares + shares,
      totalBorrowAssets + raw,
      totalBorrowShares + shares,
    )
    return healthFactor(capacity, owed) >= WAD
  })
}

/** Largest withdrawal that leaves an account healthy. [collateral token decimals] */
export const largestWithdrawal = (reading: MarketReading, owed: bigint, of: Market): bigint =>
  largest(reading.borrower.collateral, (raw) => {
    const left = reading.borrower.collateral - raw
    return healthFactor(maxBorrow(left, reading.priceE36, of.params.lltv), owed) >= WAD
  })

/** Largest amount that passes; a larger amount never passes where a smaller does not. */
function largest(limit: bigint, passes: (raw: bigint) => boolean): bigint {
  let [low, high] = [0n, limit + 1n]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (passes(middle)) low = middle
    else high = middle
  }
  return low
}
