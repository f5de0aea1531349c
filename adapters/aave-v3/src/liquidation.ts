import {
  type LendingPosition,
  lendingDomain,
  type MarginDomain,
  mulDivDown,
  numberFromWad,
  wad,
} from '@plimsoll/domain'
import { legsOf } from './quote.ts'
import { accountData, FULL_CLOSE_HEALTH } from './risk.ts'

/**
 * Makes the margin domain of an account, anchored to the pool's health factor.
 *
 * The pool cuts the mean threshold of mixed collateral to whole basis points. Thresholds are lowered by the same share,
 * never raised, so that the domain agrees with the pool at the position's prices and is not safer elsewhere.
 */
export function marginDomainOf(position: LendingPosition): MarginDomain {
  const { totalCollateralBase, totalDebtBase } = accountData(legsOf(position))
  let weighted = 0n // [USD 1e8 × WAD]
  for (const { value, liquidationThreshold } of position.collateral)
    weighted += value * liquidationThreshold
  const stated = position.healthFactor * totalDebtBase // [WAD × USD 1e8]
  const isAnchored = totalDebtBase > 0n && totalCollateralBase > 0n && stated < weighted
  return lendingDomain({
    position: {
      ...position,
      collateral: position.collateral.map((leg) => ({
        ...leg,
        liquidationThreshold: isAnchored
          ? wad(mulDivDown(leg.liquidationThreshold, stated, weighted))
          : leg.liquidationThreshold,
      })),
    },
    fullCloseHealth: numberFromWad(wad(FULL_CLOSE_HEALTH)),
  })
}
