import { syntheticCrash } from '@plimsoll/devnet'
import type { AssetId, ForecastSource, PricePoint } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { onPathClock } from './onPathClock.ts'

const path = syntheticCrash({ seed: 1 })
const BEGAN = 1_767_225_914_000 // chain's clock at the first frame [ms]
const first = path.frames[0]!.at * 1_000

/** A source that keeps what it is asked, and forecasts as of the last price. */
function listening() {
  const heard: ReadonlyMap<AssetId, readonly PricePoint[]>[] = []
  const source: ForecastSource = {
    name: 'listening',
    async forecastAll(prices) {
      heard.push(new Map([...prices].map(([asset, points]) => [asset, [...points]])))
      const made = [...prices].map(([asset, points]) => ({
        asset,
        model: 'listening',
        at: points.at(-1)!.at,
        horizons: [],
      }))
      return { made, missing: [], degraded: null, shadows: made.slice(0, 1) }
    },
  }
  return { heard, source }
}

test('default: prices come at the path’s times, forecasts go back at the chain’s', async () => {
  const { heard, source } = listening()
  const moved = onPathClock(source, path)
  const points = [{ at: BEGAN, price: 2_000 }]
  await moved.forecastAll(new Map([['ETH', points]]))
  points.push({ at: BEGAN + 300_000, price: 1_990 })
  const round = await moved.forecastAll(new Map([['ETH', points]]))
  expect(heard.at(-1)!.get('ETH')).toEqual([
    { at: first, price: 2_000 },
    { at: first + 300_000, price: 1_990 },
  ])
  expect(round.made[0]!.at).toBe(BEGAN + 300_000)
  expect(round.shadows[0]!.at).toBe(BEGAN + 300_000)
})

test('behavior: a frame that took a few blocks more counts at its own time', async () => {
  const { heard, source } = listening()
  const points = [
    { at: BEGAN, price: 2_000 },
    { at: BEGAN + 306_000, price: 1_990 },
    { at: BEGAN + 600_000, price: 1_980 },
  ]
  await onPathClock(source, path).forecastAll(new Map([['ETH', points]]))
  expect(heard[0]!.get('ETH')!.map(({ at }) => at - first)).toEqual([0, 300_000, 600_000])
})
