import type { LiquidationRule, Regime } from './PolicyParameters.ts'

/** Version of the file format. */
export const POLICY_TABLE_VERSION = 1

/** Unit of {@link PolicyTable.bands}: a place of 1 is stored as 1000. */
export const BAND_UNIT = 1e-3
/** Unit of {@link PolicyTable.values}: all of the equity is stored as 1 000 000. */
export const VALUE_UNIT = 1e-6

/** How much an owner dislikes what. A preset of a table. */
export type RiskTolerance = {
  readonly name: string
  /** Cost of one unit of leverage off the target, as a share of equity. [1/year] */
  readonly trackingAversion: number
  /** How many dollars of other cost are paid to avoid one dollar lost to liquidation. */
  readonly lossWeight: number
}

/** Market behind a table. Costs of each regime are those of the base tier; the axes replace them. */
export type PolicyWorld = {
  readonly regimes: readonly Regime[]
  /** Impact `k = impactCoefficient · √sizeShare` in the first regime. */
  readonly impactCoefficient: number
  /** Penalty of a liquidation: `min(cap, slope·(1 − LT)) + fees`. */
  readonly penalty: { readonly cap: number; readonly slope: number; readonly fees: number }
  /** Up to this threshold a liquidation closes `closeFactor` of the debt, beyond it everything. */
  readonly partialUpTo: number
  readonly closeFactor: number
  readonly fullCloseHealth: number
}

/** What the cells are solved for, and at what the value of a state is kept. */
export type PolicyAxes = {
  readonly liquidationThreshold: readonly number[]
  /** ln health at the target leverage. */
  readonly targetLnHealth: readonly number[]
  /** Gas of one action over equity, in calm. */
  readonly gasShare: readonly number[]
  /** Equity over the daily volume of the market traded in. */
  readonly sizeShare: readonly number[]
  /** Fee and half spread, in calm. */
  readonly proportionalCost: readonly number[]
  /** Weight of stress, 0 to 1. */
  readonly stress: readonly number[]
  /** Places of values: 0 at liquidation, 1 at the target, 2 at the top of the grid. */
  readonly place: readonly number[]
}

/** From a volatility estimate to the weight of stress: `1 / (1 + (midpoint/σ)^steepness)`. */
export type StressFilter = {
  /** Half-life of the exponentially weighted mean of squared hourly returns it was fitted to. [hours] */
  readonly halfLifeHours: number
  /** Annual volatility of weight one half. */
  readonly midpoint: number
  readonly steepness: number
}

/**
 * Solved policies over thresholds, targets, costs and stress.
 *
 * Cells lie in the order of the axes, the last one fastest.
 */
export type PolicyTable = {
  readonly version: typeof POLICY_TABLE_VERSION
  readonly tolerance: RiskTolerance
  readonly world: PolicyWorld
  readonly filter: StressFilter
  readonly axes: PolicyAxes
  /** Per cell four places: delever below, delever to, relever above, relever to. [thousandths] */
  readonly bands: readonly number[]
  /** Per cell and place the cost to go, above its least, per equity. [millionths] */
  readonly values: readonly number[]
  /** SHA-256 over the canonical JSON of all the rest. */
  readonly hash: string
}

/** Liquidation as a table assumes it at a threshold. */
export function liquidationRuleAt(
  world: PolicyWorld,
  liquidationThreshold: number,
  lossWeight: number,
): LiquidationRule {
  const { cap, slope, fees } = world.penalty
  return {
    closeFactor: liquidationThreshold <= world.partialUpTo ? world.closeFactor : 1,
    fullCloseHealth: world.fullCloseHealth,
    penalty: Math.min(cap, slope * (1 - liquidationThreshold)) + fees,
    lossWeight,
  }
}
