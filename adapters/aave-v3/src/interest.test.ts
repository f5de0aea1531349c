import { RAY } from '@plimsoll/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compoundedInterest,
  linearInterest,
  normalizedDebt,
  normalizedIncome,
  percentDiv,
  percentMul,
  rayDiv,
  rayMul,
} from './interest.ts'

const YEAR = 31_536_000n
const rate = fc.bigInt({ min: 0n, max: 3n * RAY })
const seconds = fc.bigInt({ min: 0n, max: 3n * YEAR })

describe('rounding', () => {
  test('default: halves go up, less goes down', () => {
    expect([rayMul(1n, RAY / 2n), rayMul(1n, RAY / 2n - 1n)]).toEqual([1n, 0n])
    expect([rayDiv(1n, 2n * RAY), rayDiv(1n, 2n * RAY + 1n)]).toEqual([1n, 0n])
    expect([percentMul(1n, 5_000n), percentMul(1n, 4_999n)]).toEqual([1n, 0n])
    expect(percentDiv(10_500n, 10_500n)).toBe(10_000n)
  })
})

describe('interest', () => {
  test('default: five per cent over a year', () => {
    const five = RAY / 20n
    expect(linearInterest(five, YEAR)).toBe(RAY + five)
    expect(Number(compoundedInterest(five, YEAR)) / 1e27).toBeCloseTo(Math.exp(0.05), 4)
  })

  test('behavior: the first two seconds skip the higher terms, as the chain does', () => {
    expect(compoundedInterest(RAY, 0n)).toBe(RAY)
    expect(compoundedInterest(RAY, 1n)).toBe(RAY + RAY / YEAR)
    expect(compoundedInterest(RAY, 2n)).toBe(RAY + (2n * RAY) / YEAR + RAY / (YEAR * YEAR))
  })

  test('property: compounding never earns less than simple interest and grows with time', () => {
    fc.assert(
      fc.property(rate, seconds, (r, t) => {
        const compounded = compoundedInterest(r, t)
        expect(compounded >= linearInterest(r, t)).toBe(true)
        expect(compoundedInterest(r, t + 1n) >= compounded).toBe(true)
      }),
    )
  })

  test('property: indexes stand still at the time of their update and never fall after it', () => {
    fc.assert(
      fc.property(rate, seconds, (r, t) => {
        const reserve = {
          liquidityIndex: RAY + 7n,
          liquidityRate: r,
          variableBorrowIndex: RAY + 9n,
          variableBorrowRate: r,
          lastUpdate: 1_000n,
        }
        expect(normalizedIncome(reserve, 1_000n)).toBe(RAY + 7n)
        expect(normalizedDebt(reserve, 1_000n)).toBe(RAY + 9n)
        expect(normalizedIncome(reserve, 1_000n + t) >= RAY + 7n).toBe(true)
        expect(normalizedDebt(reserve, 1_000n + t) >= RAY + 9n).toBe(true)
      }),
    )
  })
})
