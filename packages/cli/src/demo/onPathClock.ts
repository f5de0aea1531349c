import type { PricePath } from '@plimsoll/devnet'
import type { AssetId, Forecast, ForecastSource, PricePoint } from '@plimsoll/domain'

const SECOND_MS = 1_000

/**
 * Lets a source of forecasts live on the clock of a path: a model knows hours and weekends, and the bars it looks back on are
 * the path's.
 *
 * The first price is the path's first frame; from there both clocks run alike, and a price counts at the frame it came with,
 * however many blocks that frame took. Forecasts come back on the chain's clock.
 */
export function onPathClock(source: ForecastSource, { frames }: PricePath): ForecastSource {
  const times = frames.map(({ at }) => at * SECOND_MS)
  const translated = new Map<AssetId, { seen: number; readonly points: PricePoint[] }>()
  let ahead: number | null = null // chain's clock less the path's. [ms]

  const follow = (asset: AssetId, points: readonly PricePoint[], offset: number): void => {
    const known = translated.get(asset) ?? { seen: Number.NEGATIVE_INFINITY, points: [] }
    for (const { at, price } of points.slice(points.findLastIndex((p) => p.at <= known.seen) + 1)) {
      const time = times.findLast((frame) => frame <= at - offset) ?? at - offset
      known.points.push({ at: time, price })
      known.seen = at
    }
    translated.set(asset, known)
  }

  return {
    name: source.name,
    async forecastAll(prices) {
      const first = [...prices.values()].flatMap(([point]) =>
        point === undefined ? [] : [point.at],
      )
      ahead ??= first.length === 0 ? null : Math.min(...first) - (times[0] ?? 0)
      const offset = ahead ?? 0
      for (const [asset, points] of prices) follow(asset, points, offset)
      const back = (forecast: Forecast): Forecast => ({ ...forecast, at: forecast.at + offset })
      const round = await source.forecastAll(
        new Map([...translated].map(([asset, { points }]) => [asset, points])),
      )
      return { ...round, made: round.made.map(back), shadows: round.shadows.map(back) }
    },
  }
}
