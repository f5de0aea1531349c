import {
  type AssetId,
  type Event,
  type Forecast,
  type ForecastRound,
  type ForecastSource,
  type Frame,
  type PricePoint,
  reason,
  type VolatilityModel,
} from '@plimsoll/domain'

/** Prices seen so far, by asset: what a volatility model is fed with. */
export type PriceHistory = {
  /** Keeps the frame's market prices at its block's time; what is not later than the last point is skipped. */
  observe(frame: Frame): void
  /** Forecast of every asset, and why an asset has none: defence does not wait for a model. Without a model, nothing. */
  forecasts(model: VolatilityModel | ForecastSource | null): Promise<ForecastRound>
}

/** An asset that the model could not forecast: too few prices yet, or a failure. */
export type MissingForecast = ForecastRound['missing'][number]

/** A week of five-minute bars. */
const MAX_POINTS = 2_016

/**
 * Creates a price history of the last 2016 points of each asset.
 *
 * @param p.earlier - Prices from before the first frame, in order of time.
 * @param p.events - The journal, so that a restart keeps what was seen.
 */
export function createPriceHistory(p: {
  readonly earlier: ReadonlyMap<AssetId, readonly PricePoint[]>
  readonly events: readonly Event[]
}): PriceHistory {
  const history = new Map<AssetId, PricePoint[]>()
  const add = (asset: AssetId, at: number, price: number): void => {
    const points = history.get(asset) ?? []
    if (at <= (points.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) return
    points.push({ at, price })
    if (points.length > MAX_POINTS) points.shift()
    history.set(asset, points)
  }
  for (const [asset, points] of p.earlier) for (const { at, price } of points) add(asset, at, price)
  for (const event of p.events)
    if (event.type === 'frame.observed')
      for (const { asset, price } of event.prices) add(asset, Number(event.time) * 1000, price)

  return {
    observe({ block, marketPrices }) {
      for (const [asset, price] of marketPrices) add(asset, Number(block.timestamp) * 1000, price)
    },
    async forecasts(model) {
      if (model === null) return { made: [], missing: [], degraded: null, shadows: [] }
      return 'forecastAll' in model ? model.forecastAll(history) : oneByOne(model, history)
    },
  }
}

/** A model in this thread, asset after asset. */
function oneByOne(
  model: VolatilityModel,
  history: ReadonlyMap<AssetId, readonly PricePoint[]>,
): ForecastRound {
  const made: Forecast[] = []
  const missing: MissingForecast[] = []
  for (const [asset, points] of history)
    try {
      if (points.length >= model.minPoints) made.push(model.forecast(asset, points))
      else missing.push({ asset, reason: `${points.length} of ${model.minPoints} prices seen` })
    } catch (cause) {
      missing.push({ asset, reason: reason(cause) })
    }
  return { made, missing, degraded: null, shadows: [] }
}
