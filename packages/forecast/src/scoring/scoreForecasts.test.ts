import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseForecasts } from './forecastCsv.ts'
import { reliability } from './reliability.ts'
import { BARRIERS, type Score, type TruthRow } from './Scored.ts'
import { barrierChance, pairUp, scoreForecasts } from './scoreForecasts.ts'

// A seeded case and what score.py says about it: three horizons, gaps, a reference with other rows.
const file = (name: string): string =>
  readFileSync(new URL(`../../test/score/${name}`, import.meta.url), 'utf8')
const expected = JSON.parse(file('expected.json')) as {
  readonly full: readonly Record<string, number | string | null>[]
  readonly gaussian: readonly Record<string, number | string | null>[]
  readonly reliability: readonly { n: number; forecast: number | null; observed: number | null }[]
}
const forecasts = parseForecasts(file('forecasts.csv'), 'forecasts.csv')
const reference = parseForecasts(file('reference.csv'), 'reference.csv')
const truths = file('truth.csv')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line): TruthRow => {
    const [timestamp = '', asset = '', horizon = '', rv = '', ret = '', min = ''] = line.split(',')
    const number = (cell: string) => (cell === '' ? Number.NaN : Number(cell))
    return {
      timestamp: Number(timestamp),
      asset,
      hours: Number.parseInt(horizon, 10),
      rv: number(rv),
      ret: number(ret),
      min: number(min),
    }
  })

function agree(scores: readonly Score[], theirs: typeof expected.full): void {
  expect(scores.length).toBe(theirs.length)
  for (const row of theirs) {
    const score = scores.find(
      ({ asset, hours }) => asset === row.asset && `${hours}h` === row.horizon,
    )!
    const pairs: [number, unknown][] = [
      [score.n, row.n],
      [score.qlike, row.qlike],
      [score.mseLog, row.mse_log],
      [score.mseLogRaw, row.mse_log_raw],
      [score.r2Log, row.r2_log],
      [score.bias, row.bias],
      [score.band99, row.band99],
      [score.tail1, row.var1],
      ...BARRIERS.flatMap((barrier, k): [number, unknown][] => {
        const d = Math.round(100 * barrier)
        const found = score.barriers[k]!
        return [
          [found.rate, row[`rate${d}`]],
          [found.mean, row[`pm${d}`]],
          [found.brier, row[`brier${d}`]],
          [found.skill, row[`bss${d}`]],
          [found.logLoss, row[`ll${d}`]],
        ]
      }),
    ]
    if (score.versus !== null)
      pairs.push([score.versus.percent, row['dq%']], [score.versus.t, row.dm_t])
    for (const [ours, other] of pairs)
      if (other === null || other === undefined) expect(ours).toBeNaN()
      else expect(Math.abs(ours - Number(other))).toBeLessThan(1e-6)
  }
}

describe('default: agrees with score.py to 1e-6', () => {
  test('with quantiles, barriers and a reference', () => {
    agree(scoreForecasts({ forecasts, truths, reference }), expected.full)
  })

  test('on the variance alone, by the Gaussian law', () => {
    const bare = forecasts.map((row) => ({ ...row, quantiles: null, barriers: null }))
    agree(scoreForecasts({ forecasts: bare, truths }), expected.gaussian)
  })

  test('in the reliability table', () => {
    const chances = pairUp(forecasts, truths)
      .filter(({ truth }) => truth.hours === 24 && !Number.isNaN(truth.min))
      .map(({ forecast, truth }) => ({
        probability: barrierChance(forecast, 1),
        happened: truth.min <= Math.log(0.95),
      }))
    const bins = reliability(chances)
    const full = bins.filter(({ n }) => n > 0)
    const theirs = expected.reliability.filter(({ n }) => n > 0)
    expect(full.map(({ n }) => n)).toEqual(theirs.map(({ n }) => n))
    for (const [i, { forecast, observed }] of full.entries()) {
      expect(forecast).toBeCloseTo(theirs[i]!.forecast!, 6)
      expect(observed).toBeCloseTo(theirs[i]!.observed!, 6)
    }
  })
})

test('behavior: of two forecasts for one origin the last counts', () => {
  const [first] = forecasts
  const twice = [{ ...first!, variance: 1 }, first!]
  expect(pairUp(twice, truths).map(({ forecast }) => forecast.variance)).toEqual([first!.variance])
})
