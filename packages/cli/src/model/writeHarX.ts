import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BarSums,
  contextsOf,
  createFeatureRows,
  createLinearModel,
  exportLinear,
  FEATURES,
  type FeatureContext,
  fitHar,
  HAR_X_FEATURES,
  HORIZON_HOURS,
  type LinearModel,
  type Manifest,
  type Market,
  measureLaw,
  STANDARD_LEVELS,
  targetAt,
} from '@plimsoll/forecast'

const GOLDEN_ROWS = 16

/** Fits HAR-X on every origin before a date and writes its folder: graph, weights, manifest, golden vectors. */
export async function writeHarX(p: {
  readonly sums: readonly BarSums[]
  readonly market: Market
  /** First origin and end of the last horizon. [s] */
  readonly from: number
  readonly until: number
  readonly folder: string
  readonly version: string
}): Promise<{ readonly rows: number }> {
  const span = { from: p.from, to: p.until - 3_600 }
  const contexts = p.sums.flatMap((own) => [...contextsOf(own, p.market, span)])
  const linear = fitHar({
    name: 'har-x',
    version: p.version,
    features: HAR_X_FEATURES,
    contexts,
    until: p.until,
  })
  const onnx = exportLinear(linear)
  const manifest: Manifest = {
    name: linear.name,
    version: linear.version,
    description:
      'Heterogeneous autoregression of log realised variance with seasonal, signed and market terms; least squares.',
    sha256: createHash('sha256').update(onnx).digest('hex'),
    opset: 17,
    lookbackBars: 13 * 2_016,
    features: linear.features.map((name) => ({ name, unit: unitOf(name) })),
    bars: false,
    horizonsMs: linear.horizons.map(({ ms }) => ms),
    quantiles: null,
    training: {
      assets: p.sums.map(({ bars }) => bars.asset),
      from: isoDate(contexts[0]?.time ?? 0),
      to: isoDate(p.until - 3_600),
      dataSha256: hashOf(p.sums),
    },
    calibration: { horizons: await measure(linear, contexts, p.until) },
  }
  await mkdir(p.folder, { recursive: true })
  const write = (file: string, value: unknown): Promise<void> =>
    writeFile(join(p.folder, file), `${JSON.stringify(value, null, 2)}\n`)
  await writeFile(join(p.folder, 'model.onnx'), onnx)
  await write('linear.json', linear)
  await write('manifest.json', manifest)
  await write('golden.json', golden(linear, contexts))
  return { rows: contexts.length }
}

/** The law of what followed in units of the fitted sigma, by horizon. */
async function measure(
  linear: LinearModel,
  contexts: readonly FeatureContext[],
  until: number,
): Promise<NonNullable<Manifest['calibration']>['horizons']> {
  const forecasts = await createLinearModel(linear).forecast(contexts)
  return HORIZON_HOURS.map((hours, h) =>
    measureLaw(
      contexts.flatMap(({ own, i, time }, r) => {
        const variance = forecasts[r]?.[h]?.variance
        return variance === undefined || time + hours * 3_600 > until
          ? []
          : [{ variance, ...targetAt(own, i, hours) }]
      }),
      STANDARD_LEVELS,
    ),
  )
}

/** Recorded inputs and outputs, spread over the history; the outputs as double precision has them. */
function golden(linear: LinearModel, contexts: readonly FeatureContext[]) {
  const step = Math.floor(contexts.length / GOLDEN_ROWS)
  const chosen = Array.from({ length: GOLDEN_ROWS }, (_, k) => contexts[k * step]).filter(
    (context) => context !== undefined,
  )
  const width = linear.features.length
  const matrix = createFeatureRows(linear.features).matrix(chosen)
  const features = chosen.map((_, r) => [...matrix.subarray(r * width, (r + 1) * width)])
  const logvar = features.map((row) =>
    linear.horizons.map(({ intercept, weights }) =>
      weights.reduce((sum, weight, j) => sum + weight * (row[j] ?? 0), intercept),
    ),
  )
  return { features, outputs: { logvar } }
}

const unitOf = (name: string): string => FEATURES.find((each) => each.name === name)?.unit ?? ''

const isoDate = (time: number): string => new Date(time * 1000).toISOString().slice(0, 10)

/** Hash of the closes that were fitted to, by asset. */
function hashOf(sums: readonly BarSums[]): string {
  const hash = createHash('sha256')
  for (const { bars } of sums) hash.update(bars.asset).update(new Uint8Array(bars.close.buffer))
  return hash.digest('hex')
}
