import type { HorizonForecast } from '@plimsoll/domain'
import { withLaw } from '../classical/createLinearModel.ts'
import { ModelContractError, ModelOutputError } from '../errors.ts'
import { modelId } from '../model/loadModel.ts'
import type { Manifest } from '../model/Manifest.ts'
import type { RawOutputs, RawTensor } from '../session/protocol.ts'
import { createLaw } from './createLaw.ts'
import { STANDARD_LAW } from './STANDARD_LAW.ts'

/** Variances outside are no forecast of any market: from a still stablecoin to a thirtyfold price in an hour. */
const MIN_LOG_VARIANCE = Math.log(1e-9)
const MAX_LOG_VARIANCE = Math.log(12)
/** An excursion of more standard deviations is no quantile. */
const MAX_SIGMAS = 1e3

/**
 * Turns a graph's outputs into forecasts by row, with the manifest's calibration.
 *
 * @throws ModelOutputError on a number that is not finite or out of range; no row of the batch is used then.
 * @throws ModelContractError when an output is missing or has another shape.
 */
export function readOutputs(
  manifest: Manifest,
  { tensors }: RawOutputs,
  rows: number,
): readonly (readonly HorizonForecast[])[] {
  const model = modelId(manifest)
  const horizons = manifest.horizonsMs.length
  const { quantiles } = manifest
  const take = (name: string, ...sizes: readonly number[]): Reader =>
    createReader(model, name, tensors[name], [rows, ...sizes])
  const logvar = take('logvar', horizons)
  const heads =
    quantiles === null
      ? null
      : {
          levels: quantiles,
          returns: take('qret', horizons, quantiles.returns.length),
          fall: take('qmin', horizons, quantiles.excursions.length),
          rise: take('qmax', horizons, quantiles.excursions.length),
        }
  return Array.from({ length: rows }, (_, row) =>
    manifest.horizonsMs.map((ms, h): HorizonForecast => {
      const at = row * horizons + h
      const raw = logvar(at, row, MIN_LOG_VARIANCE, MAX_LOG_VARIANCE)
      const calibration = manifest.calibration?.horizons[h] ?? null
      if (heads === null) return withLaw(ms, Math.exp(raw), calibration)
      const variance = Math.exp(raw) * (calibration?.varianceScale ?? 1)
      const sigma = Math.exp(raw / 2)
      const { levels } = heads
      const scale = calibration?.scale ?? null
      const read = (
        reader: Reader,
        list: readonly number[],
        unit: number,
        least: number,
        factors: readonly number[] | undefined,
      ) =>
        list.map(
          (_, k) =>
            reader(at * list.length + k, row, least, MAX_SIGMAS) * unit * (factors?.[k] ?? 1),
        )
      return {
        ms,
        variance,
        law: createLaw({
          sigma,
          levels,
          returns: read(heads.returns, levels.returns, 1, -MAX_SIGMAS, scale?.returns),
          fall: read(heads.fall, levels.excursions, sigma, 0, scale?.fall),
          rise: read(heads.rise, levels.excursions, sigma, 0, scale?.rise),
          fallTail: (calibration ?? STANDARD_LAW).fallTail,
          riseTail: (calibration ?? STANDARD_LAW).riseTail,
        }),
      }
    }),
  )
}

/** Number at a flat index, checked. */
type Reader = (index: number, row: number, min: number, max: number) => number

function createReader(
  model: string,
  output: string,
  tensor: RawTensor | undefined,
  dims: readonly number[],
): Reader {
  if (tensor === undefined || tensor.dims.join() !== dims.join())
    throw new ModelContractError({
      model,
      what: `Output "${output}"`,
      found: tensor === undefined ? 'missing' : `[${tensor.dims.join(', ')}]`,
      allowed: `float32 [${dims.join(', ')}]`,
    })
  return (index, row, min, max) => {
    const value = tensor.data[index] ?? Number.NaN
    if (!(value >= min && value <= max))
      throw new ModelOutputError({
        model,
        output,
        row,
        found: String(value),
        allowed: `a finite number from ${min} to ${max}`,
      })
    return value
  }
}
