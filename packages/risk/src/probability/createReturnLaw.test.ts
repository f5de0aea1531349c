import { type Forecast, InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { compileLaw } from './compileLaw.ts'
import { createReturnLaw } from './createReturnLaw.ts'
import { volOfVolAt } from './volOfVolAt.ts'

const HOUR_MS = 3_600_000
const forecast = (asset: string, daily: number): Forecast => ({
  asset,
  model: 'test',
  at: 0,
  horizons: [1, 4, 24].map((hours) => ({ ms: hours * HOUR_MS, variance: (daily * hours) / 24 })),
})
const FORECASTS = [forecast('ETH', 2e-3), forecast('SOL', 1e-4)]

test('default', () => {
  const law = createReturnLaw({ assets: ['ETH', 'SOL', 'USDC'], forecasts: FORECASTS })
  expect(law.jumps?.mean).toEqual([-0.02, -0.04, 0])
  expect(law.jumps?.sd).toEqual([0.05, 0.1, 0])
  const jumps = (24 / 365) * (0.02 ** 2 + 0.05 ** 2)
  expect(law.variance[0]?.[2]?.variance).toBeCloseTo(2e-3 - jumps, 12)
  // a quiet asset: jumps may be half of the forecast, no more
  expect(law.variance[1]?.[2]?.variance).toBeCloseTo(5e-5, 12)
  expect(law.variance[2]).toEqual([])
  expect(volOfVolAt(law.volOfVol, 24 * HOUR_MS)).toBeCloseTo(0.8, 1)
  expect(() => compileLaw(law, [HOUR_MS])).not.toThrow()
})

test('behavior: horizons of a forecast in any order', () => {
  const [eth] = FORECASTS
  if (eth === undefined) return
  const turned = { ...eth, horizons: [...eth.horizons].reverse() }
  expect(createReturnLaw({ assets: ['ETH'], forecasts: [turned] })).toEqual(
    createReturnLaw({ assets: ['ETH'], forecasts: [eth] }),
  )
})

test('error: InvalidInputError', () => {
  expect(() => createReturnLaw({ assets: ['BTC'], forecasts: FORECASTS })).toThrow(
    InvalidInputError,
  )
  const misspelt = { correlation: 0.5, correlations: 0.5 }
  expect(() =>
    createReturnLaw({ assets: ['ETH'], forecasts: FORECASTS, config: misspelt }),
  ).toThrow(InvalidInputError)
})
