import { expect, test } from 'vitest'
import { benchProbability } from '../../bench/index.ts'

test('default', () => {
  let ms = 0
  const bench = benchProbability({
    now: () => {
      ms += 400 // each pass takes as long by this clock
      return ms
    },
  })
  expect(bench).toEqual({ mixturePerSecond: 1_280, formPerSecond: 1_280 })
})
