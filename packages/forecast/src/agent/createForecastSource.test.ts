import type { AssetId, PricePoint } from '@plimsoll/domain'
import { afterEach, describe, expect, test } from 'vitest'
import { constantGraph, goodGraph, modelOf, nanGraph } from '../../test/graphs.ts'
import { BAR_SECONDS, type Bars } from '../bars/Bars.ts'
import { walkBars } from '../bars/walkBars.ts'
import { createEwmaBars } from '../classical/createEwmaBars.ts'
import { createEwma } from '../createEwma.ts'
import {
  createForecastSource,
  type ForecastSourceConfig,
  type RunningForecastSource,
} from './createForecastSource.ts'

const HOUR = 3_600_000
const last = createEwma({ version: '1', halfLifeMs: HOUR, minPoints: 3, horizonsMs: [HOUR] })
const walk = (asset: string, seed: number): Bars => walkBars({ asset, seed, length: 40 * 288 })
const earlier = new Map([
  ['BTC', walk('BTC', 1)],
  ['ETH', walk('ETH', 2)],
])
const start = (walk('BTC', 1).start + 40 * 288 * BAR_SECONDS) * 1000

/** A price a minute after the earlier bars, of every asset. */
function prices(
  minutes: number,
  assets: readonly AssetId[] = ['BTC', 'ETH'],
): ReadonlyMap<AssetId, readonly PricePoint[]> {
  return new Map(
    assets.map((asset) => [
      asset,
      Array.from({ length: minutes }, (_, k) => ({
        at: start + k * 60_000,
        price: 100 + Math.sin(k),
      })),
    ]),
  )
}

const running: RunningForecastSource[] = []
afterEach(async () => {
  for (const source of running.splice(0)) await source.close()
}, 60_000)
async function sourceOf(change: Partial<ForecastSourceConfig> = {}) {
  const source = await createForecastSource({
    model: modelOf(goodGraph()),
    fallback: createEwmaBars(),
    last,
    earlier,
    deadlineMs: 20_000,
    ...change,
  })
  running.push(source)
  return source
}

describe('createForecastSource', { timeout: 60_000 }, () => {
  test('default: every asset in one round, as of the last bar that is over', async () => {
    const source = await sourceOf()
    const round = await source.forecastAll(prices(13))
    expect(round.made.map(({ asset, model }) => [asset, model])).toEqual([
      ['BTC', 'small@1'],
      ['ETH', 'small@1'],
    ])
    expect([round.missing, round.degraded]).toEqual([[], null])
    // Twelve minutes in, two bars are over.
    expect(round.made[0]!.at).toBe(start + 600_000)
  })

  test('behavior: between bars the forecast stands, a new bar renews it', async () => {
    const source = await sourceOf()
    const first = await source.forecastAll(prices(13))
    const same = await source.forecastAll(prices(15))
    expect(same.made[0]).toBe(first.made[0])
    const next = await source.forecastAll(prices(17))
    expect(next.made[0]!.at).toBe(start + 900_000)
    expect(next.made[0]!.horizons[0]!.variance).not.toBe(first.made[0]!.horizons[0]!.variance)
  })

  test('behavior: a model that fails degrades to the fallback, and says why', async () => {
    const source = await sourceOf({ model: modelOf(nanGraph()) })
    const { made, degraded } = await source.forecastAll(prices(13))
    expect(made.map(({ model }) => model)).toEqual(['ewma-0.94', 'ewma-0.94'])
    expect(degraded).toContain('NaN')
  })

  test('behavior: too few bars degrade to the last model on prices, for that asset alone', async () => {
    const source = await sourceOf()
    const { made, degraded } = await source.forecastAll(prices(13, ['BTC', 'NEW']))
    expect(made.map(({ asset, model }) => [asset, model])).toEqual([
      ['BTC', 'small@1'],
      ['NEW', 'ewma@1'],
    ])
    expect(degraded).toContain('NEW')
    const bare = await sourceOf({ earlier: new Map() })
    const round = await bare.forecastAll(prices(2))
    expect([round.made, round.missing.map(({ asset }) => asset)]).toEqual([[], ['BTC', 'ETH']])
  })

  test('behavior: a stablecoin is the last model’s by intent: nothing is degraded', async () => {
    const source = await sourceOf({ stable: ['USDC'] })
    const { made, degraded } = await source.forecastAll(prices(13, ['BTC', 'USDC']))
    expect(made.map(({ asset, model }) => [asset, model])).toEqual([
      ['BTC', 'small@1'],
      ['USDC', 'ewma@1'],
    ])
    expect(degraded).toBeNull()
  })

  test('behavior: a model on trial is heard once a bar, a failing one not at all', async () => {
    const source = await sourceOf({
      shadows: [modelOf(constantGraph(-8), { name: 'new' }), modelOf(nanGraph(), { name: 'bad' })],
    })
    const first = await source.forecastAll(prices(13))
    expect(first.shadows.map(({ asset, model }) => [asset, model])).toEqual([
      ['BTC', 'new@1'],
      ['ETH', 'new@1'],
    ])
    expect((await source.forecastAll(prices(14))).shadows).toEqual([])
  })

  test('behavior: a swap acts at once', async () => {
    const source = await sourceOf()
    await source.forecastAll(prices(13))
    await source.swap(modelOf(constantGraph(-8), { name: 'other' }))
    expect((await source.forecastAll(prices(14))).made[0]!.model).toBe('other@1')
  })
})
