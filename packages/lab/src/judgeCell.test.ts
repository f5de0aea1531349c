import { expect, test } from 'vitest'
import { createRandom } from './createRandom.ts'
import { judgeCell } from './judgeCell.ts'
import { POLICY_NAMES, STUDY_CELLS, type StudyCell, type StudyCosts } from './policyStudy.ts'

const [cell] = STUDY_CELLS as readonly [StudyCell, ...StudyCell[]]
const random = createRandom(2, 2)
const shock = Float64Array.from({ length: 300 }, () => 0.002 * random.normal())

const costs = (subject: number, tuned: number, common: number): StudyCosts =>
  Object.fromEntries(
    [
      [POLICY_NAMES.subject, subject],
      [POLICY_NAMES.tuned, tuned],
      [POLICY_NAMES.common, common],
    ].map(([name, level]) => {
      const zero = new Float64Array(shock.length)
      const own = shock.map((each) => Number(level) + each + 0.001 * random.normal())
      return [
        name,
        {
          total: own,
          tracking: own,
          trading: zero,
          liquidation: zero,
          liquidations: zero,
          trades: zero,
        },
      ]
    }),
  )

test('default: below both by enough is no miss', () => {
  expect(judgeCell(cell, costs(0.018, 0.024, 0.028), 1).missed).toEqual([])
})

test('behavior: an interval that holds zero is a miss', () => {
  const { missed, againstTuned } = judgeCell(cell, costs(0.018, 0.018, 0.028), 1)
  expect(againstTuned.low).toBeLessThan(0)
  expect(missed).toHaveLength(1)
})

test('behavior: too little below the default thresholds is a miss', () => {
  expect(judgeCell(cell, costs(0.0218, 0.024, 0.028), 1).missed).toHaveLength(1)
  expect(judgeCell(cell, costs(0.03, 0.024, 0.028), 1).missed).toHaveLength(2)
})
