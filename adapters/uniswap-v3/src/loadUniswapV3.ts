import { InvalidInputError, type SwapVenue, VenueReadError } from '@plimsoll/domain'
import { assertOnChain, erc20Abi } from '@plimsoll/evm'
import { poolAbi } from './abi.ts'
import { createUniswapV3, type UniswapV3Config } from './createUniswapV3.ts'
import { isBaseFirst, type Pool } from './Pool.ts'

/**
 * Creates the venue after checking its configuration against the chain: every pool holds the tokens and takes the fee that
 * are stated, and the tokens have the decimals stated.
 *
 * @throws {@link InvalidInputError} when the chain says otherwise.
 * @throws {@link VenueReadError} when a contract does not answer, or is none.
 */
export async function loadUniswapV3(config: UniswapV3Config): Promise<SwapVenue> {
  const venue = createUniswapV3(config)
  assertOnChain('chain id of uniswap-v3', config.chainId, await config.client.getChainId())
  await Promise.all(
    config.pools.map(async (pool) => {
      try {
        await checkPool(config, pool)
      } catch (cause) {
        if (cause instanceof InvalidInputError) throw cause
        throw new VenueReadError({ venue: venue.id, what: `pool ${pool.address}`, cause })
      }
    }),
  )
  return venue
}

async function checkPool({ client, chainId }: UniswapV3Config, pool: Pool): Promise<void> {
  const { base, quote } = pool
  const of = { address: pool.address, abi: poolAbi } as const
  const decimals = { abi: erc20Abi, functionName: 'decimals' } as const
  const [token0, token1, fee, baseDecimals, quoteDecimals] = await Promise.all([
    client.readContract({ ...of, functionName: 'token0' }),
    client.readContract({ ...of, functionName: 'token1' }),
    client.readContract({ ...of, functionName: 'fee' }),
    client.readContract({ ...decimals, address: base.address }),
    client.readContract({ ...decimals, address: quote.address }),
  ])
  const [first, second] = isBaseFirst(pool) ? [base, quote] : [quote, base]
  assertOnChain(`token0 of pool ${pool.address}`, first.address.toLowerCase(), token0.toLowerCase())
  assertOnChain(
    `token1 of pool ${pool.address}`,
    second.address.toLowerCase(),
    token1.toLowerCase(),
  )
  assertOnChain(`fee of pool ${pool.address}`, pool.fee, fee)
  assertOnChain(`decimals of ${base.symbol}`, base.decimals, baseDecimals)
  assertOnChain(`decimals of ${quote.symbol}`, quote.decimals, quoteDecimals)
  for (const token of [base, quote])
    assertOnChain(`chain id of ${token.symbol}`, token.chainId, chainId)
}
