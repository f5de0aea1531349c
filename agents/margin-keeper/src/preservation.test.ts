import { describe, expect, test } from 'vitest'
import { DEFAULT_MARGIN_KEEPER_CONFIG } from './config.ts'
import { NO_PRESERVATION, type Observation, type Preservation, preserve } from './preservation.ts'

const config = DEFAULT_MARGIN_KEEPER_CONFIG.preservation
const HOUR = 3_600n

const seen = (hours: number, equity: number, weakest: number | null = 2): Observation => ({
  time: BigInt(Math.round(hours * 3_600)),
  equity,
  weakest,
})
const after = (...all: readonly Observation[]): Preservation =>
  all.reduce((before, each) => preserve(before, each, config), NO_PRESERVATION)

test('default: calm stays normal', () => {
  expect(after(seen(0, 100), seen(1, 99), seen(2, 98)).mode).toBe('normal')
})

test('behavior: enters at a drawdown of 15 % in 24 hours, not before', () => {
  expect(after(seen(0, 100), seen(1, 85.1)).mode).toBe('normal')
  expect(after(seen(0, 100), seen(1, 85)).mode).toBe('preserving')
})

test('behavior: a fall spread over more than the window is none', () => {
  const slow = Array.from({ length: 60 }, (_, i) => seen(i, 100 - i / 2))
  expect(after(...slow).mode).toBe('normal')
  expect(after(seen(0, 100), seen(25, 80)).mode).toBe('normal')
})

test('behavior: enters when the weakest domain falls below 1.05', () => {
  expect(after(seen(0, 100, 1.05)).mode).toBe('normal')
  expect(after(seen(0, 100, 1.049)).mode).toBe('preserving')
  expect(after(seen(0, 100, null)).mode).toBe('normal')
  expect(after(seen(0, 100, 0)).mode).toBe('preserving')
})

test('behavior: leaves after six clear hours, and not while between enter and exit', () => {
  const fallen = after(seen(0, 100, 1.04))
  const between = preserve(fallen, seen(1, 100, 1.1), config)
  expect(between).toMatchObject({ mode: 'preserving', clearSince: null })
  const clear = preserve(between, seen(2, 100, 1.2), config)
  expect(clear).toMatchObject({ mode: 'preserving', clearSince: 2n * HOUR })
  expect(preserve(clear, seen(7.99, 100, 1.3), config).mode).toBe('preserving')
  expect(preserve(clear, seen(8, 100, 1.3), config).mode).toBe('normal')
})

test('behavior: a relapse starts the clear hours anew', () => {
  const clear = after(seen(0, 100, 1.04), seen(1, 100, 1.3))
  const relapsed = preserve(clear, seen(5, 100, 1.1), config)
  expect(relapsed.clearSince).toBeNull()
  expect(
    preserve(preserve(relapsed, seen(6, 100, 1.3), config), seen(8, 100, 1.3), config),
  ).toMatchObject({ mode: 'preserving', clearSince: 6n * HOUR })
})

test('behavior: a book under water counts as wholly drawn down', () => {
  expect(after(seen(0, 100), seen(1, -5)).mode).toBe('preserving')
  expect(after(seen(0, -5), seen(1, -6)).mode).toBe('preserving')
  expect(after(seen(0, 0, null)).mode).toBe('normal')
})

/** Everything watched and calm. */
const WATCHED = {
  probability24h: 0.001,
  breakers: 'green',
  sigmaRatio: 1,
  forcedVenues: 0,
} as const
const watched = (hours: number, change: Partial<Observation> = {}): Observation => ({
  ...seen(hours, 100),
  ...WATCHED,
  ...change,
})

describe('entries', () => {
  test.for([
    ['P(any) of 5 %', { probability24h: 0.05 }, []],
    ['P(any) above 5 %', { probability24h: 0.0501 }, ['probability']],
    ['an unknown P(any)', { probability24h: null }, []],
    ['no number for P(any)', { probability24h: Number.NaN }, []],
    ['an amber breaker', { breakers: 'amber' }, []],
    ['a red breaker', { breakers: 'red' }, ['breakers']],
    ['unknown breakers', { breakers: null }, []],
    ['one venue in forced reduce', { forcedVenues: 1 }, []],
    ['two venues in forced reduce', { forcedVenues: 2 }, ['forced-venues']],
    ['an unknown number of venues', { forcedVenues: null }, []],
    ['wild volatility', { sigmaRatio: 9 }, []],
    [
      'all at once',
      { probability24h: 1, breakers: 'red', forcedVenues: 3, weakest: 1, equity: 0 },
      ['drawdown', 'health', 'probability', 'breakers', 'forced-venues'],
    ],
  ] as const)('behavior: %s', ([, change, causes]) => {
    const state = after(watched(0), watched(1, change))
    expect(state.causes).toEqual(causes)
    expect(state.mode).toBe(causes.length > 0 ? 'preserving' : 'normal')
  })
})

describe('exit', () => {
  const entered = after(watched(0, { breakers: 'red' }))
  const mode = (change: Partial<Observation>): string => {
    const clear = preserve(entered, watched(1, change), config)
    return preserve(clear, watched(7, change), config).mode
  }

  test.for([
    ['all calm', {}, 'normal'],
    ['P(any) of 1 %', { probability24h: 0.01 }, 'normal'],
    ['P(any) above 1 %', { probability24h: 0.0101 }, 'preserving'],
    ['an amber breaker', { breakers: 'amber' }, 'normal'],
    ['volatility just below 1.5 times its long run', { sigmaRatio: 1.499 }, 'normal'],
    ['volatility of 1.5 times its long run', { sigmaRatio: 1.5 }, 'preserving'],
    ['one venue in forced reduce', { forcedVenues: 1 }, 'preserving'],
    ['an unknown P(any)', { probability24h: null }, 'preserving'],
    ['no number for P(any)', { probability24h: Number.NaN }, 'preserving'],
    ['unknown breakers', { breakers: null }, 'preserving'],
    ['unknown volatility', { sigmaRatio: null }, 'preserving'],
    ['an unknown number of venues', { forcedVenues: null }, 'preserving'],
  ] as const)('behavior: six hours of %s', ([, change, expected]) => {
    expect(mode(change)).toBe(expected)
  })

  test('behavior: a figure that is lost once starts the clear hours anew', () => {
    const lost = [1, 3, 6.9].reduce(
      (before, hours) =>
        preserve(before, watched(hours, hours === 3 ? { probability24h: null } : {}), config),
      entered,
    )
    expect(lost).toMatchObject({ mode: 'preserving', clearSince: 24_840n })
  })

  test('behavior: remembers what called for it until it is left', () => {
    const clear = preserve(entered, watched(1), config)
    expect(clear.causes).toEqual(['breakers'])
    expect(preserve(clear, watched(7), config)).toMatchObject({ mode: 'normal', causes: [] })
  })

  test('behavior: what an agent does not watch has no say', () => {
    const clear = preserve(after(seen(0, 100, 1.04)), seen(1, 100, 1.3), config)
    expect(preserve(clear, seen(7, 100, 1.3), config).mode).toBe('normal')
  })
})

test('behavior: a journal that knows equity and health alone enters and never leaves', () => {
  const unknown = { probability24h: null, breakers: null, sigmaRatio: null, forcedVenues: null }
  const recalled = after(
    { ...seen(0, 100, 1.04), ...unknown },
    ...Array.from({ length: 30 }, (_, i) => ({ ...seen(i + 1, 100, 2), ...unknown })),
  )
  expect(recalled).toMatchObject({ mode: 'preserving', clearSince: null, causes: ['health'] })
  const live = preserve(recalled, watched(31), config)
  expect(preserve(live, watched(36.9), config).mode).toBe('preserving')
  expect(preserve(live, watched(37), config).mode).toBe('normal')
})
