import { type AssetId, type PriceSource, price, WAD } from '@plimsoll/domain'

/** A source for assets that a venue itself holds to be worth one dollar, whatever their market says: sUSD as margin. */
export function createParPrice(assets: readonly AssetId[]): PriceSource {
  return {
    id: 'par',
    assets,
    read: async (block) =>
      assets.map((asset) => ({
        source: 'par',
        asset,
        price: price(WAD),
        updatedAt: block.timestamp,
        heartbeat: 0n,
      })),
  }
}
