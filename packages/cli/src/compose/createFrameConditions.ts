import { type AssetId, type Frame, numberFromUsd } from '@plimsoll/domain'
import type { ConditionsSource, MarketConditions } from '@plimsoll/governor'

const DAY = 86_400
/** Pools report five minutes. [s] */
const WINDOW = 300
/** Half-lives of what counts as now, and of what counts as usual. [s] */
const RECENT = 1_800
const USUAL = DAY
/** Volatility of a day that a large collateral has in the long run: where the usual one starts from. */
const LONG_RUN = 0.04

type Seen = {
  readonly at: number
  readonly price: number
  /** Variance of a day. */
  readonly recent: number
  readonly usual: number
  /** Five minutes of all pools; null until one of them traded. [USD] */
  readonly volume: number | null
}

/** Conditions of markets as an agent's own frames tell them, where no feed of bars does. */
export type FrameConditions = {
  /** Looks at a frame; to be called for each, in order. */
  observe(frame: Frame): void
  readonly source: ConditionsSource
}

/** Volume of an asset over the last five minutes; null where it is not known. [USD] */
export type RecentVolume = (asset: AssetId, frame: Frame) => number | null

/**
 * Creates conditions out of frames: squared log returns of market prices weighted by age, and volumes as those of a day.
 *
 * Others' liquidations are not seen here: `othersFlow` is 0.
 *
 * @param volumeOf - What the pools of the frame report unless given.
 */
export function createFrameConditions(volumeOf: RecentVolume = pooledVolume): FrameConditions {
  const seen = new Map<AssetId, Seen>()
  return {
    observe(frame) {
      const at = Number(frame.block.timestamp)
      for (const [asset, price] of frame.marketPrices) {
        if (!(price > 0)) continue
        const volume = volumeOf(asset, frame)
        const before = seen.get(asset)
        if (before === undefined) {
          seen.set(asset, { at, price, recent: LONG_RUN ** 2, usual: LONG_RUN ** 2, volume })
          continue
        }
        const seconds = at - before.at
        if (seconds <= 0) continue
        const square = (Math.log(price / before.price) ** 2 * DAY) / seconds
        const blend = (old: number, value: number, halfLife: number): number =>
          value + (old - value) * 2 ** (-seconds / halfLife)
        seen.set(asset, {
          at,
          price,
          recent: blend(before.recent, square, RECENT),
          usual: blend(before.usual, square, USUAL),
          volume:
            before.volume === null || volume === null
              ? (volume ?? before.volume)
              : blend(before.volume, volume, USUAL),
        })
      }
    },
    source(asset): MarketConditions | null {
      const known = seen.get(asset)
      if (known === undefined || known.volume === null) return null
      return {
        at: BigInt(known.at),
        dailyVolume: (known.volume * DAY) / WINDOW,
        dailyVolatility: Math.sqrt(known.usual),
        recentVolatility: Math.sqrt(known.recent),
        othersFlow: 0,
      }
    },
  }
}

/** What all pools of an asset traded; null where none did. */
function pooledVolume(asset: AssetId, { depth }: Frame): number | null {
  let sum = 0
  for (const reading of depth) if (reading.asset === asset) sum += numberFromUsd(reading.volume5m)
  return sum > 0 ? sum : null
}
