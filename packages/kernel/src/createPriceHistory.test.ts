import { type Event, type Frame, InvalidInputError, type VolatilityModel } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { createPriceHistory } from './createPriceHistory.ts'

/** Needs two points, and tells how many it was given by its variance. */
const model: VolatilityModel = {
  name: 'counting',
  horizonsMs: [1_000],
  minPoints: 2,
  forecast(asset, points) {
    if (points.some(({ price }) => price <= 0))
      throw new InvalidInputError({ field: 'price', found: 0, allowed: 'above zero' })
    const at = points.at(-1)?.at ?? 0
    return { asset, model: 'counting', at, horizons: [{ ms: 1_000, variance: points.length }] }
  },
}

const frameAt = (seconds: bigint, price: number): Frame =>
  ({ block: { timestamp: seconds }, marketPrices: new Map([['ETH', price]]) }) as unknown as Frame

const observed = (time: bigint, price: number): Event => ({
  type: 'frame.observed',
  agent: 'a',
  at: 0,
  block: 1n,
  owner: '0x0',
  time,
  equity: 0,
  health: [],
  prices: [{ asset: 'ETH', price }],
})

const count = async (history: ReturnType<typeof createPriceHistory>): Promise<number | undefined> =>
  (await history.forecasts(model)).made[0]?.horizons[0]?.variance

test('default: one point per frame, forecast once there are enough', async () => {
  const history = createPriceHistory({ earlier: new Map(), events: [] })
  history.observe(frameAt(10n, 100))
  expect(await history.forecasts(model)).toEqual({
    made: [],
    missing: [{ asset: 'ETH', reason: '1 of 2 prices seen' }],
    degraded: null,
    shadows: [],
  })
  history.observe(frameAt(20n, 101))
  const { made, missing } = await history.forecasts(model)
  expect(missing).toEqual([])
  expect(made[0]).toMatchObject({ asset: 'ETH', at: 20_000 })
})

test('behavior: an asset the model fails on is named, the others are forecast', async () => {
  const history = createPriceHistory({
    earlier: new Map([
      [
        'BAD',
        [
          { at: 1, price: 1 },
          { at: 2, price: 0 },
        ],
      ],
    ]),
    events: [observed(1n, 100), observed(2n, 100)],
  })
  const { made, missing } = await history.forecasts(model)
  expect(made.map(({ asset }) => asset)).toEqual(['ETH'])
  expect(missing).toEqual([{ asset: 'BAD', reason: expect.stringContaining('above zero') }])
})

test('behavior: a frame that is not later than the last point is skipped', async () => {
  const history = createPriceHistory({ earlier: new Map(), events: [] })
  for (const seconds of [10n, 20n, 20n, 15n, 30n]) history.observe(frameAt(seconds, 100))
  expect(await count(history)).toBe(3)
})

test('behavior: earlier prices and the journal come first', async () => {
  const history = createPriceHistory({
    earlier: new Map([
      [
        'ETH',
        [
          { at: 1_000, price: 90 },
          { at: 2_000, price: 91 },
        ],
      ],
    ]),
    events: [
      observed(2n, 91),
      observed(5n, 95),
      { ...observed(6n, 0), type: 'agent.moved', state: 's' } as Event,
    ],
  })
  history.observe(frameAt(9n, 99))
  expect(await count(history)).toBe(4)
})

test('behavior: only the last 2016 points are kept', async () => {
  const history = createPriceHistory({ earlier: new Map(), events: [] })
  for (let i = 0; i < 2_100; i++) history.observe(frameAt(BigInt(i), 100))
  expect(await count(history)).toBe(2_016)
})

test('behavior: without a model nothing is forecast, and nothing is missing', async () => {
  const history = createPriceHistory({ earlier: new Map(), events: [observed(1n, 100)] })
  expect(await history.forecasts(null)).toEqual({
    made: [],
    missing: [],
    degraded: null,
    shadows: [],
  })
})

test('behavior: a source is asked for all assets at once, and what it says is handed on', async () => {
  const history = createPriceHistory({ earlier: new Map(), events: [observed(1n, 100)] })
  const shadow = { asset: 'ETH', model: 'new@1', at: 1_000, horizons: [] }
  const round = await history.forecasts({
    name: 'source',
    forecastAll: async (prices) => ({
      made: [...prices.keys()].map((asset) => ({ ...shadow, asset, model: 'fallback@1' })),
      missing: [],
      degraded: 'late',
      shadows: [shadow],
    }),
  })
  expect(round.made.map(({ asset, model }) => [asset, model])).toEqual([['ETH', 'fallback@1']])
  expect([round.degraded, round.shadows]).toEqual(['late', [shadow]])
})
