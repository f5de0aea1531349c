import type { FeedAsset } from '../deployment.ts'
import type { PathGap } from './PricePath.ts'
import type { Candle } from './readCandles.ts'

const HOUR = 3_600

/** Opens at every bar's time between `first` and `end`, the missing ones filled. */
export interface FilledSeries {
  /** [s] */
  readonly first: number
  /** Moment after the last bar. [s] */
  readonly end: number
  readonly gaps: readonly PathGap[]
  openAt(time: number): number
  /** Volume of the bars that open from `from` until before `until`; null when one of them is missing. */
  volumeBetween(from: number, until: number): number | null
}

/** Fills what is missing between `from` and `until`: see {@link loadBlackThursday} for the rule. */
export async function fillGaps(p: {
  readonly asset: FeedAsset
  /** Ordered, at least one. */
  readonly candles: readonly Candle[]
  readonly from: number
  readonly until: number
  readonly barSeconds: number
  /** Asked for only when a gap is longer than an hour. */
  readonly hourlyOpens: () => Promise<ReadonlyMap<number, number> | null>
}): Promise<FilledSeries> {
  const { asset, candles, from, until, barSeconds } = p
  const bars = new Map(candles.map((candle) => [candle.at, candle]))
  const opens = new Map(candles.map(({ at, open }) => [at, open]))
  const first = candles[0]?.at ?? until
  const gaps: PathGap[] = first > from ? [{ asset, from, to: first, treatment: 'cut' }] : []
  let end = until
  let at = first
  while (at < end) {
    const bar = bars.get(at)
    if (bar !== undefined) {
      at += barSeconds
      continue
    }
    let to = at
    while (to < until && !bars.has(to)) to += barSeconds
    const gap = { asset, from: at, to }
    const last = bars.get(at - barSeconds)?.close ?? 0
    if (to - at <= HOUR) {
      gaps.push({ ...gap, treatment: 'held' })
      for (let time = at; time < to; time += barSeconds) opens.set(time, last)
    } else {
      const drawn = draw(at, to, barSeconds, await p.hourlyOpens())
      if (drawn === null) end = at
      for (const [time, open] of drawn ?? []) opens.set(time, open)
      gaps.push({ ...gap, treatment: drawn === null ? 'cut' : 'hourly' })
    }
    at = to
  }
  return {
    first,
    end,
    gaps,
    openAt: (time) => opens.get(time) ?? Number.NaN,
    volumeBetween(start, stop) {
      let sum = 0
      for (let time = start; time < stop; time += barSeconds) {
        const bar = bars.get(time)
        if (bar === undefined) return null
        sum += bar.volume
      }
      return sum
    },
  }
}

/** Straight lines, in logarithms, between hourly opens; the last hour stays at its open. Null where an hour is missing. */
function draw(
  from: number,
  to: number,
  step: number,
  hours: ReadonlyMap<number, number> | null,
): readonly (readonly [number, number])[] | null {
  if (hours === null) return null
  const drawn: (readonly [number, number])[] = []
  for (let time = from; time < to; time += step) {
    const hour = time - (time % HOUR)
    const open = hours.get(hour)
    if (open === undefined) return null
    const next = hours.get(hour + HOUR) ?? open
    drawn.push([time, open * (next / open) ** ((time - hour) / HOUR)])
  }
  return drawn
}
