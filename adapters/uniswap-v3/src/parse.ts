import { type DepthReading, mulDivDown, USD, type Usd, usd, type VenueId } from '@plimsoll/domain'
import { depthOf, type PoolState } from './depth.ts'
import { feeShare, type Pool } from './Pool.ts'
import { spotPrice } from './price.ts'

/**
 * Turns a pool's state into what its market can bear. Values round down: a market never looks deeper than it is.
 *
 * @param p.volume - Quote traded in the last five minutes. [quote decimals]
 */
export async function parseDepth(p: {
  readonly venue: VenueId
  readonly pool: Pool
  readonly state: PoolState
  readonly volume: bigint
}): Promise<DepthReading> {
  const { venue, pool, state } = p
  const { base, quote } = pool
  const { down, up } = await depthOf(pool, state)
  const value = (raw: bigint): Usd => usd(mulDivDown(raw, USD, 10n ** BigInt(quote.decimals)))
  return {
    venue,
    asset: base.asset,
    base,
    quote,
    spot: spotPrice(pool, base, state.sqrtPriceX96),
    fee: feeShare(pool),
    depthDown: value(down),
    depthUp: value(up),
    volume5m: value(p.volume),
  }
}
