import { type VenueId, VenueReadError } from '@plimsoll/domain'
import { exchangeAbi, marketRegistryAbi, poolAbi } from './abi.ts'
import type { OpenMarketReading } from './parseMarket.ts'
import { type Asking, readParameters, readPricing } from './readPricing.ts'

/**
 * Reads all configured markets at one block, in two rounds: the windows of the price averages and the registry of fees
 * come with the first.
 *
 * @throws {@link VenueReadError} when a contract does not answer.
 */
export async function readMarkets(
  p: Asking & { readonly venue: VenueId },
): Promise<readonly OpenMarketReading[]> {
  const { client, config, block } = p
  const blockNumber = block.number
  try {
    const [parameters, registry] = await Promise.all([
      readParameters(p),
      client.readContract({
        address: config.exchange,
        abi: exchangeAbi,
        functionName: 'getMarketRegistry',
        blockNumber,
      }),
    ])
    return await Promise.all(
      config.markets.map(async (of) => {
        const pool = { address: of.pool, abi: poolAbi, blockNumber } as const
        const [pricing, [sqrtPriceX96], liquidity, feeRatio] = await Promise.all([
          readPricing(p, parameters, of),
          client.readContract({ ...pool, functionName: 'slot0' }),
          client.readContract({ ...pool, functionName: 'liquidity' }),
          client.readContract({
            address: registry,
            abi: marketRegistryAbi,
            functionName: 'getFeeRatio',
            args: [of.baseToken],
            blockNumber,
          }),
        ])
        return { ...pricing, parameters, sqrtPriceX96, liquidity, feeRatio: BigInt(feeRatio) }
      }),
    )
  } catch (cause) {
    throw new VenueReadError({ venue: p.venue, what: `its markets at block ${blockNumber}`, cause })
  }
}
