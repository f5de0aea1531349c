import type { AssetId, DomainId, VenueId } from './Asset.ts'
import type { Linear, Prices } from './Linear.ts'

/**
 * Distance to liquidation as a typed outcome, never NaN and never with a flipped sign.
 *
 * `solvent`: health is positive and finite, `lnHealth < 0` means it can be liquidated.
 * `unlevered`: nothing is owed, no price liquidates it.
 * `insolvent`: what backs the position is worth zero or less; `shortfall` is what it lacks to cover the requirement,
 * also where nothing is open any more and a loss is left. [USD]
 */
export type Health =
  | { readonly type: 'solvent'; readonly lnHealth: number }
  | { readonly type: 'unlevered' }
  | { readonly type: 'insolvent'; readonly shortfall: number }

/** Health with its derivatives in log-prices, in the order of {@link MarginDomain.assets}. */
export type Sensitivity =
  | {
      readonly type: 'solvent'
      readonly lnHealth: number
      /** `∂ lnHealth / ∂ ln S_i` */
      readonly gradient: readonly number[]
      /** `∂² lnHealth / ∂ ln S_i ∂ ln S_j`, row by row */
      readonly hessian: readonly (readonly number[])[]
    }
  | Exclude<Health, { readonly type: 'solvent' }>

/** The two sides of health: `health = backing / requirement`. */
export type Margin = {
  /** What counts towards the position; negative when it is under water. [USD] */
  readonly backing: number
  /** What it must cover, never negative. [USD] */
  readonly requirement: number
}

/** The figures of a domain as functions of prices: what risk compiles into vectors. [USD] */
export type LinearFigures = {
  readonly backing: Linear
  readonly requirement: Linear
  readonly equity: Linear
  readonly exposure: Linear
}

/** What a liquidation takes. */
export type LiquidationTerms = {
  /** Share of the debt or position that one liquidation may close, 0 to 1. */
  readonly closeFactor: number
  /** Below this health a liquidation may close everything; null where the close factor never changes. */
  readonly fullCloseHealth: number | null
  /** Liquidator's premium as a share of what is closed. */
  readonly bonus: number
  /** True when a single liquidation may leave part of the position open. */
  readonly partial: boolean
}

/**
 * A set of legs that is liquidated on its own: an Aave account, a Morpho market, a perp account.
 *
 * The one abstraction over lending and perpetual futures: `health < 1` means "can be liquidated" everywhere.
 */
export interface MarginDomain {
  readonly id: DomainId
  readonly venue: VenueId
  readonly type: 'lending' | 'perp'
  /** Assets whose prices move it: the order of gradient and Hessian. */
  readonly assets: readonly AssetId[]
  /** What its venue valued it at when it was read: the venue's oracle prices, a perp's mark prices. [USD] */
  readonly venuePrices: Prices
  readonly liquidation: LiquidationTerms
  /** Backing, requirement, equity and exposure, each linear in prices. */
  readonly linear: LinearFigures
  /** @throws MissingPriceError when an asset has no price. */
  health(prices: Prices): Health
  /** Numerator and denominator of health, for sizing. @throws MissingPriceError when an asset has no price. */
  margin(prices: Prices): Margin
  /** `∂ lnHealth / ∂ ln S_i` of a solvent domain. @throws MissingPriceError when an asset has no price. */
  gradient(prices: Prices): readonly number[]
  /** Gradient and Hessian. @throws MissingPriceError when an asset has no price. */
  sensitivity(prices: Prices): Sensitivity
  /** Price of one asset at which health is 1, the others unchanged; null when no positive price does it. */
  liquidationPrice(asset: AssetId, prices: Prices): number | null
  /** Value of all legs. [USD] */
  equity(prices: Prices): number
  /** What a liquidation closes: the debt of a loan, the notional of a perp account. [USD] */
  exposure(prices: Prices): number
  /** `S ∂E/∂S` by asset. [USD] */
  delta(prices: Prices): ReadonlyMap<AssetId, number>
  /** `S² ∂²E/∂S²` by asset; empty for legs linear in price. [USD] */
  gamma(prices: Prices): ReadonlyMap<AssetId, number>
}
