import type { AssetId, BlockRef, Price, PriceSource } from '@plimsoll/domain'
import type { References } from './CallRule.ts'

/**
 * Creates what a policy signer reads its references by: prices of sources at the block that a call was decided on.
 *
 * The first source that has an asset counts. Nothing is remembered: a source that is stale or silent fails the read, and
 * then nothing is signed.
 *
 * @param sources - Oracles and feeds. Never the market that is traded on: its price is what the references are to judge.
 */
export function createReferenceReader(
  sources: readonly PriceSource[],
): (block: BlockRef) => Promise<References> {
  return async (block) => {
    const readings = await Promise.all(sources.map((source) => source.read(block)))
    const references = new Map<AssetId, Price>()
    for (const { asset, price } of readings.flat())
      if (!references.has(asset)) references.set(asset, price)
    return references
  }
}
