import type { LiquidationTerms, PerpPosition } from '@plimsoll/domain'
import { mulDivDown, numberFromWad, WAD, wad } from '@plimsoll/domain'
import { MIN_PARTIAL_VALUE } from './config.ts'

/** Below this share of the maintenance margin a liquidation may take a market's whole position. */
const FULL_CLOSE_HEALTH = 0.5

/**
 * What one liquidation takes of an account's notional.
 *
 * One liquidation closes positions of one market: all of it when it is worth no more than 100 USD or covers less than
 * half of all notional, otherwise half of all notional; below half the maintenance margin always all of it. The liquidator
 * gets half of the penalty, the insurance fund the other half; all of it once equity is negative.
 *
 * @see `AccountBalance.getLiquidatablePositionSize`, `ClearingHouse._liquidate`
 */
export function liquidationTerms(position: PerpPosition): LiquidationTerms {
  const values = position.legs.map(({ size, markPrice }) =>
    mulDivDown(size < 0n ? -size : size, markPrice, WAD),
  )
  const total = values.reduce((sum, value) => sum + value, 0n)
  const largest = values.sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n
  const isHalved = largest > MIN_PARTIAL_VALUE && 2n * largest > total
  const most = isHalved ? total / 2n : largest
  const closeFactor = total === 0n ? 1 : numberFromWad(wad(mulDivDown(most, WAD, total)))
  return {
    closeFactor,
    fullCloseHealth: isHalved ? FULL_CLOSE_HEALTH : null,
    bonus: numberFromWad(position.liquidationFee) / 2,
    partial: closeFactor < 1,
  }
}
