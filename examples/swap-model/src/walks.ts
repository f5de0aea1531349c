import { type Bars, walkBars } from '@plimsoll/forecast'

/** Days of bars before the story begins, and of the story. */
export const EARLIER_DAYS = 60
export const STORY_DAYS = 20
const SEEDS: readonly (readonly [asset: string, seed: number])[] = [
  ['BTC', 11],
  ['ETH', 12],
  ['LINK', 13],
]

/** Seeded walks with a daily rhythm in place of markets: the example needs no data and no network. */
export const walks = (): readonly Bars[] =>
  SEEDS.map(([asset, seed]) =>
    walkBars({ asset, seed, length: (EARLIER_DAYS + STORY_DAYS) * 288, sigmaDay: 0.04 }),
  )

/** The bars before the story. */
export function before(bars: Bars): Bars {
  const length = EARLIER_DAYS * 288
  const cut = <T extends Uint8Array | Float64Array>(list: T): T => list.slice(0, length) as T
  return {
    ...bars,
    length,
    present: cut(bars.present),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
    venue: cut(bars.venue),
  }
}
