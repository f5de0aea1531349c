import { expect, test } from 'vitest'
import { isImminent } from './isImminent.ts'

const solvent = (lnHealth: number) => ({ type: 'solvent', lnHealth }) as const

test('default: two thirds of a standard deviation over five minutes is the line', () => {
  const sigma24h = 0.24 // 1.41 % in five minutes
  expect(isImminent({ health: solvent(0.0095), sigma24h })).toBe(true)
  expect(isImminent({ health: solvent(0.0096), sigma24h })).toBe(false)
})

test('behavior: without a forecast only what can be liquidated now is imminent', () => {
  expect(isImminent({ health: solvent(1e-9), sigma24h: null })).toBe(false)
  expect(isImminent({ health: solvent(-1e-9), sigma24h: null })).toBe(true)
  expect(isImminent({ health: { type: 'insolvent', shortfall: 1 }, sigma24h: null })).toBe(true)
  expect(isImminent({ health: { type: 'unlevered' }, sigma24h: 9 })).toBe(false)
})
