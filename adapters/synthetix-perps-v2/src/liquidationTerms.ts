import { type LiquidationTerms, numberFromWad, type PerpPosition } from '@plimsoll/domain'

/**
 * What a liquidation takes: the whole position, and all margin that is left.
 *
 * The fees of who flags and who liquidates are the bonus; the rest goes to the stakers.
 *
 * @see `PerpsV2MarketLiquidate._liquidatePosition`
 */
export const liquidationTerms = ({ liquidationFee }: PerpPosition): LiquidationTerms => ({
  closeFactor: 1,
  fullCloseHealth: null,
  bonus: numberFromWad(liquidationFee),
  partial: false,
})
