import { BARS_PER_HOUR } from '../bars/Bars.ts'
import { dayOfWeek, hourOfDay, isNewYorkSummer, sessionShare, weekendShare } from './calendar.ts'
import { type BarSums, between, FLOOR_PER_BAR, variancePerBar } from './createBarSums.ts'
import { seasonalRatio } from './seasonalRatio.ts'

/** What a feature may look at: bars before `i`, and the clock. */
export type FeatureContext = {
  readonly own: BarSums
  /** Bars before this index are known. */
  readonly i: number
  /** Time of the forecast. [s] */
  readonly time: number
  /** Bars of a market factor with the index of the same time; null where unknown or the asset itself. */
  readonly btc: MarketContext | null
  readonly eth: MarketContext | null
}

type MarketContext = { readonly sums: BarSums; readonly i: number }

/** A number that a model sees. */
export type Feature = {
  readonly name: string
  readonly unit: string
  readonly value: (c: FeatureContext) => number
}

/** Bars in a span by its name. */
export const SPANS = {
  '15m': 3,
  '1h': BARS_PER_HOUR,
  '4h': 4 * BARS_PER_HOUR,
  '12h': 12 * BARS_PER_HOUR,
  '24h': 24 * BARS_PER_HOUR,
  '72h': 72 * BARS_PER_HOUR,
  '168h': 168 * BARS_PER_HOUR,
  '720h': 720 * BARS_PER_HOUR,
} as const

export type Span = keyof typeof SPANS

const DAY_BARS = SPANS['24h']
const HOUR = 3_600

const variance = (sums: BarSums, i: number, span: Span, back = 0): number =>
  variancePerBar(sums, i - back - SPANS[span], i - back)

const logVariance = (sums: BarSums, i: number, span: Span): number =>
  Math.log(variance(sums, i, span))

/** Share of a sum of squares in the realised variance of a span. */
const share = (sums: BarSums, part: Float64Array, i: number, span: Span): number => {
  const whole = between(sums.squares, i - SPANS[span], i)
  return whole > FLOOR_PER_BAR ? between(part, i - SPANS[span], i) / whole : 0.5
}

/** Return of a span in its own standard deviations. */
const standardReturn = (sums: BarSums, i: number, span: Span): number => {
  const squares = between(sums.squares, i - SPANS[span], i)
  const floor = SPANS[span] * FLOOR_PER_BAR
  return between(sums.drift, i - SPANS[span], i) / Math.sqrt(Math.max(squares, floor))
}

/** Log of Parkinson's variance over realised variance. */
const rangeRatio = (sums: BarSums, i: number, span: Span): number => {
  const count = Math.max(1, between(sums.count, i - SPANS[span], i))
  const range = Math.max(FLOOR_PER_BAR, between(sums.ranges, i - SPANS[span], i) / count)
  return Math.log(range / variance(sums, i, span))
}

/** What an hour holds at most, by the index after it, computed once; NaN: not computed. */
type HourExtremes = {
  readonly largest: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
}
const extremesOf = new WeakMap<BarSums, HourExtremes>()

function hourExtremes(sums: BarSums): HourExtremes {
  let found = extremesOf.get(sums)
  if (found === undefined) {
    const empty = (): Float64Array => new Float64Array(sums.bars.length + 1).fill(Number.NaN)
    found = { largest: empty(), high: empty(), low: empty() }
    extremesOf.set(sums, found)
  }
  return found
}

/** Computes what the hour before `to` holds: no return, and infinities for prices, where it has no bar. */
function fillHour(sums: BarSums, hours: HourExtremes, to: number): void {
  const { bars } = sums
  let [most, top, bottom] = [0, 0, Number.POSITIVE_INFINITY]
  for (let k = Math.max(0, to - BARS_PER_HOUR); k < to; k++) {
    most = Math.max(most, Math.abs(sums.returns[k] ?? 0))
    if (bars.present[k] !== 1) continue
    top = Math.max(top, bars.high[k] ?? 0)
    bottom = Math.min(bottom, bars.low[k] ?? bottom)
  }
  hours.largest[to] = most
  hours.high[to] = top
  hours.low[to] = bottom
}

/** Highest number of the hours of a span, or lowest of its low prices. */
function extreme(sums: BarSums, i: number, span: Span, what: keyof HourExtremes): number {
  const hours = hourExtremes(sums)
  let found = what === 'low' ? Number.POSITIVE_INFINITY : 0
  for (let to = i; to > i - SPANS[span] && to > 0; to -= BARS_PER_HOUR) {
    if (Number.isNaN(hours.largest[to])) fillHour(sums, hours, to)
    const value = hours[what][to] ?? found
    found = what === 'low' ? Math.min(found, value) : Math.max(found, value)
  }
  return found
}

/** Log of the largest absolute return of a span over a day's standard deviation of one bar. */
const largest = (sums: BarSums, i: number, span: Span): number =>
  Math.log((extreme(sums, i, span, 'largest') + 1e-5) / Math.sqrt(variance(sums, i, '24h')))

/** Log distance of the last close to the highest or lowest price of a span, in the span's standard deviations. */
const distance = (sums: BarSums, i: number, span: Span, side: 'high' | 'low'): number => {
  const last = sums.lastClose[i] ?? 0
  const price = extreme(sums, i, span, side)
  const known = price > 0 && Number.isFinite(price) ? Math.log(price) : last
  const squares = Math.max(between(sums.squares, i - SPANS[span], i), SPANS[span] * FLOOR_PER_BAR)
  return (
    (last - (side === 'high' ? Math.max(known, last) : Math.min(known, last))) / Math.sqrt(squares)
  )
}

/** Log variance of the hour before each bar, computed once; NaN: not computed. */
const hoursOf = new WeakMap<BarSums, Float64Array>()

/** Log variance per bar of the hour before `to`; infinite where there are too few bars. */
function hourBefore(sums: BarSums, hours: Float64Array, to: number): number {
  const known = hours[to] ?? Number.NaN
  if (!Number.isNaN(known)) return known
  const fits = between(sums.count, to - BARS_PER_HOUR, to) >= 10
  const log = fits
    ? Math.log(variancePerBar(sums, to - BARS_PER_HOUR, to))
    : Number.POSITIVE_INFINITY
  hours[to] = log
  return log
}

/** Standard deviation of the log variance of the hours of a span: how restless volatility is. */
const restlessness = (sums: BarSums, i: number, span: Span): number => {
  const hours = hoursOf.get(sums) ?? new Float64Array(sums.bars.length + 1).fill(Number.NaN)
  hoursOf.set(sums, hours)
  let [n, sum, squares] = [0, 0, 0]
  for (let to = i; to > i - SPANS[span] && to >= BARS_PER_HOUR; to -= BARS_PER_HOUR) {
    const log = hourBefore(sums, hours, to)
    if (log === Number.POSITIVE_INFINITY) continue
    n += 1
    sum += log
    squares += log * log
  }
  return n < 3 ? 1 : Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2))
}

/** Share of the busiest hour in the variance of a span. */
const busiestHour = (sums: BarSums, i: number, span: Span): number => {
  let most = 0
  for (let to = i; to > i - SPANS[span]; to -= BARS_PER_HOUR)
    most = Math.max(most, between(sums.squares, to - BARS_PER_HOUR, to))
  return most / Math.max(between(sums.squares, i - SPANS[span], i), FLOOR_PER_BAR)
}

/** Log of volume per bar in a span over a longer one; 0 where the venue, and so the unit, changed between. */
const volumeRatio = (sums: BarSums, i: number, span: Span, of: Span): number => {
  if (between(sums.switches, i - SPANS[of], i) > 0) return 0
  const perBar = (w: number): number =>
    between(sums.volume, i - w, i) / Math.max(1, between(sums.count, i - w, i))
  const [part, whole] = [perBar(SPANS[span]), perBar(SPANS[of])]
  return whole > 0 ? Math.max(-5, Math.min(5, Math.log(Math.max(part / whole, 1e-3)))) : 0
}

const spans = <T extends Span>(...list: readonly T[]): readonly T[] => list
const wave = (turns: number, order: number, kind: 'sin' | 'cos'): number =>
  Math[kind](2 * Math.PI * order * turns)

const own: readonly Feature[] = [
  ...spans('15m', '1h', '4h', '12h', '24h', '72h', '168h', '720h').map((span) => ({
    name: `ln_rv_${span}`,
    unit: 'ln(variance per bar)',
    value: ({ own, i }: FeatureContext) => logVariance(own, i, span),
  })),
  ...spans('1h', '4h', '24h').map((span) => ({
    name: `falls_${span}`,
    unit: 'share of variance',
    value: ({ own, i }: FeatureContext) => share(own, own.falls, i, span),
  })),
  ...spans('1h', '4h', '24h').map((span) => ({
    name: `jumps_${span}`,
    unit: 'share of variance',
    value: ({ own, i }: FeatureContext) => Math.max(0, 1 - share(own, own.bipower, i, span)),
  })),
  ...spans('1h', '4h', '24h', '168h').map((span) => ({
    name: `return_${span}`,
    unit: 'standard deviations',
    value: ({ own, i }: FeatureContext) => standardReturn(own, i, span),
  })),
  ...spans('15m', '1h', '4h', '24h', '168h').map((span) => ({
    name: `range_${span}`,
    unit: 'ln ratio',
    value: ({ own, i }: FeatureContext) => rangeRatio(own, i, span),
  })),
  ...spans('1h', '24h').map((span) => ({
    name: `largest_${span}`,
    unit: 'ln standard deviations',
    value: ({ own, i }: FeatureContext) => largest(own, i, span),
  })),
  ...(['high', 'low'] as const).map((side) => ({
    name: `${side}_24h`,
    unit: 'standard deviations',
    value: ({ own, i }: FeatureContext) => distance(own, i, '24h', side),
  })),
  ...spans('24h', '168h').map((span) => ({
    name: `restless_${span}`,
    unit: 'standard deviation of ln variance',
    value: ({ own, i }: FeatureContext) => restlessness(own, i, span),
  })),
  {
    name: 'busiest_24h',
    unit: 'share of variance',
    value: ({ own, i }) => busiestHour(own, i, '24h'),
  },
  ...(
    [
      ['15m', '24h'],
      ['1h', '24h'],
      ['4h', '24h'],
      ['24h', '168h'],
    ] as const
  ).map(([span, of]) => ({
    name: `volume_${span}_${of}`,
    unit: 'ln ratio',
    value: ({ own, i }: FeatureContext) => volumeRatio(own, i, span, of),
  })),
]

const yesterday: readonly Feature[] = spans('1h', '4h').map((span) => ({
  name: `yesterday_${span}`,
  unit: 'ln ratio',
  // The same hours a day ago, which the day's variance holds too.
  value: ({ own, i }: FeatureContext) =>
    Math.log(variance(own, i, span, DAY_BARS - SPANS[span]) / variance(own, i, '24h')),
}))

const season: readonly Feature[] = spans('1h', '4h', '24h').flatMap((span) => [
  {
    name: `season_${span}`,
    unit: 'ln ratio',
    value: ({ own, i }: FeatureContext) => seasonalRatio(own, i, SPANS[span], 12),
  },
  {
    name: `season_${span}_long`,
    unit: 'ln ratio',
    value: ({ own, i }: FeatureContext) => seasonalRatio(own, i, SPANS[span], 40),
  },
])

const calendar: readonly Feature[] = [
  ...[1, 2, 3].flatMap((order) =>
    (['sin', 'cos'] as const).map((kind) => ({
      name: `hour_${kind}_${order}`,
      unit: '1',
      value: ({ time }: FeatureContext) => wave(hourOfDay(time) / 24, order, kind),
    })),
  ),
  ...(['sin', 'cos'] as const).map((kind) => ({
    name: `week_${kind}`,
    unit: '1',
    value: ({ time }: FeatureContext) =>
      wave((dayOfWeek(time) + hourOfDay(time) / 24) / 7, 1, kind),
  })),
  ...(
    [
      ['1h', 1],
      ['4h', 4],
      ['24h', 24],
    ] as const
  ).flatMap(([span, hours]) => [
    {
      name: `weekend_${span}`,
      unit: 'share of horizon',
      value: ({ time }: FeatureContext) => weekendShare(time, hours * HOUR),
    },
    {
      name: `session_${span}`,
      unit: 'share of horizon',
      value: ({ time }: FeatureContext) => sessionShare(time, hours * HOUR),
    },
  ]),
  {
    name: 'session_before_4h',
    unit: 'share of span',
    value: ({ time }) => sessionShare(time - 4 * HOUR, 4 * HOUR),
  },
  {
    name: 'weekend_before_24h',
    unit: 'share of span',
    value: ({ time }) => weekendShare(time - 24 * HOUR, 24 * HOUR),
  },
  {
    name: 'new_york_summer',
    unit: '1',
    value: ({ time }) => (isNewYorkSummer(time) ? 1 : 0),
  },
]

/** Features of a market factor: how its variance stands to the asset's own, 0 where it is unknown. */
const marketOf = (key: 'btc' | 'eth'): readonly Feature[] => [
  {
    name: `${key}_known`,
    unit: '1',
    value: (c) => (c[key] === null ? 0 : 1),
  },
  ...spans('15m', '1h', '4h', '24h', '168h').map((span) => ({
    name: `${key}_rv_${span}`,
    unit: "ln ratio to the asset's own",
    value: (c: FeatureContext) => {
      const market = c[key]
      return market === null
        ? 0
        : logVariance(market.sums, market.i, span) - logVariance(c.own, c.i, span)
    },
  })),
  ...spans('1h', '24h').map((span) => ({
    name: `${key}_return_${span}`,
    unit: 'standard deviations',
    value: (c: FeatureContext) => {
      const market = c[key]
      return market === null ? 0 : standardReturn(market.sums, market.i, span)
    },
  })),
  {
    name: `${key}_largest_1h`,
    unit: 'ln standard deviations',
    value: (c) => {
      const market = c[key]
      return market === null ? 0 : largest(market.sums, market.i, '1h')
    },
  },
]

/** Every feature there is, in the order of the training table. A model's manifest names those it sees. */
export const FEATURES: readonly Feature[] = [
  ...own,
  ...yesterday,
  ...season,
  ...calendar,
  ...marketOf('btc'),
  ...marketOf('eth'),
]
