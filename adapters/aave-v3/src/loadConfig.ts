import { type Address, type Token, VenueReadError } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { zeroAddress } from 'viem'
import { addressesProviderAbi, oracleAbi, poolAbi } from './abi.ts'
import { type AaveReserve, type AaveV3Config, venueIdOf } from './config.ts'
import { UnsupportedByAdapterError } from './errors.ts'
import { unpackConfiguration } from './reserveConfiguration.ts'

/** Aave's base currency on the markets taken here: USD with 8 decimals, named by the zero address. */
const USD_UNIT = 10n ** 8n

/**
 * Reads what does not change between blocks: contracts, listed tokens, flash-loan fee.
 *
 * @throws {@link VenueReadError} when the pool does not answer as Aave v3 does.
 * @throws {@link UnsupportedByAdapterError} when the market is not in USD or does not list a token as described.
 */
export async function loadConfig(
  client: ChainClient,
  p: { readonly pool: Address; readonly tokens: readonly Token[] },
): Promise<AaveV3Config> {
  const venue = venueIdOf(p.pool)
  try {
    return await load(client, p)
  } catch (cause) {
    if (cause instanceof UnsupportedByAdapterError) throw cause
    throw new VenueReadError({ venue, what: 'the market description', cause })
  }
}

async function load(
  client: ChainClient,
  p: { readonly pool: Address; readonly tokens: readonly Token[] },
): Promise<AaveV3Config> {
  const pool = { address: p.pool, abi: poolAbi } as const
  const [chainId, addressesProvider, flashLoanPremium, ...listed] = await Promise.all([
    client.getChainId(),
    client.readContract({ ...pool, functionName: 'ADDRESSES_PROVIDER' }),
    client.readContract({ ...pool, functionName: 'FLASHLOAN_PREMIUM_TOTAL' }),
    ...p.tokens.map((token) =>
      client.readContract({ ...pool, functionName: 'getReserveData', args: [token.address] }),
    ),
  ])
  const oracle = await client.readContract({
    address: addressesProvider,
    abi: addressesProviderAbi,
    functionName: 'getPriceOracle',
  })
  const [base, unit] = await Promise.all([
    client.readContract({ address: oracle, abi: oracleAbi, functionName: 'BASE_CURRENCY' }),
    client.readContract({ address: oracle, abi: oracleAbi, functionName: 'BASE_CURRENCY_UNIT' }),
  ])
  const venue = venueIdOf(p.pool)
  if (base !== zeroAddress || unit !== USD_UNIT)
    throw new UnsupportedByAdapterError({
      venue,
      found: `prices in ${base} with unit ${unit}`,
      allowed: 'prices in USD with unit 100000000',
    })
  const reserves = p.tokens.map((token, i): AaveReserve => {
    const data = listed[i]
    const decimals = data && unpackConfiguration(data.configuration).decimals
    if (data === undefined || data.aTokenAddress === zeroAddress || decimals !== token.decimals)
      throw new UnsupportedByAdapterError({
        venue,
        found: `no ${token.symbol} at ${token.address} with ${token.decimals} decimals on chain ${chainId}`,
        allowed: 'tokens the pool lists',
      })
    return {
      token,
      id: data.id,
      aToken: data.aTokenAddress,
      stableDebtToken: data.stableDebtTokenAddress,
      variableDebtToken: data.variableDebtTokenAddress,
    }
  })
  return { chainId, pool: p.pool, addressesProvider, oracle, reserves, flashLoanPremium }
}
