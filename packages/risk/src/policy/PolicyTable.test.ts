import { InvalidInputError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { bandsAt } from './bandsAt.ts'
import { hashPolicyTable } from './hashPolicyTable.ts'
import {
  PolicyTableHashError,
  PolicyTableVersionError,
  parsePolicyTable,
} from './parsePolicyTable.ts'
import { POLICY_AXES, POLICY_WORLD, RISK_TOLERANCES } from './presets.ts'
import { policyTable } from './readyTable.ts'
import { solvePolicy } from './solvePolicy.ts'
import { parametersAt, solveTable } from './solveTable.ts'
import { stressWeight } from './stressWeight.ts'
import { valueAt } from './valueAt.ts'

const axes = {
  ...POLICY_AXES,
  liquidationThreshold: [0.8],
  targetLnHealth: [Math.log(1.2), Math.log(1.6)],
  gasShare: [5e-5],
  sizeShare: [4e-4],
  proportionalCost: [1e-3],
}
const table = solveTable({ tolerance: RISK_TOLERANCES.balanced, axes })
const query = {
  liquidationThreshold: 0.8,
  targetLeverage: 2,
  gasShare: 5e-5,
  sizeShare: 4e-4,
  stress: 0,
}

describe('solveTable', () => {
  test('default: a cell holds what its own problem gives', () => {
    const solved = solvePolicy(
      parametersAt(POLICY_WORLD, RISK_TOLERANCES.balanced, {
        liquidationThreshold: 0.8,
        targetLnHealth: Math.log(1.6),
        gasShare: 5e-5,
        sizeShare: 4e-4,
        proportionalCost: 1e-3,
      }),
    )
    for (const [stress, { bands }] of solved.regimes.entries()) {
      const found = bandsAt(table, { ...query, stress })
      expect(found.deleverBelow).toBeCloseTo(bands.deleverBelow, 3)
      expect(found.deleverTo).toBeCloseTo(bands.deleverTo, 3)
    }
    expect(bandsAt(table, { ...query, stress: 1 }).releverAbove).toBeNull()
  })

  test('behavior: values are shares of equity, counted from the least', () => {
    const { lnHealth, regimes } = solvePolicy(
      parametersAt(POLICY_WORLD, RISK_TOLERANCES.balanced, {
        liquidationThreshold: 0.8,
        targetLnHealth: Math.log(1.6),
        gasShare: 5e-5,
        sizeShare: 4e-4,
        proportionalCost: 1e-3,
      }),
    )
    const value = regimes[1]?.value ?? new Float64Array()
    const [low, high] = [3, 40]
    const expected = (value[low] ?? 0) - (value[high] ?? 0)
    const found =
      valueAt(table, { ...query, stress: 1, lnHealth: lnHealth[low] ?? 0 }) -
      valueAt(table, { ...query, stress: 1, lnHealth: lnHealth[high] ?? 0 })
    expect(expected).toBeGreaterThan(0.01)
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.03)
  })

  test('behavior: the same request gives the same hash', () => {
    expect(solveTable({ tolerance: RISK_TOLERANCES.balanced, axes }).hash).toBe(table.hash)
  })

  test('behavior: progress is told cell by cell', () => {
    const told: number[] = []
    solveTable({ tolerance: RISK_TOLERANCES.balanced, axes }, (solved, cells) => {
      expect(cells).toBe(2)
      told.push(solved)
    })
    expect(told).toEqual([1, 2])
  })
})

describe('parsePolicyTable', () => {
  test('default: what was solved is read back', () => {
    expect(parsePolicyTable(JSON.stringify(table))).toEqual(table)
  })

  test('error: PolicyTableHashError when a number was changed', () => {
    const bands = table.bands.map((place, i) => (i === 3 ? place - 1 : place))
    expect(() => parsePolicyTable({ ...table, bands })).toThrow(PolicyTableHashError)
  })

  test('error: PolicyTableVersionError on another format', () => {
    expect(() => parsePolicyTable({ ...table, version: 2 })).toThrow(PolicyTableVersionError)
  })

  test.each([
    ['not JSON', '{'],
    ['a list', []],
    ['an unknown key', { ...table, colour: 'red' }],
    [
      'a missing key',
      Object.fromEntries(Object.entries(table).filter(([key]) => key !== 'filter')),
    ],
    ['too few values', { ...table, values: table.values.slice(1) }],
    ['a band beyond the grid', { ...table, bands: [2001, ...table.bands.slice(1)] }],
    ['an axis that falls', { ...table, axes: { ...table.axes, gasShare: [2, 1] } }],
    ['a threshold of one', { ...table, axes: { ...table.axes, liquidationThreshold: [1] } }],
    ['a text for a number', { ...table, filter: { ...table.filter, midpoint: '0.8' } }],
    ['no regimes', { ...table, world: { ...table.world, regimes: [] } }],
  ])('error: InvalidInputError on %s', (_, input) => {
    expect(() => parsePolicyTable(input)).toThrow(InvalidInputError)
  })

  test('behavior: keys in another order are the same table', () => {
    const turned = Object.fromEntries(Object.entries(table).toReversed())
    expect(parsePolicyTable(turned).hash).toBe(table.hash)
    expect(hashPolicyTable(table)).toBe(table.hash)
  })
})

test.each(['conservative', 'balanced', 'aggressive'] as const)(
  'behavior: the %s table is sound, and solved in the world and by the axes of today',
  (name) => {
    const ready = policyTable(name)
    expect(ready.tolerance).toEqual(RISK_TOLERANCES[name])
    expect(ready.world).toEqual(POLICY_WORLD)
    expect(ready.axes).toEqual(POLICY_AXES)
  },
)

test('behavior: the ready table is what the solver gives today', () => {
  const pick = {
    liquidationThreshold: [0.85],
    targetLnHealth: [0.2],
    gasShare: [5e-5],
    sizeShare: [2e-3],
    proportionalCost: [1.2e-3],
  }
  const fresh = solveTable({
    tolerance: RISK_TOLERANCES.balanced,
    axes: { ...POLICY_AXES, ...pick },
  })
  const ready = policyTable('balanced')
  let cell = 0
  for (const key of [
    'liquidationThreshold',
    'targetLnHealth',
    'gasShare',
    'sizeShare',
    'proportionalCost',
  ] as const)
    cell = cell * ready.axes[key].length + ready.axes[key].indexOf(pick[key][0] ?? 0)
  const [count, places] = [8, 2 * ready.axes.place.length]
  for (const [found, expected] of [
    [ready.bands.slice(cell * count, (cell + 1) * count), fresh.bands],
    [ready.values.slice(cell * places, (cell + 1) * places), fresh.values],
  ] as const)
    for (const [i, each] of found.entries())
      expect(Math.abs(each - (expected[i] ?? 0))).toBeLessThanOrEqual(2 + 2e-3 * each)
})

describe('stressWeight', () => {
  test('default: one half at the midpoint, rising', () => {
    expect(stressWeight(table.filter.midpoint, table)).toBeCloseTo(0.5, 12)
    expect(stressWeight(0, table)).toBe(0)
    expect(stressWeight(0.4, table)).toBeLessThan(0.05)
    expect(stressWeight(1.4, table)).toBeGreaterThan(0.95)
  })

  test('error: InvalidInputError on what is no volatility', () => {
    for (const volatility of [Number.NaN, -0.1, Infinity])
      expect(() => stressWeight(volatility, table)).toThrow(InvalidInputError)
  })
})

describe('bandsAt', () => {
  test.each([
    ['a leverage that would be liquidated at once', { targetLeverage: 5.1 }],
    ['no leverage', { targetLeverage: 1 }],
    ['a threshold of one', { liquidationThreshold: 1 }],
    ['a weight above one', { stress: 1.1 }],
    ['a negative cost', { gasShare: -1 }],
    ['no number', { sizeShare: Number.NaN }],
  ])('error: InvalidInputError on %s', (_, wrong) => {
    expect(() => bandsAt(table, { ...query, ...wrong })).toThrow(InvalidInputError)
  })
})
