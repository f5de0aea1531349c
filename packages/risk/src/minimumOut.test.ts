import { InvalidInputError } from '@plimsoll/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minimumOut, type SwapSetting, swapSlack, virtualReserve } from './minimumOut.ts'

const RUNS = { seed: 20_200_312, numRuns: 500 } as const

/** $10M a side, 0.3 %: RISK.md H1 calls $30k safe. */
const pool = {
  reserveUsd: 10_000_000,
  fee: 0.003,
  gasUsd: 0,
  sigmaBlock: null,
  cap: 0.005,
} as const

describe('default', () => {
  test('behavior: up to f·R no slack can be sandwiched, the cap decides', () => {
    expect(swapSlack({ ...pool, valueUsd: 29_900 })).toEqual({
      slack: 0.005,
      bound: 'cap',
      slices: 1,
    })
  })

  test('behavior: beyond f·R slack is what the attacker’s gas pays for', () => {
    const { slack, bound, slices } = swapSlack({ ...pool, valueUsd: 100_000, gasUsd: 20 })
    expect(bound).toBe('sandwich')
    expect(slack).toBeCloseTo(20 / (100_000 * 1.005 ** 2 - 30_000), 9)
    expect(slices).toBe(4)
  })

  test('behavior: a quiet market asks for less than the cap', () => {
    const { slack, bound } = swapSlack({ ...pool, valueUsd: 1_000, sigmaBlock: 0.0004 })
    expect(bound).toBe('movement')
    expect(slack).toBeCloseTo(2 * 0.0004 + 0.0015 + 0.0005, 12)
  })

  test('behavior: a pool of unknown size gets what gas pays for', () => {
    expect(swapSlack({ ...pool, reserveUsd: 0, valueUsd: 1_000 }).slack).toBe(0)
    expect(swapSlack({ ...pool, reserveUsd: 0, valueUsd: 0 }).slack).toBe(0.005)
  })

  test('behavior: the least output rounds up', () => {
    expect(minimumOut({ ...pool, valueUsd: 1, amountOut: 1_000n }).minOut).toBe(995n)
    expect(minimumOut({ ...pool, valueUsd: 1, amountOut: 1_001n }).minOut).toBe(996n)
  })
})

/** Even over the range: plain doubles are nearly all tiny. */
const even = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((step) => min + ((max - min) * step) / 1_000_000)

const setting: fc.Arbitrary<SwapSetting> = fc.record({
  valueUsd: fc.oneof(even(0, 1e5), even(0, 1e7)),
  reserveUsd: fc.oneof(even(1e3, 1e6), even(1e6, 1e9)),
  fee: fc.constantFrom(0, 0.0001, 0.0005, 0.003, 0.01),
  gasUsd: even(0, 500),
  sigmaBlock: fc.option(even(0, 0.02)),
  cap: fc.constantFrom(0.005, 0.015, 0.03),
})

test('property: never above the quote, never below the cap', () => {
  fc.assert(
    fc.property(setting, fc.bigInt({ min: 0n, max: 10n ** 27n }), (each, amountOut) => {
      const { minOut, slack } = minimumOut({ ...each, amountOut })
      const cap = (amountOut * BigInt(each.cap * 1e12)) / 10n ** 12n
      expect(minOut <= amountOut).toBe(true)
      expect(minOut >= amountOut - cap).toBe(true)
      expect(slack >= 0 && slack <= each.cap).toBe(true)
    }),
    RUNS,
  )
})

/** Profit of buying `front` before a victim who sells `value` of the other side, and selling it all after. [USD] */
function sandwich(p: { reserve: number; fee: number; value: number; front: number }) {
  const keep = 1 - p.fee
  const out = (reserveIn: number, reserveOut: number, amount: number) =>
    (reserveOut * amount * keep) / (reserveIn + amount * keep)
  const quoted = out(p.reserve, p.reserve, p.value)
  let [x, y] = [p.reserve, p.reserve]
  const bought = out(x, y, p.front)
  ;[x, y] = [x + p.front * keep, y - bought] // fees stay outside, as in Uniswap v3
  const received = out(x, y, p.value)
  ;[x, y] = [x + p.value * keep, y - received]
  return { profit: out(y, x, bought) - p.front, slack: 1 - received / quoted }
}

/** Best profit of an attacker who may use up `slack`. [USD] */
function bestSandwich(p: { reserve: number; fee: number; value: number; slack: number }): number {
  let [low, high] = [0, p.reserve]
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2
    if (sandwich({ ...p, front: middle }).slack <= p.slack) low = middle
    else high = middle
  }
  let best = 0
  for (let i = 1; i <= 50; i++)
    best = Math.max(best, sandwich({ ...p, front: (low * i) / 50 }).profit)
  return best
}

test('property: no sandwich on a constant-product pool earns more than its gas', () => {
  let bound = 0
  fc.assert(
    fc.property(setting, (each) => {
      const value = Math.min(each.valueUsd, each.reserveUsd / 5)
      const { slack, bound: why } = swapSlack({ ...each, valueUsd: value })
      if (why === 'sandwich') bound++
      const reserve = each.reserveUsd
      const profit = bestSandwich({ reserve, fee: each.fee, value, slack })
      expect(profit).toBeLessThanOrEqual(each.gasUsd * (1 + 1e-6) + reserve * 1e-12)
    }),
    RUNS,
  )
  expect(bound).toBeGreaterThan(50)
})

test('behavior: the simulated attacker does earn where the bound is not kept', () => {
  const open = { reserve: 10_000_000, fee: 0.003, value: 300_000, slack: 0.01 }
  expect(bestSandwich(open)).toBeGreaterThan(2_000)
  expect(bestSandwich({ ...open, value: 25_000 })).toBe(0)
})

test('property: the virtual reserve is never more than the pool holds', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e3, max: 1e9, noNaN: true }), (reserve) => {
      const down = reserve * (1 / Math.sqrt(0.99) - 1)
      const up = reserve * (Math.sqrt(1.01) - 1)
      for (const depth of [down, up]) {
        expect(virtualReserve(depth)).toBeLessThanOrEqual(reserve)
        expect(virtualReserve(depth)).toBeGreaterThan(reserve * 0.98)
      }
    }),
    RUNS,
  )
})

test('error: InvalidInputError', () => {
  for (const change of [
    { valueUsd: Number.NaN },
    { valueUsd: -1 },
    { reserveUsd: -1 },
    { fee: 1.5 },
    { gasUsd: Number.POSITIVE_INFINITY },
    { sigmaBlock: -0.1 },
    { cap: 2 },
  ])
    expect(() => swapSlack({ ...pool, valueUsd: 1, ...change })).toThrow(InvalidInputError)
  expect(() => minimumOut({ ...pool, valueUsd: 1, amountOut: -1n })).toThrow(InvalidInputError)
})
