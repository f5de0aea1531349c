import { type Price, price } from '@plimsoll/domain'
import type { FeedAsset } from '../deployment.ts'
import type { Candle } from './readCandles.ts'

/** The market at one moment. */
export interface PriceFrame {
  /** Seconds since 1970 on the path's own clock; only differences matter to the world. [s] */
  readonly at: number
  readonly prices: Readonly<Record<FeedAsset, Price>>
  /** Traded since the frame before, in whole units of the asset; absent where the source has none. */
  readonly volumes?: Readonly<Partial<Record<FeedAsset, number>>>
}

/** A stretch for which the source has no bars. */
export interface PathGap {
  readonly asset: FeedAsset
  /** Last moment with data before the gap. [s] */
  readonly from: number
  /** First moment with data after it, or the end of the path. [s] */
  readonly to: number
  /** `held`: the last price stands; `hourly`: drawn between hourly opens; `cut`: the path ends where the gap starts. */
  readonly treatment: 'held' | 'hourly' | 'cut'
}

/** Prices over time, as data: the same path can be played on any number of devnets. */
export interface PricePath {
  readonly name: string
  /** At least two, strictly ordered in time. */
  readonly frames: readonly PriceFrame[]
  readonly gaps: readonly PathGap[]
  /** Five-minute bars that end where the path begins, on its clock and in its prices: what models look back on. */
  readonly past?: Readonly<Partial<Record<FeedAsset, readonly Candle[]>>>
}

/** A USD price rounded to the eight decimals that a feed carries. */
export function feedPrice(value: number): Price {
  return price(BigInt(Math.round(value * 1e8)) * 10n ** 10n)
}
