import type { Address, AssetId, DomainId, Token, VenueId } from './Asset.ts'
import type { Price, Ray, Usd, Wad } from './units.ts'

/** Collateral of one token in a lending account. */
export type CollateralLeg = {
  readonly token: Token
  /** Supplied amount including interest. [token decimals] */
  readonly raw: bigint
  /** Price the venue liquidates on. [USD 1e18] */
  readonly oraclePrice: Price
  /** Market value, rounded down. [USD 1e8] */
  readonly value: Usd
  /** `ltv` where liquidation starts. [WAD] */
  readonly liquidationThreshold: Wad
  /** Largest `ltv` when borrowing. [WAD] */
  readonly maxLtv: Wad
  /** Liquidator's premium over the debt repaid. [WAD] */
  readonly liquidationBonus: Wad
  /** Yearly, simple. [RAY] */
  readonly supplyRate: Ray
}

/** Debt of one token in a lending account. */
export type DebtLeg = {
  readonly token: Token
  /** Owed amount including interest. [token decimals] */
  readonly raw: bigint
  /** Price the venue liquidates on. [USD 1e18] */
  readonly oraclePrice: Price
  /** Value, rounded up. [USD 1e8] */
  readonly value: Usd
  /** Yearly, simple. [RAY] */
  readonly borrowRate: Ray
  /** The same debt in the venue's own shares, where it counts in shares: interest does not change them. */
  readonly shares?: bigint
}

/** A collateralised loan: one margin domain. */
export type LendingPosition = {
  readonly type: 'lending'
  readonly venue: VenueId
  readonly domain: DomainId
  readonly account: Address
  readonly collateral: readonly CollateralLeg[]
  readonly debt: readonly DebtLeg[]
  /** The venue's own figure. Below 1e18 can be liquidated. [WAD] */
  readonly healthFactor: Wad
  /** Share of debt one liquidation may repay now. [WAD] */
  readonly closeFactor: Wad
}

/** One market of a perpetual-futures account. */
export type PerpLeg = {
  readonly market: string
  readonly asset: AssetId
  /** Signed base amount; positive is long. [1e18] */
  readonly size: bigint
  /** Quote paid (negative) or received (positive) for `size` so far. [USD 1e18] */
  readonly openNotional: bigint
  /** Price the venue's margin rule uses. [USD 1e18] */
  readonly markPrice: Price
  readonly indexPrice: Price
  /** Funding owed by the trader since the last settlement; negative is due to them. [USD 1e18] */
  readonly fundingOwed: bigint
  /** Funding rate per {@link fundingInterval}; positive: longs pay shorts. [WAD] */
  readonly fundingRate: Wad
  /** [s] */
  readonly fundingInterval: bigint
  /** Maintenance margin as a share of notional. [WAD] */
  readonly maintenanceMarginRatio: Wad
}

/** A trade that its venue has accepted and someone fills later, at a price of then. */
export type PendingTrade = {
  readonly market: string
  readonly asset: AssetId
  /** Signed change of size; positive buys. [base 1e18] */
  readonly size: bigint
  /** [s] */
  readonly committedAt: bigint
  /** First time at which it can be filled. [s] */
  readonly executableAt: bigint
  /** Last time at which it can be filled; from then on it can only be cancelled. [s] */
  readonly expiresAt: bigint
}

/** A margin account of a perpetual-futures venue: one margin domain. */
export type PerpPosition = {
  readonly type: 'perp'
  readonly venue: VenueId
  readonly domain: DomainId
  readonly account: Address
  readonly marginToken: Token
  /** Deposited margin after realised profit and funding settled so far. [marginToken decimals] */
  readonly margin: bigint
  /** Margin that can be withdrawn now. [marginToken decimals] */
  readonly freeCollateral: bigint
  readonly legs: readonly PerpLeg[]
  /** Equity by the venue's own rule: margin + unrealised profit − funding owed. [USD 1e18] */
  readonly equity: bigint
  /** Maintenance margin by the venue's own rule. [USD 1e18] */
  readonly maintenanceMargin: bigint
  /** Liquidator's fee as a share of the notional closed. [WAD] */
  readonly liquidationFee: Wad
  /** Trade that waits to be filled; while there is one, margin and size stand still. Null when none. */
  readonly pending: PendingTrade | null
}

/** Tokens held by the owner outside any venue: the reserve. */
export type SpotPosition = {
  readonly type: 'spot'
  readonly account: Address
  readonly token: Token
  /** [token decimals] */
  readonly raw: bigint
}

/** Whatever an owner can hold. */
export type Position = LendingPosition | PerpPosition | SpotPosition
