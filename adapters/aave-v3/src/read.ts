import { type Address, type BlockRef, VenueReadError } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import {
  addressesProviderAbi,
  oracleAbi,
  poolAbi,
  scaledTokenAbi,
  stableDebtTokenAbi,
} from './abi.ts'
import { type AaveReserve, type AaveV3Config, venueIdOf } from './config.ts'
import type { ReserveIndexes } from './interest.ts'
import { type ReserveConfiguration, unpackConfiguration } from './reserveConfiguration.ts'
import type { AccountData } from './risk.ts'

/** A reserve and an account's share of it, in Aave's own units. */
export type RawReserve = {
  readonly reserve: AaveReserve
  readonly configuration: ReserveConfiguration
  readonly indexes: ReserveIndexes
  /** [USD 1e8] */
  readonly price: bigint
  /** Supplied amount divided by the liquidity index. */
  readonly scaledCollateral: bigint
  /** Variable debt divided by the variable borrow index. */
  readonly scaledDebt: bigint
  /** [token decimals] */
  readonly stableDebt: bigint
}

/** An account as the chain states it at one block. */
export type RawAccount = {
  readonly account: Address
  /** Where prices came from in this block. */
  readonly oracle: Address
  /** Two bits a reserve: borrowing, used as collateral. */
  readonly userConfiguration: bigint
  readonly eModeCategory: bigint
  /** The pool's own totals. */
  readonly accountData: Omit<AccountData, 'hasZeroLtvCollateral'>
  readonly reserves: readonly RawReserve[]
}

/**
 * Reads an account and the reserves it may use, all at one block and in one round.
 *
 * @throws {@link VenueReadError} when any part is missing.
 */
export async function readAccount(
  client: ChainClient,
  config: AaveV3Config,
  account: Address,
  block: Pick<BlockRef, 'number'>,
): Promise<RawAccount> {
  const at = { blockNumber: block.number } as const
  const pool = { address: config.pool, abi: poolAbi, ...at } as const
  try {
    const [oracle, userConfiguration, eModeCategory, totals, prices, ...shares] = await Promise.all(
      [
        client.readContract({
          address: config.addressesProvider,
          abi: addressesProviderAbi,
          functionName: 'getPriceOracle',
          ...at,
        }),
        client.readContract({ ...pool, functionName: 'getUserConfiguration', args: [account] }),
        client.readContract({ ...pool, functionName: 'getUserEMode', args: [account] }),
        client.readContract({ ...pool, functionName: 'getUserAccountData', args: [account] }),
        client.readContract({
          address: config.oracle,
          abi: oracleAbi,
          functionName: 'getAssetsPrices',
          args: [config.reserves.map(({ token }) => token.address)],
          ...at,
        }),
        ...config.reserves.map((reserve) => readReserve(client, { pool, reserve, account })),
      ],
    )
    const [collateral, debt, , threshold, ltv, healthFactor] = totals
    return {
      account,
      oracle,
      userConfiguration,
      eModeCategory,
      accountData: {
        totalCollateralBase: collateral,
        totalDebtBase: debt,
        liquidationThreshold: threshold,
        ltv,
        healthFactor,
      },
      reserves: shares.map((share, i) => ({ ...share, price: prices[i] ?? 0n })),
    }
  } catch (cause) {
    throw new VenueReadError({
      venue: venueIdOf(config.pool),
      what: `the account ${account} at block ${block.number}`,
      cause,
    })
  }
}

async function readReserve(
  client: ChainClient,
  p: {
    readonly pool: {
      readonly address: Address
      readonly abi: typeof poolAbi
      readonly blockNumber: bigint
    }
    readonly reserve: AaveReserve
    readonly account: Address
  },
): Promise<Omit<RawReserve, 'price'>> {
  const { reserve, account } = p
  const at = { blockNumber: p.pool.blockNumber } as const
  const scaled = { abi: scaledTokenAbi, functionName: 'scaledBalanceOf', ...at } as const
  const [data, scaledCollateral, scaledDebt, stableDebt] = await Promise.all([
    client.readContract({
      ...p.pool,
      functionName: 'getReserveData',
      args: [reserve.token.address],
    }),
    client.readContract({ ...scaled, address: reserve.aToken, args: [account] }),
    client.readContract({ ...scaled, address: reserve.variableDebtToken, args: [account] }),
    client.readContract({
      address: reserve.stableDebtToken,
      abi: stableDebtTokenAbi,
      functionName: 'balanceOf',
      args: [account],
      ...at,
    }),
  ])
  return {
    reserve,
    configuration: unpackConfiguration(data.configuration),
    indexes: {
      liquidityIndex: data.liquidityIndex,
      liquidityRate: data.currentLiquidityRate,
      variableBorrowIndex: data.variableBorrowIndex,
      variableBorrowRate: data.currentVariableBorrowRate,
      lastUpdate: BigInt(data.lastUpdateTimestamp),
    },
    scaledCollateral,
    scaledDebt,
    stableDebt,
  }
}
