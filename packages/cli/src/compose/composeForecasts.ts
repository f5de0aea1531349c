import type { PricePath } from '@plimsoll/devnet'
import type { AssetId } from '@plimsoll/domain'
import {
  barsOfRows,
  createForecastSource,
  createLinearModel,
  loadEwma,
  loadModel,
  loadModelOrReason,
  parseLinear,
  type RunningForecastSource,
  readJson,
} from '@plimsoll/forecast'
import { manifest } from '@plimsoll/model-ewma'
import { FALLBACK_MODEL } from '../model/DEFAULT_MODEL.ts'

/** Days before a replay that its model looks back on: the twelve weeks of its season, and some. */
export const PAST_DAYS = 90
/** A replay waits for its model: what a frame is decided on must not depend on how busy the machine is. */
const PATIENT_MS = 60_000

/**
 * Composes the forecasts of a replay: the model of a folder, HAR-X when it cannot answer and as the model on trial beside it,
 * the EWMA where bars are too few.
 *
 * A folder that cannot be loaded is the round's trouble, never an exception.
 *
 * @param p.past - Bars from before the first price.
 * @param p.stable - What the EWMA forecasts by intent.
 */
export async function composeForecasts(p: {
  readonly model: string
  readonly past: PricePath['past']
  readonly stable: readonly AssetId[]
}): Promise<RunningForecastSource> {
  const [model, regression, linear] = await Promise.all([
    loadModelOrReason({ directory: p.model, name: p.model }),
    loadModel(FALLBACK_MODEL),
    readJson(FALLBACK_MODEL, 'linear.json'),
  ])
  const { id, manifest: fallback } = regression
  return createForecastSource({
    model,
    fallback: createLinearModel(parseLinear(linear, id), fallback.calibration),
    last: loadEwma(manifest),
    shadows: [regression],
    stable: p.stable,
    earlier: new Map(
      Object.entries(p.past ?? {}).map(([asset, rows]) => [asset, barsOfRows(asset, rows)]),
    ),
    deadlineMs: PATIENT_MS,
  })
}
