import { type Address, type VenueId, VenueReadError } from '@plimsoll/domain'
import { marketAbi as abi } from './abi.ts'
import type { SynthetixMarket } from './config.ts'
import type { PositionReading } from './parsePosition.ts'
import { type Asking, readParameters } from './readParameters.ts'

/**
 * Reads an account's position in one market at one block, in one round.
 *
 * @throws {@link VenueReadError} when a contract does not answer.
 */
export async function readPosition(
  p: Asking & { readonly venue: VenueId; readonly account: Address },
  of: SynthetixMarket,
): Promise<PositionReading> {
  const { client, account, block } = p
  const at = { address: of.address, abi, blockNumber: block.number } as const
  const args = [account] as const
  try {
    const [settings, [price, isInvalid], holding, order, isFlagged, [funding], fundingRate] =
      await Promise.all([
        readParameters(p, of),
        client.readContract({ ...at, functionName: 'assetPrice' }),
        client.readContract({ ...at, functionName: 'positions', args }),
        client.readContract({ ...at, functionName: 'delayedOrders', args }),
        client.readContract({ ...at, functionName: 'isFlagged', args }),
        client.readContract({ ...at, functionName: 'accruedFunding', args }),
        client.readContract({ ...at, functionName: 'currentFundingRate' }),
      ])
    return {
      ...settings,
      of,
      account,
      price,
      isInvalid,
      holding,
      order,
      isFlagged,
      funding,
      fundingRate,
    }
  } catch (cause) {
    const what = `account ${account} in ${of.name} at block ${block.number}`
    throw new VenueReadError({ venue: p.venue, what, cause })
  }
}
