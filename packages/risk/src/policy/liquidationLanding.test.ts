import { expect, test } from 'vitest'
import { liquidationLanding } from './liquidationLanding.ts'

const rule = { closeFactor: 0.5, fullCloseHealth: 0.95, penalty: 0.06, lossWeight: 1 }

test('default: half of the debt is closed at a penalty', () => {
  const { lnHealth, loss, count } = liquidationLanding(0.99, 0.8, rule)
  // A = 1.2375 D: A' = 1.2375 − 0.53, D' = 0.5; D/E = 0.8 / 0.19.
  expect(Math.exp(lnHealth ?? 0)).toBeCloseTo((0.8 * 0.7075) / 0.5, 12)
  expect(loss).toBeCloseTo((0.06 * 0.5 * 0.8) / 0.19, 12)
  expect(count).toBe(1)
})

test('behavior: below the full-close health nothing is left open', () => {
  const { lnHealth, loss } = liquidationLanding(0.94, 0.8, rule)
  expect(lnHealth).toBeNull()
  expect(loss).toBeCloseTo((0.06 * 0.8) / 0.14, 12)
})

test('behavior: no more than the equity is lost', () => {
  expect(liquidationLanding(0.8, 0.8, rule).loss).toBe(1)
  expect(liquidationLanding(0.995, 0.99, { ...rule, closeFactor: 1 }).loss).toBe(1)
})

test('behavior: a close that leaves health below one is followed by another', () => {
  const harsh = { ...rule, closeFactor: 0.2, penalty: 0.24, fullCloseHealth: 0 }
  const { lnHealth, count } = liquidationLanding(0.97, 0.8, harsh)
  expect(count).toBeGreaterThan(1)
  expect(lnHealth === null || lnHealth >= 0).toBe(true)
})
