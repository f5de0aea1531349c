import {
  type LendingPosition,
  numberFromRaw,
  numberFromRay,
  numberFromUsd,
  numberFromWad,
  type PerpPosition,
} from '@plimsoll/domain'

const SECONDS_PER_YEAR = 31_536_000

/**
 * What a position earns a year at the rates of now: interest on collateral, less interest on debt, less funding paid.
 *
 * Negative when it costs. The difference of two positions is what an action changes of borrow cost and funding. [USD a year]
 */
export function carryRate(position: LendingPosition | PerpPosition): number {
  let sum = 0
  if (position.type === 'lending') {
    for (const leg of position.collateral)
      sum += numberFromUsd(leg.value) * numberFromRay(leg.supplyRate)
    for (const leg of position.debt) sum -= numberFromUsd(leg.value) * numberFromRay(leg.borrowRate)
    return sum
  }
  for (const leg of position.legs) {
    if (leg.size === 0n) continue
    const notional = numberFromRaw(leg.size, 18) * numberFromWad(leg.markPrice)
    const perYear =
      (numberFromWad(leg.fundingRate) * SECONDS_PER_YEAR) / Number(leg.fundingInterval)
    sum -= notional * perYear
  }
  return sum
}
