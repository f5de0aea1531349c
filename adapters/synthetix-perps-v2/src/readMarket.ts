import { type VenueId, VenueReadError } from '@plimsoll/domain'
import { toHex } from 'viem'
import { marketAbi as abi, exchangerAbi } from './abi.ts'
import type { SynthetixMarket } from './config.ts'
import type { MarketReading } from './parseMarket.ts'
import { type Asking, readParameters } from './readParameters.ts'

/** What fees are paid in, as the exchanger knows it. */
const SUSD = toHex('sUSD', { size: 32 })

/**
 * Reads one market at one block, in one round.
 *
 * @throws {@link VenueReadError} when a contract does not answer.
 */
export async function readMarket(
  p: Asking & { readonly venue: VenueId },
  of: SynthetixMarket,
): Promise<MarketReading> {
  const { client, config, block } = p
  const blockNumber = block.number
  const at = { address: of.address, abi, blockNumber } as const
  try {
    const [settings, [price, isInvalid], skew, marketSize, fundingRate, dynamicFee] =
      await Promise.all([
        readParameters(p, of),
        client.readContract({ ...at, functionName: 'assetPrice' }),
        client.readContract({ ...at, functionName: 'marketSkew' }),
        client.readContract({ ...at, functionName: 'marketSize' }),
        client.readContract({ ...at, functionName: 'currentFundingRate' }),
        client.readContract({
          address: config.exchanger,
          abi: exchangerAbi,
          functionName: 'dynamicFeeRateForExchange',
          args: [SUSD, of.baseAsset],
          blockNumber,
        }),
      ])
    const [dynamicFeeRate, isTooVolatile] = dynamicFee
    return {
      ...settings,
      of,
      price,
      isInvalid,
      skew,
      marketSize,
      fundingRate,
      dynamicFeeRate,
      isTooVolatile,
    }
  } catch (cause) {
    const what = `market ${of.name} at block ${blockNumber}`
    throw new VenueReadError({ venue: p.venue, what, cause })
  }
}
