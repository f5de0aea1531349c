import { type Action, normalCdf, usd } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { oddsOf } from './oddsOf.ts'

const cost = { slippage: usd(0n), fees: usd(0n), gas: usd(0n) }
const action = (
  probability24h: { readonly before: number; readonly after: number } | null,
): Action => ({
  type: 'deleverage',
  domain: 'lender/owner',
  intents: [],
  settlement: 'atomic',
  flashLoan: null,
  cost,
  healthBefore: 1.1,
  healthAfter: 1.2,
  why: 'test',
  judgement: { benefit: 1, cost: 0, probability24h },
})

test('default: both ends are what the engine said, and between them it falls with health', () => {
  const odds = oddsOf(action({ before: 0.2, after: 0.01 }), null)
  expect(odds(1.1)).toBeCloseTo(0.2, 9)
  expect(odds(1.2)).toBeCloseTo(0.01, 9)
  const between = odds(1.15) ?? Number.NaN
  expect(between).toBeLessThan(0.2)
  expect(between).toBeGreaterThan(0.01)
  expect(odds(1)).toBe(1)
})

test('behavior: without a judgement the reflection of the volatility tells', () => {
  const odds = oddsOf(action(null), 0.05)
  expect(odds(1.1)).toBeCloseTo(2 * normalCdf(-Math.log(1.1) / 0.05), 12)
  expect(odds(0.99)).toBe(1)
})

test('behavior: without either nobody can tell, but for what is liquidable already', () => {
  const odds = oddsOf(action(null), null)
  expect(odds(1.1)).toBeNull()
  expect(odds(1)).toBe(1)
})
