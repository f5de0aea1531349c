import { createFeatureRows } from '../features/createFeatureRows.ts'
import type { FeatureContext } from '../features/FEATURES.ts'
import { HORIZON_HOURS, targetAt } from '../features/targetAt.ts'
import { fitLinear, type LinearModel } from './fitLinear.ts'

/** Corsi's heterogeneous autoregression in logs, from an hour to thirty days. */
export const HAR_FEATURES = ['1h', '4h', '24h', '168h', '720h'].map((span) => `ln_rv_${span}`)

/** HAR with what else is known to matter, its seasonal term by the horizon. */
export const HAR_X_FEATURES: readonly string[] = [
  ...['15m', '1h', '4h', '12h', '24h', '72h', '168h', '720h'].map((span) => `ln_rv_${span}`),
  'falls_24h',
  'jumps_24h',
  'return_1h',
  'return_4h',
  'return_24h',
  'return_168h',
  'largest_1h',
  'high_24h',
  'hour_sin_1',
  'hour_cos_1',
  'hour_sin_2',
  'hour_cos_2',
  'weekend_1h',
  'weekend_24h',
  'season_1h',
  'season_4h',
  'season_24h',
  'btc_known',
  'btc_rv_1h',
  'btc_rv_24h',
  'eth_known',
  'eth_rv_1h',
  'eth_rv_24h',
]

/**
 * Fits a HAR model for every horizon on the pooled contexts.
 *
 * @param p.until - Rows whose horizon ends later are left out. [s]
 * @throws InvalidInputError when there are too few rows.
 */
export function fitHar(p: {
  readonly name: string
  readonly version: string
  readonly features: readonly string[]
  readonly contexts: readonly FeatureContext[]
  readonly until: number
}): LinearModel {
  const rows = createFeatureRows(p.features).matrix(p.contexts)
  return {
    name: p.name,
    version: p.version,
    features: p.features,
    horizons: HORIZON_HOURS.map((hours) => ({
      ms: hours * 3_600_000,
      ...fitLinear({
        rows,
        features: p.features.length,
        variances: Float64Array.from(p.contexts, ({ own, i, time }) =>
          time + hours * 3_600 <= p.until ? targetAt(own, i, hours).rv : Number.NaN,
        ),
      }),
    })),
  }
}
