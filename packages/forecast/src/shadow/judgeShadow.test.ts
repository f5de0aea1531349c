import type { Event, Forecast } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { createUniform } from '../bars/walkBars.ts'
import { withLaw } from '../classical/createLinearModel.ts'
import { forecastRow } from '../scoring/forecastRow.ts'
import type { ForecastRow, TruthRow } from '../scoring/Scored.ts'
import { judgeShadow } from './judgeShadow.ts'
import { shadowRows } from './shadowRows.ts'

const HOURS = [1, 4, 24] as const
const uniform = createUniform(5)
const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())

/** Origins whose variance is known to one model and blurred for another. */
function world(origins: number, blur: number) {
  const rows: ForecastRow[] = []
  const blurred: ForecastRow[] = []
  const truths: TruthRow[] = []
  for (let k = 0; k < origins; k++)
    for (const hours of HOURS) {
      const variance = 1e-4 * hours * Math.exp(0.5 * normal())
      const [timestamp, asset] = [1_700_000_400 - (1_700_000_400 % 3_600) + 3_600 * k, 'ETH']
      const made = (v: number) => forecastRow(asset, timestamp, withLaw(hours * 3_600_000, v, null))
      const ret = Math.sqrt(variance) * normal()
      rows.push(made(variance))
      blurred.push(made(variance * Math.exp(blur * normal())))
      truths.push({
        timestamp,
        asset,
        hours,
        rv: variance * Math.exp(0.3 * normal()),
        ret,
        min: Math.min(ret, 0),
      })
    }
  return { rows, blurred, truths }
}

// Gaussian returns seldom leave a band made for markets.
const gate = {
  minOrigins: 500,
  maxWorse: 1,
  t: -1.64,
  band99: [0.975, 1],
  tail1: [0, 0.025],
} as const

describe('judgeShadow', () => {
  const { rows, blurred, truths } = world(900, 0.8)

  test('default: a better candidate passes, with its scores', () => {
    const { passed, against, scores } = judgeShadow({
      candidate: rows,
      acting: blurred,
      truths,
      gate,
    })
    expect(against).toEqual([])
    expect(passed).toBe(true)
    for (const { versus } of scores) expect(versus!.t).toBeLessThan(-1.64)
  })

  test('behavior: a worse one, one like the other, and one seen too shortly are refused, with reasons', () => {
    const worse = judgeShadow({ candidate: blurred, acting: rows, truths, gate })
    expect(worse.passed).toBe(false)
    expect(worse.against.join()).toContain('QLIKE worse by')
    const same = judgeShadow({ candidate: rows, acting: rows, truths, gate })
    expect(same.against).toEqual(['at no horizon better for every asset with t below -1.64'])
    const short = judgeShadow({ candidate: rows.slice(0, 300), acting: blurred, truths, gate })
    expect(short.against.join()).toContain('100 origins scored, at least 500')
    expect(judgeShadow({ candidate: [], acting: rows, truths }).passed).toBe(false)
  })

  test('behavior: a band that holds too little is refused however good the variance is', () => {
    const narrow = rows.map((row) => ({
      ...row,
      quantiles: row.quantiles!.map((q) => q / 3) as unknown as [number, number, number, number],
    }))
    const { against } = judgeShadow({ candidate: narrow, acting: blurred, truths, gate })
    expect(against.join()).toContain('99 % band held')
  })
})

test('shadowRows: what the log says of one model, on full hours', () => {
  const forecast = (model: string, at: number): Forecast => ({
    asset: 'ETH',
    model,
    at,
    horizons: [withLaw(3_600_000, 1e-4, null)],
  })
  const event = (shadow: Forecast, acting: Forecast | null): Event => ({
    type: 'forecast.shadowed',
    agent: 'a',
    at: 0,
    block: 1n,
    shadow,
    acting,
  })
  const hour = 1_700_002_800_000
  const { candidate, acting } = shadowRows(
    [
      event(forecast('new@1', hour), forecast('net@1', hour)),
      event(forecast('new@1', hour + 300_000), forecast('net@1', hour + 300_000)),
      event(forecast('other@1', hour), forecast('net@1', hour)),
      event(forecast('new@1', hour + 3_600_000), null),
    ],
    'new@1',
  )
  expect(candidate.map(({ timestamp }) => timestamp)).toEqual([hour / 1000, hour / 1000 + 3_600])
  expect(acting.map(({ timestamp, hours }) => [timestamp, hours])).toEqual([[hour / 1000, 1]])
})
