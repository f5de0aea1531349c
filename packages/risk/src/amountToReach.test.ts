import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amountAbove, amountToReach } from './amountToReach.ts'

// RISK.md part C: A collateral, D debt, h = LT·A/D, target h'.
const [A, D, LT, target] = [20_000, 12_000, 0.8, 1.6]
const h = (LT * A) / D
const margin = { backing: LT * A, requirement: D }

test('repay: y = D(1 − h/h′)', () => {
  const y = amountToReach({ margin, target, perUnit: { backing: 0, requirement: -1 } })
  expect(y).toBeCloseTo(D * (1 - h / target), 9)
  expect((LT * A) / (D - y!)).toBeCloseTo(target, 12)
})

test('add collateral: x = (h′/h − 1)A', () => {
  const x = amountToReach({ margin, target, perUnit: { backing: LT, requirement: 0 } })
  expect(x).toBeCloseTo((target / h - 1) * A, 9)
  expect((LT * (A + x!)) / D).toBeCloseTo(target, 12)
})

test('deleverage: q = (h′ − h)D / (h′ − LT)', () => {
  const q = amountToReach({ margin, target, perUnit: { backing: -LT, requirement: -1 } })
  expect(q).toBeCloseTo(((target - h) * D) / (target - LT), 9)
  expect((LT * (A - q!)) / (D - q!)).toBeCloseTo(target, 12)
})

test('reduce: Δ = (h′M − E) / (h′m − c)', () => {
  const [E, notional, m, c] = [1_500, 20_000, 0.0625, 0.002]
  const account = { backing: E, requirement: m * notional }
  const x = amountToReach({ margin: account, target: 2, perUnit: { backing: -c, requirement: -m } })
  expect(x).toBeCloseTo((2 * m * notional - E) / (2 * m - c), 9)
  expect((E - c * x!) / (m * (notional - x!))).toBeCloseTo(2, 12)
})

test('behavior: the power per dollar is repay > deleverage > collateral where A > 2D', () => {
  const small = (perUnit: typeof margin) =>
    1 /
    amountToReach({
      margin: { backing: 0.8 * 30_000, requirement: 12_000 },
      target: 2.000_01,
      perUnit,
    })!
  const repay = small({ backing: 0, requirement: -1 })
  const collateral = small({ backing: LT, requirement: 0 })
  const deleverage = small({ backing: -LT, requirement: -1 })
  expect(repay).toBeGreaterThan(deleverage)
  expect(deleverage).toBeGreaterThan(collateral)
  expect(deleverage / repay).toBeCloseTo(1 - 12_000 / 30_000, 4)
})

test('behavior: nothing is needed above the target, nothing helps that lowers health', () => {
  expect(amountToReach({ margin, target: 1.2, perUnit: { backing: 0, requirement: -1 } })).toBe(0)
  // Below LT/h of 1 a sale at a loss digs deeper.
  expect(amountToReach({ margin, target, perUnit: { backing: -1.7, requirement: -1 } })).toBeNull()
})

test('behavior: a donor at or below its floor gives nothing, one without debt gives all', () => {
  const give = { backing: -LT, requirement: 0 }
  expect(amountAbove({ margin, floor: 1.5, perUnit: give })).toBe(0)
  expect(amountAbove({ margin: { backing: 800, requirement: 0 }, floor: 2, perUnit: give })).toBe(
    1_000,
  )
  expect(amountAbove({ margin, floor: 1.2, perUnit: { backing: 0, requirement: 0 } })).toBe(
    Infinity,
  )
})

test('property: the amount lands on the target from either side', () => {
  const positive = fc.double({ min: 1, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(
      positive,
      positive,
      fc.double({ min: 1.01, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 0.95, noNaN: true }),
      (backing, requirement, to, threshold) => {
        const here = { backing, requirement }
        const sell = { backing: -threshold, requirement: -1 }
        const q = amountToReach({ margin: here, target: to, perUnit: sell })
        if (q !== null && q > 0) {
          const gap = backing - threshold * q - to * (requirement - q)
          expect(Math.abs(gap)).toBeLessThan(1e-9 * (backing + to * requirement))
        }
        const take = { backing: -1, requirement: 0 }
        const given = amountAbove({ margin: here, floor: to, perUnit: take })
        expect(backing - given - to * requirement).toBeGreaterThanOrEqual(
          Math.min(0, backing - to * requirement) - 1e-9 * (backing + to * requirement),
        )
      },
    ),
    { seed: 20_200_312, numRuns: 1_000 },
  )
})
