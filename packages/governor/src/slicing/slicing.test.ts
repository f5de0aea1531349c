import { InvalidInputError, usd } from '@plimsoll/domain'
import { createRandom } from '@plimsoll/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crossOrders, type FleetOrder } from './crossOrders.ts'
import { scheduleSlices, slicesAgainstSandwich } from './scheduleSlices.ts'

const base = {
  amount: 1_000_000n,
  count: 4,
  from: 100n,
  deadline: 3_700n,
  halfLife: null,
  random: () => 0.5,
}

describe('scheduleSlices', () => {
  test('default: even slices, even gaps where chance is even', () => {
    expect(scheduleSlices(base)).toEqual([
      { at: 819n, amount: 250_000n },
      { at: 1_539n, amount: 250_000n },
      { at: 2_260n, amount: 250_000n },
      { at: 2_979n, amount: 250_000n },
    ])
  })

  test('behavior: with a half-life the first slices are larger, by Almgren and Chriss', () => {
    const slices = scheduleSlices({ ...base, halfLife: 1_800 }) // κT = 2 ln 2
    const remains = (share: number) =>
      Math.sinh(2 * Math.LN2 * (1 - share)) / Math.sinh(2 * Math.LN2)
    expect(Number(slices[0]!.amount) / 1e6).toBeCloseTo(1 - remains(0.25), 5)
    expect(Number(slices[3]!.amount) / 1e6).toBeCloseTo(remains(0.75), 5)
    const slow = scheduleSlices({ ...base, halfLife: 1e12 })
    expect(slow.map(({ amount }) => Number(amount))).toEqual([250_000, 250_000, 250_000, 250_000])
  })

  test('property: adds up, in order, before the deadline, whatever chance does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.bigInt({ min: 0n, max: 10n ** 30n }),
        fc.option(fc.double({ min: 1e-3, max: 1e6, noNaN: true })),
        fc.integer(),
        (count, more, units, halfLife, seed) => {
          const amount = units + BigInt(count)
          const deadline = base.from + BigInt(count + more)
          const random = createRandom(seed)
          const slices = scheduleSlices({
            ...base,
            ...{ amount, count, deadline, halfLife },
            random: random.next,
          })
          expect(slices.reduce((sum, slice) => sum + slice.amount, 0n)).toBe(amount)
          let before = base.from - 1n
          for (const { at, amount: part } of slices) {
            expect(part > 0n && at > before && at < deadline).toBe(true)
            before = at
          }
        },
      ),
    )
  })

  test('behavior: gaps are exponential: the mean of the first is a fifth of the time, and so is its deviation', () => {
    const random = createRandom(1)
    const firsts = Array.from({ length: 4_000 }, () =>
      Number(scheduleSlices({ ...base, random: random.next })[0]!.at - base.from),
    )
    const mean = firsts.reduce((sum, each) => sum + each, 0) / firsts.length
    // The least of four uniform numbers: mean 1/5, standard deviation 0.163.
    expect(mean / 3_600).toBeGreaterThan(0.19)
    expect(mean / 3_600).toBeLessThan(0.21)
    const deviation = Math.sqrt(
      firsts.reduce((sum, each) => sum + (each - mean) ** 2, 0) / firsts.length,
    )
    expect(deviation / 3_600).toBeGreaterThan(0.155)
    expect(deviation / 3_600).toBeLessThan(0.172)
  })

  test('error: InvalidInputError', () => {
    for (const change of [
      { count: 0 },
      { count: 1.5 },
      { amount: 3n },
      { deadline: 103n },
      { deadline: 0n },
      { halfLife: 0 },
    ])
      expect(() => scheduleSlices({ ...base, ...change })).toThrow(InvalidInputError)
  })

  test('slicesAgainstSandwich', () => {
    expect(slicesAgainstSandwich(30_000, 0.003, 1e7)).toBe(1)
    expect(slicesAgainstSandwich(30_001, 0.003, 1e7)).toBe(2)
    expect(slicesAgainstSandwich(1, 0, 1e7)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('crossOrders', () => {
  const order = (id: string, side: 'buy' | 'sell', value: bigint, urgency = 1): FleetOrder => ({
    ...{ id, agent: id, asset: 'ETH', side, urgency },
    value: usd(value),
  })

  test('default: opposite orders meet, the most urgent first', () => {
    const { crosses, rest } = crossOrders([
      order('a', 'sell', 100n, 1),
      order('b', 'sell', 100n, 9),
      order('c', 'buy', 150n),
    ])
    expect(crosses).toEqual([
      { asset: 'ETH', buy: 'c', sell: 'b', value: 100n },
      { asset: 'ETH', buy: 'c', sell: 'a', value: 50n },
    ])
    expect(rest).toEqual([order('a', 'sell', 50n, 1)])
  })

  test('behavior: nobody trades with itself, and assets do not mix', () => {
    const own = [order('a', 'sell', 5n), { ...order('b', 'buy', 5n), agent: 'a' }]
    expect(crossOrders(own)).toEqual({ crosses: [], rest: own })
    const others = [order('a', 'sell', 5n), { ...order('b', 'buy', 5n), asset: 'BTC' }]
    expect(crossOrders(others).crosses).toEqual([])
  })

  test('property: nothing is lost or made, and the market sees one side only', () => {
    const any = fc.array(
      fc.record({
        side: fc.constantFrom('buy' as const, 'sell' as const),
        value: fc.bigInt({ min: 1n, max: 1_000n }),
        urgency: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(any, (drawn) => {
        const orders = drawn.map(({ side, value, urgency }, i) =>
          order(`${i}`, side, value, urgency),
        )
        const { crosses, rest } = crossOrders(orders)
        const sum = (of: readonly { readonly value: bigint }[]) =>
          of.reduce((total, { value }) => total + value, 0n)
        const on = (side: string, of: readonly FleetOrder[]) =>
          sum(of.filter((each) => each.side === side))
        for (const side of ['buy', 'sell'])
          expect(on(side, rest) + sum(crosses)).toBe(on(side, orders))
        expect(on('buy', rest) === 0n || on('sell', rest) === 0n).toBe(true)
      }),
    )
  })
})
