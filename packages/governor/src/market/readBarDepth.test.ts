import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { USDC, WETH } from '../../test/market.ts'
import { type Bar, readBarDepth } from './readBarDepth.ts'

const where = { venue: 'exchange', base: WETH, quote: USDC, fee: 0.001 }
/** A day of bars: 1 million a bar, and a step of 0.2 % up and down by turns. */
const bars: readonly Bar[] = Array.from({ length: 300 }, (_, i) => ({
  at: BigInt(i) * 300n,
  close: 2_000 * (i % 2 === 0 ? 1 : 1.002),
  volume: 1e6,
}))
const now = 299n * 300n

test('default', () => {
  const reading = readBarDepth(where, bars, now)
  const sigma = Math.log(1.002) * Math.sqrt(288)
  expect(Number(reading.volume5m) / 1e8).toBe(1e6)
  // An hour of a day's volume is less than what the law says moves 1 %.
  expect((0.01 / sigma) ** 2 * 288e6).toBeGreaterThan(12e6)
  expect(Number(reading.depthDown) / 1e8).toBeCloseTo(12e6, 0)
  expect(Number(reading.spot) / 1e18).toBeCloseTo(2_004, 9)
})

test('behavior: the law decides where the market is volatile', () => {
  const wild = bars.map((bar, i) => ({ ...bar, close: i % 2 === 0 ? 2_000 : 2_020 }))
  const sigma = Math.log(1.01) * Math.sqrt(288)
  expect(Number(readBarDepth(where, wild, now).depthDown) / 1e8).toBeCloseTo(
    (0.01 / sigma) ** 2 * 288e6,
    -1,
  )
})

test('behavior: bars of the future are not looked at, and old ones close the market', () => {
  const future = [...bars, { at: now + 300n, close: 1, volume: 1e12 }]
  expect(readBarDepth(where, future, now)).toEqual(readBarDepth(where, bars, now))
  expect(readBarDepth(where, bars, now + 600n).volume5m).toBeGreaterThan(0n)
  const stale = readBarDepth(where, bars, now + 601n)
  expect([stale.volume5m, stale.depthDown, stale.depthUp]).toEqual([0n, 0n, 0n])
})

test('behavior: what is no quantity closes the market', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    const broken = bars.map((bar, i) => (i === 299 ? { ...bar, volume: bad } : bar))
    const { volume5m, depthDown } = readBarDepth(where, broken, now)
    expect(volume5m).toBe(0n)
    if (bad !== -1) expect(depthDown).toBe(0n)
  }
})

test('error: InvalidInputError', () => {
  expect(() => readBarDepth(where, bars.slice(0, 288), now)).toThrow(InvalidInputError)
  expect(() => readBarDepth(where, bars, 300n)).toThrow(InvalidInputError)
})
