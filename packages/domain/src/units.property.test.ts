import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RUNS } from '../test/arbitraries.ts'
import {
  bps,
  numberFromRaw,
  numberFromUsd,
  numberFromWad,
  price,
  RAY,
  rawDown,
  rawFromNumber,
  rawUp,
  ray,
  rayMul,
  usd,
  valueDown,
  valueUp,
  WAD,
  wadFromBps,
  wadFromNumber,
} from './units.ts'

const raw = fc.bigInt({ min: 0n, max: 10n ** 30n })
const decimals = fc.constantFrom(0, 2, 6, 8, 18, 24)
const at = fc.bigInt({ min: 1n, max: 10n ** 24n }).map(price)
const value = fc.bigInt({ min: 0n, max: 10n ** 22n }).map(usd)

describe('property: a position never looks safer than it is', () => {
  test('valueDown ≤ exact ≤ valueUp, less than a unit apart', () => {
    fc.assert(
      fc.property(raw, decimals, at, (amount, d, p) => {
        const scale = 10n ** BigInt(d + 10)
        const [down, up] = [valueDown(amount, d, p), valueUp(amount, d, p)]
        expect(down * scale <= amount * p && amount * p <= up * scale).toBe(true)
        expect(up - down <= 1n).toBe(true)
      }),
      RUNS,
    )
  })

  test('rawDown is worth at most the value, rawUp at least', () => {
    fc.assert(
      fc.property(value, decimals, at, (v, d, p) => {
        expect(valueDown(rawDown(v, d, p), d, p) <= v).toBe(true)
        expect(valueUp(rawUp(v, d, p), d, p) >= v).toBe(true)
      }),
      RUNS,
    )
  })
})

describe('property: round trips', () => {
  test('raw → value → raw loses less than what one unit of value is worth', () => {
    fc.assert(
      fc.property(raw, decimals, at, (amount, d, p) => {
        const slack = 10n ** BigInt(d + 10) / p + 1n
        const back = rawDown(valueDown(amount, d, p), d, p)
        expect(back <= amount && amount - back <= slack).toBe(true)
        const over = rawUp(valueUp(amount, d, p), d, p)
        expect(over >= amount && over - amount <= slack).toBe(true)
      }),
      RUNS,
    )
  })

  test('number → WAD → number keeps all digits a double has', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e20, max: 1e20, noNaN: true }), (x) => {
        const back = numberFromWad(wadFromNumber(x))
        expect(Math.abs(back - x)).toBeLessThanOrEqual(Math.abs(x) * 4e-16 + 1e-18)
      }),
      RUNS,
    )
  })

  test('number → raw never spends more than was meant, within half a WAD unit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.constantFrom(0, 6, 8, 18),
        (x, d) => {
          const back = rawFromNumber(x, d)
          const exact = wadFromNumber(x)
          expect(back * 10n ** BigInt(18 - d) <= exact).toBe(true)
          expect(exact - back * 10n ** BigInt(18 - d) < 10n ** BigInt(18 - d)).toBe(true)
        },
      ),
      RUNS,
    )
  })

  test('raw → number is right to a relative 4e-16', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n }), decimals, (amount, d) => {
        const exact = Number(amount) / 10 ** d
        expect(Math.abs(numberFromRaw(amount, d) - exact)).toBeLessThanOrEqual(exact * 4e-16)
        if (d === 8) expect(numberFromUsd(usd(amount))).toBe(numberFromRaw(amount, 8))
      }),
      RUNS,
    )
  })

  test('bps → WAD is exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000n }), (x) => {
        expect((wadFromBps(bps(x)) * 10_000n) / WAD).toBe(x)
      }),
      RUNS,
    )
  })
})

test('property: rayMul is the product rounded half up', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 36n }),
      fc.bigInt({ min: 0n, max: 10n ** 36n }),
      (a, b) => {
        expect(rayMul(ray(a), ray(b))).toBe((a * b + RAY / 2n) / RAY)
      },
    ),
    RUNS,
  )
})
