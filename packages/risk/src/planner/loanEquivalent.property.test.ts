import { createLinearDomain } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lnHealthAt, loanEquivalent, loanSigma, ownHealth } from './loanEquivalent.ts'

const at = (price: number) => new Map([['ETH', price]])
const amount = (min: number, max: number) => fc.double({ min, max, noNaN: true })

/** A long of one ETH per unit, its maintenance margin a share of notional. */
const longOf = (equity: number, size: number, ratio: number) => {
  const backing = { constant: equity - size * 2_000, perToken: new Map([['ETH', size]]) }
  return createLinearDomain({
    id: 'perp',
    venue: 'perp',
    type: 'perp',
    linear: {
      backing,
      requirement: { constant: 0, perToken: new Map([['ETH', ratio * size]]) },
      equity: backing,
      exposure: { constant: 0, perToken: new Map([['ETH', size]]) },
    },
    venuePrices: new Map(),
    liquidation: { closeFactor: 1, fullCloseHealth: null, bonus: 0.01, partial: false },
  })
}

const loanOf = (collateral: number, threshold: number, debt: number) =>
  createLinearDomain({
    id: 'loan',
    venue: 'loan',
    type: 'lending',
    linear: {
      backing: { constant: 0, perToken: new Map([['ETH', collateral * threshold]]) },
      requirement: { constant: debt, perToken: new Map() },
      equity: { constant: -debt, perToken: new Map([['ETH', collateral]]) },
      exposure: { constant: debt, perToken: new Map() },
    },
    venuePrices: new Map(),
    liquidation: { closeFactor: 0.5, fullCloseHealth: 0.95, bonus: 0.05, partial: true },
  })

test('default: a loan is itself', () => {
  const loan = loanEquivalent(loanOf(10, 0.8, 10_000), at(2_000))
  expect(loan).toMatchObject({ assets: 20_000, debt: 10_000, equity: 10_000, leverage: 2 })
  expect(loan?.threshold).toBeCloseTo(0.8, 12)
  expect(loan?.lnHealth).toBeCloseTo(Math.log(1.6), 12)
})

test('behavior: nothing owed, nothing left or no room has no policy', () => {
  expect(loanEquivalent(loanOf(10, 0.8, 0), at(2_000))).toBeNull()
  expect(loanEquivalent(loanOf(10, 0.8, 30_000), at(2_000))).toBeNull()
  expect(loanEquivalent(longOf(5_000, 1, 0.05), at(2_000))).toBeNull() // more equity than notional
})

test('property: a long perp and its loan are liquidated at the same price, and healths translate', () => {
  fc.assert(
    fc.property(amount(0.01, 0.2), amount(1.05, 4), amount(0.3, 1.5), (ratio, cushion, move) => {
      const perp = longOf(2_000 * ratio * cushion, 1, ratio)
      const price = 2_000 * move
      const loan = loanEquivalent(perp, at(price))
      if (loan === null) return
      const health = perp.health(at(price))
      if (health.type !== 'solvent') throw expect.unreachable()
      expect(Math.sign(loan.lnHealth)).toBe(Math.sign(health.lnHealth))
      expect(ownHealth(perp, loan, loan.lnHealth)).toBeCloseTo(Math.exp(health.lnHealth), 6)
    }),
  )
})

test('property: own health rises with that of the loan, and is 1 where it is 1', () => {
  fc.assert(
    fc.property(amount(0.3, 0.99), amount(0, 2), amount(0.001, 1), (threshold, ln, step) => {
      for (const type of ['lending', 'perp'] as const) {
        expect(ownHealth({ type }, { threshold }, ln + step)).toBeGreaterThan(
          ownHealth({ type }, { threshold }, ln),
        )
        expect(ownHealth({ type }, { threshold }, 0)).toBeCloseTo(1, 9)
      }
    }),
  )
})

test('behavior: health at a leverage, and none without debt', () => {
  expect(Math.exp(lnHealthAt(0.8, 2))).toBeCloseTo(1.6, 12)
  expect(lnHealthAt(0.8, 1)).toBe(Number.POSITIVE_INFINITY)
})

test('behavior: volatility of the loan is that of what it moves with', () => {
  const sigma = new Map([['ETH', 0.04]])
  expect(loanSigma(loanOf(10, 0.8, 10_000), at(2_000), sigma)).toBeCloseTo(0.04, 12)
  expect(loanSigma(longOf(500, 1, 0.05), at(2_000), sigma)).toBeCloseTo(0.04, 12)
  expect(loanSigma(loanOf(10, 0.8, 10_000), at(2_000), new Map())).toBeNull()
})
