import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { quietPast } from './quietPast.ts'
import type { Candle } from './readCandles.ts'

const UNTIL = 1_700_000_100
const past = (seed: number, days = 60) =>
  quietPast({ seed, days, until: UNTIL, end: { ETH: 2_000, BTC: 40_000 } })
const returns = (bars: readonly Candle[]) => bars.map(({ open, close }) => Math.log(close / open))
const yearly = (bars: readonly Candle[]): number =>
  Math.sqrt((returns(bars).reduce((sum, r) => sum + r * r, 0) / bars.length) * 365 * 288)

test('default: bars on a grid that end at the prices asked for, the same for the same seed', () => {
  const { ETH, BTC } = past(7)
  expect([ETH.length, BTC.length]).toEqual([60 * 288, 60 * 288])
  expect(ETH.at(-1)!.at).toBe(UNTIL - 300)
  expect(new Set(ETH.slice(1).map(({ at }, i) => at - ETH[i]!.at))).toEqual(new Set([300]))
  expect(ETH.at(-1)!.close).toBeCloseTo(2_000, 6)
  expect(BTC.at(-1)!.close).toBeCloseTo(40_000, 6)
  expect(past(7)).toEqual({ ETH, BTC })
  expect(past(8)).not.toEqual({ ETH, BTC })
})

test('behavior: about 50 % and 45 % a year, correlated, livelier in the afternoon than at night', () => {
  const seeds = [1, 2, 3, 4].map((seed) => past(seed))
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  expect(mean(seeds.map(({ ETH }) => yearly(ETH)))).toBeCloseTo(0.5, 1)
  expect(
    mean(seeds.map(({ BTC }) => yearly(BTC))) / mean(seeds.map(({ ETH }) => yearly(ETH))),
  ).toBeCloseTo(0.9, 1)
  for (const { ETH, BTC } of seeds) {
    const [x, y] = [returns(ETH), returns(BTC)]
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * b[i]!, 0)
    expect(dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))).toBeCloseTo(0.8, 1)
    const at = (hour: number) =>
      yearly(ETH.filter((bar) => Math.floor((bar.at % 86_400) / 3_600) === hour))
    expect(at(14)).toBeGreaterThan(1.2 * at(2))
  }
})

test('behavior: highs and lows hold open and close, and their range tells the same variance', () => {
  const { ETH } = past(5)
  let ranges = 0
  for (const { open, high, low, close } of ETH) {
    expect(high).toBeGreaterThanOrEqual(Math.max(open, close))
    expect(low).toBeLessThanOrEqual(Math.min(open, close))
    ranges += Math.log(high / low) ** 2
  }
  const squares = returns(ETH).reduce((sum, r) => sum + r * r, 0)
  expect(ranges / (4 * Math.LN2) / squares).toBeGreaterThan(0.9) // Parkinson (1980)
  expect(ranges / (4 * Math.LN2) / squares).toBeLessThan(1.1)
})

test('error: InvalidInputError', () => {
  const wrong = (change: Partial<Parameters<typeof quietPast>[0]>) => () =>
    quietPast({ seed: 1, days: 1, until: UNTIL, end: { ETH: 1, BTC: 1 }, ...change })
  for (const change of [{ days: 0 }, { days: 1.5 }, { days: 401 }, { until: UNTIL + 1 }])
    expect(wrong(change)).toThrow(InvalidInputError)
})
