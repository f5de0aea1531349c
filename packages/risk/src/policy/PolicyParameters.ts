/** How the market behaves, and what trading in it costs, while one regime lasts. */
export type Regime = {
  readonly name: string
  /** Diffusive volatility of the collateral against the debt. [1/√year] */
  readonly volatility: number
  /** Jumps of the log-price. [1/year] */
  readonly jumpRate: number
  readonly jumpMean: number
  readonly jumpSd: number
  /** Mean stay before the market leaves for another regime. [hours] */
  readonly stayHours: number
  /** Fee and half spread of a trade, as a share of its size. */
  readonly proportionalCost: number
  /** Gas and other fixed cost of one action, as a share of equity. */
  readonly gasShare: number
  /** `k` of the impact `k·(q/E)^1.5`, as a share of equity. */
  readonly impact: number
  /** Probability that an action of this hour does not go through. */
  readonly failure: number
}

/** What a liquidation does to the account. */
export type LiquidationRule = {
  /** Share of the debt that one liquidation closes. */
  readonly closeFactor: number
  /** Below this health everything is closed. */
  readonly fullCloseHealth: number
  /** Loss of the owner per unit of closed debt: liquidator's bonus, fees, and what MEV takes. */
  readonly penalty: number
  /** How many dollars of other cost the owner would pay to avoid one dollar lost to liquidation. */
  readonly lossWeight: number
}

/** One impulse-control problem: a loan (or a perp as a loan) held near a target leverage. */
export type PolicyParameters = {
  /** `ltv` where liquidation starts; `1 − maintenance margin ratio` for a perp account. */
  readonly liquidationThreshold: number
  /** Exposure over equity the owner wants. */
  readonly targetLeverage: number
  /** Cost of one unit of leverage off the target, as a share of equity. [1/year] */
  readonly trackingAversion: number
  readonly liquidation: LiquidationRule
  /** One regime, or calm and stress in this order. */
  readonly regimes: readonly Regime[]
  /** Grid of ln health: nodes at `(i + ½)·step`, so that liquidation falls on an edge. */
  readonly grid: { readonly step: number; readonly states: number }
}
