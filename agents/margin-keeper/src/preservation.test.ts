import { expect, test } from 'vitest'
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
