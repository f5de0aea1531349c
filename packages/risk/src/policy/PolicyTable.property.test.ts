import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandsAt } from './bandsAt.ts'
import { healthAtLeverage } from './leverage.ts'
import { policyTable } from './readyTable.ts'
import { valueAt } from './valueAt.ts'

const share = fc.integer({ min: 0, max: 10_000 }).map((step) => step / 10_000)
const between = (low: number, high: number) => share.map((x) => low * (high / low) ** x)

const query = fc
  .record({
    liquidationThreshold: share.map((x) => 1 - 0.5 * 0.02 ** x),
    room: between(0.05, 1.3), // ln health at the target
    gasShare: between(1e-8, 1e-2),
    sizeShare: between(1e-7, 1e-1),
    proportionalCost: between(1e-4, 1e-2),
    stress: share,
  })
  .map(({ room, ...rest }) => {
    const health = Math.exp(room)
    return { ...rest, targetLeverage: health / (health - rest.liquidationThreshold) }
  })
const table = fc
  .constantFrom('conservative', 'balanced', 'aggressive')
  .map((name) => policyTable(name as 'balanced'))

test('property: bands are in order: delever below, to, relever to, above', () => {
  fc.assert(
    fc.property(table, query, (table, query) => {
      const { deleverBelow, deleverTo, releverAbove, releverTo } = bandsAt(table, query)
      expect(deleverBelow === null).toBe(deleverTo === null)
      expect(releverAbove === null).toBe(releverTo === null)
      if (deleverBelow !== null && deleverTo !== null) {
        expect(deleverBelow).toBeGreaterThan(0)
        expect(deleverTo).toBeGreaterThan(deleverBelow)
        if (releverAbove !== null && releverTo !== null) {
          expect(releverAbove).toBeGreaterThan(deleverTo)
          expect(releverTo).toBeGreaterThan(deleverBelow)
          expect(releverTo).toBeLessThan(releverAbove)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})

test('property: value is zero or more, and falls from liquidation up to the band', () => {
  fc.assert(
    fc.property(table, query, share, share, (table, query, a, b) => {
      const { deleverBelow } = bandsAt(table, query)
      const top = deleverBelow ?? 0
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map((x) => (x * 1.2 - 0.2) * top)
      const at = (lnHealth = 0) => valueAt(table, { ...query, lnHealth })
      expect(at(high)).toBeGreaterThanOrEqual(0)
      expect(at(low)).toBeGreaterThanOrEqual(at(high) - 2e-6)
    }),
    { numRuns: 2_000 },
  )
})

test('property: a small step in the query is a small step in the answer', () => {
  fc.assert(
    fc.property(table, query, (table, query) => {
      const lnHealth =
        0.5 * Math.log(healthAtLeverage(query.targetLeverage, query.liquidationThreshold))
      const here = valueAt(table, { ...query, lnHealth })
      const there = valueAt(table, {
        ...query,
        gasShare: query.gasShare * 1.0001,
        targetLeverage: 1 + (query.targetLeverage - 1) * 0.99999,
        lnHealth,
      })
      expect(Math.abs(there - here)).toBeLessThan(1e-5 + 0.01 * here)
    }),
    { numRuns: 1_000 },
  )
})
