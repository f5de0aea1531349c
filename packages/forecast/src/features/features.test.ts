import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bars } from '../bars/Bars.ts'
import { walkBars } from '../bars/walkBars.ts'
import { contextAt, contextsOf } from './contextsOf.ts'
import { createBarSums, indexAt } from './createBarSums.ts'
import { createFeatureRows } from './createFeatureRows.ts'
import { createTrainingTable } from './createTrainingTable.ts'
import { FEATURES } from './FEATURES.ts'
import { isUsable } from './isUsable.ts'
import { targetAt } from './targetAt.ts'

const DAYS = 80
const walk = (asset: string, seed: number, gaps = 0.01): Bars =>
  walkBars({ asset, seed, length: DAYS * 288, gaps })
const [btc, eth, own] = [walk('BTC', 1), walk('ETH', 2), walk('SOL', 3)]
const sums = createBarSums(own)
const market = { btc: createBarSums(btc), eth: createBarSums(eth) }
const rows = createFeatureRows(FEATURES.map(({ name }) => name))

/** Bars as they were known before an index. */
function cut(bars: Bars, length: number): Bars {
  const part = <T extends Float64Array | Uint8Array>(list: T): T => list.slice(0, length) as T
  return {
    ...bars,
    length,
    present: part(bars.present),
    open: part(bars.open),
    high: part(bars.high),
    low: part(bars.low),
    close: part(bars.close),
    volume: part(bars.volume),
    venue: part(bars.venue),
  }
}

/** Bars whose past before an index is as it was, and whose rest is another. */
function otherFuture(bars: Bars, from: number, seed: number): Bars {
  const other = walkBars({ asset: bars.asset, seed, length: bars.length, sigmaDay: 0.2 })
  const splice = <T extends Float64Array | Uint8Array>(a: T, b: T): T => {
    const out = a.slice() as T
    out.set(b.subarray(from), from)
    return out
  }
  return {
    ...bars,
    present: splice(bars.present, other.present),
    open: splice(bars.open, other.open),
    high: splice(bars.high, other.high),
    low: splice(bars.low, other.low),
    close: splice(bars.close, other.close),
    volume: splice(bars.volume, other.volume),
    venue: splice(bars.venue, other.venue),
  }
}

describe('nothing leaks from the future', { timeout: 60_000 }, () => {
  test('features on truncated history are those on the whole of it, to the last bit', () => {
    const contexts = [...contextsOf(sums, market)]
    for (const context of [contexts[3], contexts[700], contexts.at(-1)]) {
      const { i, time } = context!
      const then = contextAt(
        createBarSums(cut(own, i)),
        { btc: createBarSums(cut(btc, i)), eth: createBarSums(cut(eth, i)) },
        time,
      )
      expect(rows.matrix([then])).toEqual(rows.matrix([context!]))
    }
  })

  test('property: another future changes no feature', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40 * 24, max: DAYS * 24 - 1 }), fc.nat(), (hour, seed) => {
        const i = hour * 12
        const time = own.start + i * 300
        if (!isUsable(sums, i)) return
        const change = (bars: Bars) => createBarSums(otherFuture(bars, i, seed))
        const changed = contextAt(change(own), { btc: change(btc), eth: change(eth) }, time)
        expect(rows.matrix([changed])).toEqual(rows.matrix([contextAt(sums, market, time)]))
      }),
      { numRuns: 4 },
    )
  })
})

describe('behavior', () => {
  test('every feature is finite on every usable origin, with a market and without', () => {
    for (const known of [market, { btc: null, eth: null }]) {
      const matrix = rows.matrix([...contextsOf(sums, known)])
      expect(matrix.length).toBeGreaterThan(1000 * FEATURES.length)
      expect(matrix.every(Number.isFinite)).toBe(true)
    }
  })

  test('an asset that is the market itself, and one without a market, see no market', () => {
    const time = own.start + 60 * 86_400
    const self = contextAt(market.btc, market, time)
    expect([self.btc, self.eth !== null]).toEqual([null, true])
    const columns = FEATURES.flatMap(({ name }, i) => (name.startsWith('btc_') ? [i] : []))
    const row = rows.matrix([self])
    for (const column of columns) expect(row[column]).toBe(0)
  })

  test('realised variance by hand: windows, coverage, returns across a hole', () => {
    const bars = walk('X', 9, 0)
    bars.present[5] = 0
    const x = createBarSums(bars)
    // After a hole the return is the one within the bar.
    expect(x.returns[6]).toBeCloseTo(Math.log(bars.close[6]! / bars.open[6]!), 14)
    expect(x.returns[5]).toBe(0)
    expect(x.returns[7]).toBeCloseTo(Math.log(bars.close[7]! / bars.close[6]!), 14)
    const squares = [3, 4, 5, 6, 7, 8].reduce((sum, i) => sum + x.returns[i]! ** 2, 0)
    expect(x.squares[9]! - x.squares[3]!).toBeCloseTo(squares, 15)
    expect(x.count[9]! - x.count[3]!).toBe(5)
  })

  test('a change of venue: the return is within the bar, prices of the horizon are not compared', () => {
    const bars = walk('X', 9, 0)
    bars.venue.fill(1, 1_000)
    const x = createBarSums({ ...bars, venues: ['a', 'b'] })
    expect(x.returns[1_000]).toBeCloseTo(Math.log(bars.close[1_000]! / bars.open[1_000]!), 14)
    const across = targetAt(x, 996, 1)
    expect(across.rv).toBeGreaterThan(0)
    expect([across.ret, across.min]).toEqual([Number.NaN, Number.NaN])
    expect(targetAt(x, 1_008, 1).ret).toBeCloseTo(
      Math.log(bars.close[1_019]! / bars.close[1_007]!),
      12,
    )
  })

  test('an origin needs most of its last day and some of its last month', () => {
    const bars = walk('X', 4, 0)
    const at = 60 * 288
    expect(isUsable(createBarSums(bars), at)).toBe(true)
    expect(isUsable(createBarSums(bars), 3 * 288)).toBe(false) // three days are not 20 % of thirty
    bars.present.fill(0, at - 32, at)
    expect(isUsable(createBarSums(bars), at)).toBe(false)
  })

  test('the training table is what serving computes', () => {
    const table = createTrainingTable([sums], market)
    const contexts = [...contextsOf(sums, market)]
    expect(table.rows).toBe(contexts.length)
    const at = 777
    const served = rows.matrix([contexts[at]!])
    for (const [j, { name }] of FEATURES.entries())
      expect(Math.fround(table.numbers.get(name)![at]!)).toBe(served[j])
    const { i } = contexts[at]!
    expect(table.numbers.get('rv_4h')![at]).toBe(targetAt(sums, i, 4).rv)
    expect(indexAt(own, table.timestamp[at]!)).toBe(i)
  })
})
