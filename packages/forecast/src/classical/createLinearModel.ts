import type { HorizonForecast } from '@plimsoll/domain'
import type { BarModel } from '../BarModel.ts'
import { createFeatureRows } from '../features/createFeatureRows.ts'
import { createLaw } from '../law/createLaw.ts'
import { STANDARD_LAW } from '../law/STANDARD_LAW.ts'
import type { Calibration, HorizonCalibration } from '../model/Manifest.ts'
import { dot, type LinearModel } from './fitLinear.ts'

/** Variances are kept in this range: a regression knows no bounds of its own. */
const MIN_VARIANCE = 1e-9
const MAX_VARIANCE = 12

/**
 * Creates a model that answers in the process, from a regression's weights.
 *
 * @param calibration - Its law in units of sigma; the standard one without.
 */
export function createLinearModel(
  linear: LinearModel,
  calibration: Calibration | null = null,
): BarModel {
  const rows = createFeatureRows(linear.features)
  return {
    id: `${linear.name}@${linear.version}`,
    horizonsMs: linear.horizons.map(({ ms }) => ms),
    async forecast(contexts) {
      const matrix = rows.matrix(contexts)
      return contexts.map((_, r) =>
        linear.horizons.map(({ ms, intercept, weights }, h) =>
          withLaw(
            ms,
            Math.exp(intercept + dot(weights, matrix, r * linear.features.length)),
            calibration?.horizons[h] ?? null,
          ),
        ),
      )
    },
  }
}

/** A horizon's forecast of which only the variance is known, with a law in units of its sigma. */
export function withLaw(
  ms: number,
  found: number,
  calibration: HorizonCalibration | null,
): HorizonForecast {
  const scaled = found * (calibration?.varianceScale ?? 1)
  const variance = Math.min(MAX_VARIANCE, Math.max(MIN_VARIANCE, scaled))
  const sigma = Math.sqrt(variance)
  const { levels, returns, fall, rise } = calibration?.law ?? STANDARD_LAW.law
  const { fallTail, riseTail } = calibration ?? STANDARD_LAW
  const times = (list: readonly number[]): readonly number[] => list.map((z) => z * sigma)
  return {
    ms,
    variance,
    law: createLaw({
      sigma,
      levels,
      returns: times(returns),
      fall: times(fall),
      rise: times(rise),
      fallTail,
      riseTail,
    }),
  }
}
