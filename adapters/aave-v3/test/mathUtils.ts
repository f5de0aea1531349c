import { formatReserves, formatUserSummary } from '@aave/math-utils'
import type { RawAccount } from '../src/read.ts'
import { usageOf } from '../src/reserveConfiguration.ts'

/** An account by Aave's own library, fed with what was read. A second opinion: it shares no line with ours. */
export function summaryByMathUtils(
  raw: RawAccount,
  timestamp: bigint,
): { readonly healthFactor: string; readonly currentLiquidationThreshold: string } {
  const common = {
    currentTimestamp: Number(timestamp),
    marketReferencePriceInUsd: '100000000',
    marketReferenceCurrencyDecimals: 8,
  }
  const formattedReserves = formatReserves({
    ...common,
    reserves: raw.reserves.map(({ reserve, configuration, indexes, price }) => ({
      originalId: reserve.id,
      id: reserve.token.address,
      symbol: reserve.token.symbol,
      name: reserve.token.symbol,
      decimals: reserve.token.decimals,
      underlyingAsset: reserve.token.address,
      usageAsCollateralEnabled: true,
      reserveFactor: '0',
      baseLTVasCollateral: String(configuration.ltv),
      reserveLiquidationThreshold: String(configuration.liquidationThreshold),
      reserveLiquidationBonus: String(configuration.liquidationBonus),
      liquidityIndex: String(indexes.liquidityIndex),
      liquidityRate: String(indexes.liquidityRate),
      variableBorrowIndex: String(indexes.variableBorrowIndex),
      variableBorrowRate: String(indexes.variableBorrowRate),
      lastUpdateTimestamp: Number(indexes.lastUpdate),
      availableLiquidity: '0',
      totalScaledVariableDebt: '0',
      borrowCap: '0',
      supplyCap: '0',
      debtCeiling: String(configuration.debtCeiling),
      debtCeilingDecimals: 2,
      isolationModeTotalDebt: '0',
      virtualUnderlyingBalance: '0',
      deficit: '0',
      priceInMarketReferenceCurrency: String(price),
    })),
  })
  return formatUserSummary({
    ...common,
    formattedReserves,
    userEmodeCategoryId: 0,
    userReserves: raw.reserves.map((each) => ({
      underlyingAsset: each.reserve.token.address,
      scaledATokenBalance: String(each.scaledCollateral),
      scaledVariableDebt: String(each.scaledDebt),
      usageAsCollateralEnabledOnUser: usageOf(raw.userConfiguration, each.reserve.id).collateral,
    })),
  })
}
