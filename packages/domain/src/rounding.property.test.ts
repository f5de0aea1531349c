import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RUNS } from '../test/arbitraries.ts'
import { DivisionByZeroError } from './errors.ts'
import { mulDivDown, mulDivHalfUp, mulDivUp } from './rounding.ts'

const integer = fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n })
const small = fc.bigInt({ min: -50n, max: 50n })
const any = fc.oneof(integer, small)
const divisor = any.filter((c) => c !== 0n)

describe('property', () => {
  test('down is the largest integer not above the exact ratio', () => {
    fc.assert(
      fc.property(any, any, divisor, (a, b, c) => {
        const q = mulDivDown(a, b, c)
        const sign = c > 0n ? 1n : -1n
        expect(q * c * sign <= a * b * sign).toBe(true)
        expect((q + 1n) * c * sign > a * b * sign).toBe(true)
      }),
      RUNS,
    )
  })

  test('up is the smallest integer not below the exact ratio', () => {
    fc.assert(
      fc.property(any, any, divisor, (a, b, c) => {
        const q = mulDivUp(a, b, c)
        const sign = c > 0n ? 1n : -1n
        expect(q * c * sign >= a * b * sign).toBe(true)
        expect((q - 1n) * c * sign < a * b * sign).toBe(true)
      }),
      RUNS,
    )
  })

  test('half up is within half a unit of the exact ratio, a half goes up', () => {
    fc.assert(
      fc.property(any, any, divisor, (a, b, c) => {
        const sign = c > 0n ? 1n : -1n
        const error = 2n * (mulDivHalfUp(a, b, c) * c - a * b) * sign // [half units × |c|]
        expect(error > -(c * sign) && error <= c * sign).toBe(true)
      }),
      RUNS,
    )
  })

  test('all three agree where the division is exact', () => {
    fc.assert(
      fc.property(any, divisor, (q, c) => {
        for (const divide of [mulDivDown, mulDivUp, mulDivHalfUp]) expect(divide(q, c, c)).toBe(q)
      }),
      RUNS,
    )
  })
})

test('default: signs', () => {
  expect([mulDivDown(7n, 1n, 2n), mulDivUp(7n, 1n, 2n), mulDivHalfUp(7n, 1n, 2n)]).toEqual([
    3n,
    4n,
    4n,
  ])
  expect([mulDivDown(-7n, 1n, 2n), mulDivUp(-7n, 1n, 2n), mulDivHalfUp(-7n, 1n, 2n)]).toEqual([
    -4n,
    -3n,
    -3n,
  ])
  expect([mulDivDown(7n, 1n, -2n), mulDivUp(7n, 1n, -2n), mulDivHalfUp(7n, 1n, -2n)]).toEqual([
    -4n,
    -3n,
    -3n,
  ])
})

test('error: DivisionByZeroError', () => {
  for (const divide of [mulDivDown, mulDivUp, mulDivHalfUp])
    expect(() => divide(1n, 1n, 0n)).toThrow(DivisionByZeroError)
})
