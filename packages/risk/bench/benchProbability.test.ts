import { expect, test } from 'vitest'
import { benchProbability } from './benchProbability.ts'

test('default', () => {
  let ms = 0
  const bench = benchProbability({
    now: () => {
      ms += 400 // each pass takes as long by this clock
      return ms
    },
  })
  expect(bench).toEqual({ mixturePerSecond: 5_120, formPerSecond: 5_120 })
})
