import { expect, test } from 'vitest'
import { HOSTILE, simulateBudgets } from '../verify/simulateBudgets.ts'

test('behavior: messages lost and repeated, agents and the store dying: no slot beyond its budget', () => {
  for (const seed of [1, 2, 3]) {
    const outcome = simulateBudgets({ ...HOSTILE, seed, slots: 600, storeDeath: 1 / 300 })
    expect(outcome).toMatchObject({ grantBreaches: 0, tradeBreaches: 0, lateTrades: 0 })
    expect(outcome.storeDeaths).toBeGreaterThan(5)
    expect(outcome.agentDeaths).toBeGreaterThan(5)
    expect(outcome.lost).toBeGreaterThan(1_000)
    expect(outcome.peak).toBe(1) // the budget was wanted in full
  }
})

test('behavior: gathering is worth more than coming first', () => {
  const gathered = simulateBudgets({ ...HOSTILE, slots: 800 })
  const first = simulateBudgets({ ...HOSTILE, gatherTicks: 0, slots: 800 })
  expect(gathered.value).toBeGreaterThan(0.85)
  expect(gathered.value).toBeGreaterThan(first.value)
})
