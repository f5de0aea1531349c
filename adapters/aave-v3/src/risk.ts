import { BPS, MAX_HEALTH_FACTOR, WAD } from '@plimsoll/domain'
import { percentDiv, percentMul, rayDiv, rayMul, wadDiv } from './interest.ts'

/** Health factor at and above which nothing can be liquidated. [WAD] */
export const LIQUIDATION_HEALTH = WAD
/** Health factor at and below which one liquidation may repay all of a debt. [WAD] */
export const FULL_CLOSE_HEALTH = 95n * 10n ** 16n
const CLOSE_FACTOR = 5_000n // bps

/** An asset of an account in Aave's own units. */
export type AccountLeg = {
  /** Supplied amount that is used as collateral; 0 when it is not. [token decimals] */
  readonly collateral: bigint
  /** Owed amount. [token decimals] */
  readonly debt: bigint
  /** [USD 1e8] */
  readonly price: bigint
  readonly decimals: number
  /** [bps] */
  readonly ltv: bigint
  /** [bps] */
  readonly liquidationThreshold: bigint
}

/** What the pool says of an account. */
export type AccountData = {
  /** [USD 1e8] */
  readonly totalCollateralBase: bigint
  /** [USD 1e8] */
  readonly totalDebtBase: bigint
  /** Weighted by value, rounded down. [bps] */
  readonly ltv: bigint
  /** Weighted by value, rounded down. [bps] */
  readonly liquidationThreshold: bigint
  /** [WAD] */
  readonly healthFactor: bigint
  /** True when some collateral cannot be borrowed against: then only that may be withdrawn. */
  readonly hasZeroLtvCollateral: boolean
}

/**
 * Computes an account's totals as the pool does.
 *
 * `healthFactor = (collateral × threshold) / debt`. The threshold is the value-weighted mean cut to whole basis
 * points, values are cut to 1e-8 USD per asset, the rest rounds half up.
 *
 * @see Aave v3.0.2 `GenericLogic.calculateUserAccountData`
 */
export function accountData(legs: readonly AccountLeg[]): AccountData {
  let [collateral, debt, ltv, threshold] = [0n, 0n, 0n, 0n]
  let hasZeroLtvCollateral = false
  for (const leg of legs) {
    const unit = 10n ** BigInt(leg.decimals)
    debt += (leg.debt * leg.price) / unit
    if (leg.liquidationThreshold === 0n || leg.collateral === 0n) continue
    const value = (leg.collateral * leg.price) / unit
    collateral += value
    ltv += value * leg.ltv
    threshold += value * leg.liquidationThreshold
    if (leg.ltv === 0n) hasZeroLtvCollateral = true
  }
  const averageThreshold = collateral === 0n ? 0n : threshold / collateral
  return {
    totalCollateralBase: collateral,
    totalDebtBase: debt,
    ltv: collateral === 0n ? 0n : ltv / collateral,
    liquidationThreshold: averageThreshold,
    healthFactor:
      debt === 0n ? MAX_HEALTH_FACTOR : wadDiv(percentMul(collateral, averageThreshold), debt),
    hasZeroLtvCollateral,
  }
}

/** Share of a debt that one liquidation may repay at a health factor. [bps] */
export const closeFactor = (healthFactor: bigint): bigint =>
  healthFactor > FULL_CLOSE_HEALTH ? CLOSE_FACTOR : BPS

/** What a liquidation moves. */
export type LiquidationAmounts = {
  /** Debt the liquidator repays. [debt decimals] */
  readonly debtRepaid: bigint
  /** Collateral the liquidator receives. [collateral decimals] */
  readonly collateralSeized: bigint
  /** Collateral the treasury receives. [collateral decimals] */
  readonly protocolFee: bigint
}

/**
 * Computes what a liquidation moves, after all its checks have passed.
 *
 * @see Aave v3.0.2 `LiquidationLogic.executeLiquidationCall`, `_calculateAvailableCollateralToLiquidate`
 */
export function liquidationAmounts(p: {
  /** Debt the liquidator offers to repay. [debt decimals] */
  readonly debtToCover: bigint
  readonly healthFactor: bigint
  readonly debt: { readonly raw: bigint; readonly price: bigint; readonly decimals: number }
  readonly collateral: {
    /** Supplied amount divided by the index. */
    readonly scaled: bigint
    /** Normalized income at the time. [RAY] */
    readonly index: bigint
    readonly price: bigint
    readonly decimals: number
    /** [bps] */
    readonly liquidationBonus: bigint
    /** [bps] */
    readonly liquidationProtocolFee: bigint
  }
}): LiquidationAmounts {
  const { debt, collateral } = p
  const debtUnit = 10n ** BigInt(debt.decimals)
  const collateralUnit = 10n ** BigInt(collateral.decimals)
  const most = percentMul(debt.raw, closeFactor(p.healthFactor))
  const isCapped = p.debtToCover > most
  const offered = isCapped ? most : p.debtToCover

  const base = (debt.price * offered * collateralUnit) / (collateral.price * debtUnit)
  const wanted = percentMul(base, collateral.liquidationBonus)
  const held = rayMul(collateral.scaled, collateral.index)
  const isShort = wanted > held
  const taken = isShort ? held : wanted
  const debtRepaid = isShort
    ? percentDiv(
        (collateral.price * taken * debtUnit) / (debt.price * collateralUnit),
        collateral.liquidationBonus,
      )
    : offered

  const bonus = taken - percentDiv(taken, collateral.liquidationBonus)
  const fee = percentMul(bonus, collateral.liquidationProtocolFee)
  const collateralSeized = taken - fee
  const left = collateral.scaled - rayDiv(collateralSeized, collateral.index)
  const isFeeShort = rayDiv(fee, collateral.index) > left // by the rounding of scaled amounts
  return {
    debtRepaid,
    collateralSeized,
    protocolFee: isFeeShort ? rayMul(left, collateral.index) : fee,
  }
}
