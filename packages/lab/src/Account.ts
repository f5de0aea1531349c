import type { LiquidationRule } from '@plimsoll/risk'

/** A leveraged loan whose policies are compared. */
export type Account = {
  readonly liquidationThreshold: number
  readonly targetLeverage: number
  /** [1/year] */
  readonly trackingAversion: number
  readonly liquidation: LiquidationRule
}

/** Cost of one path, as shares of equity over its whole time. */
export type PathCost = {
  readonly tracking: number
  readonly trading: number
  readonly liquidation: number
  readonly liquidations: number
  readonly trades: number
}
