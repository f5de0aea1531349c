import {
  type Address,
  type AssetId,
  type BlockRef,
  type Price,
  type PriceReading,
  type PriceSource,
  price,
  StalePriceError,
} from '@plimsoll/domain'
import type { SimulatedChain } from './createSimulatedChain.ts'
import { load, type Storage, slot } from './Ledger.ts'

const ADDRESS: Address = '0x0000000000000000000000000000000000000a11'

/** Prices that simulated venues liquidate on. */
export type SimulatedOracle = PriceSource & {
  publish(asset: AssetId, price: Price): void
  /** Price in a storage, zero before the first. */
  priceIn(storage: Storage, asset: AssetId): Price
  /** Time of that price. [s] */
  updatedAtIn(storage: Storage, asset: AssetId): bigint
}

/** Creates an oracle with one price per asset. Reads refuse a price older than the heartbeat. */
export function createSimulatedOracle(p: {
  readonly chain: SimulatedChain
  readonly prices: ReadonlyMap<AssetId, Price>
  readonly heartbeat?: bigint
}): SimulatedOracle {
  const { chain } = p
  const id = 'simulated-oracle'
  const heartbeat = p.heartbeat ?? 86_400n
  const assets = [...p.prices.keys()]
  const priceSlot = (asset: AssetId): string => slot(ADDRESS, 'price', asset)
  const timeSlot = (asset: AssetId): string => slot(ADDRESS, 'time', asset)

  const publish = (asset: AssetId, at: Price): void =>
    chain.write((storage, time) => {
      storage.set(priceSlot(asset), at)
      storage.set(timeSlot(asset), time)
    })
  for (const [asset, at] of p.prices) publish(asset, at)

  return {
    id,
    assets,
    publish,
    priceIn: (storage, asset) => price(load(storage, priceSlot(asset))),
    updatedAtIn: (storage, asset) => load(storage, timeSlot(asset)),
    async read(block: BlockRef): Promise<readonly PriceReading[]> {
      const storage = chain.at(block)
      return assets.map((asset) => {
        const updatedAt = load(storage, timeSlot(asset))
        const age = block.timestamp - updatedAt
        if (age > heartbeat) throw new StalePriceError({ feed: asset, age, heartbeat })
        return {
          source: id,
          asset,
          price: price(load(storage, priceSlot(asset))),
          updatedAt,
          heartbeat,
        }
      })
    },
  }
}
