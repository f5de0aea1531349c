import { FEATURES } from '../features/FEATURES.ts'
import { createJsonReader, type JsonReader } from './JsonReader.ts'
import type {
  Calibration,
  HorizonCalibration,
  Manifest,
  QuantileLevels,
  StandardLaw,
} from './Manifest.ts'

const KNOWN = new Map(FEATURES.map(({ name, unit }) => [name, unit]))
const HEX = /^[0-9a-f]{64}$/

/**
 * Parses a model's `manifest.json`.
 *
 * @param text - The file as text, or as parsed.
 * @throws ModelContractError when a field is missing, misspelt, unknown or out of range; it names the field.
 */
export function parseManifest(found: unknown, model = 'model'): Manifest {
  const fields = createJsonReader(model, 'manifest', found).object(
    'name',
    'version',
    'description',
    'sha256',
    'opset',
    'lookbackBars',
    'features',
    'bars',
    'horizonsMs',
    'quantiles',
    'training',
    'calibration',
  )
  const horizonsMs = fields.horizonsMs.numbers()
  if (horizonsMs.length === 0 || !isRising([0, ...horizonsMs]))
    fields.horizonsMs.fail('one or more milliseconds above 0, rising')
  const quantiles = fields.quantiles.nullable(readLevels)
  return {
    name: fields.name.text(),
    version: fields.version.text(),
    description: fields.description.text(),
    sha256: pattern(fields.sha256, HEX, '64 hexadecimal digits in lower case'),
    opset: fields.opset.number(),
    lookbackBars: fields.lookbackBars.number(),
    features: readFeatures(fields.features),
    bars: fields.bars.flag(),
    horizonsMs,
    quantiles,
    training: readTraining(fields.training),
    calibration: fields.calibration.nullable((value) =>
      readCalibration(value, horizonsMs.length, quantiles),
    ),
  }
}

function readFeatures(value: JsonReader): Manifest['features'] {
  const list = value.list()
  if (list.length === 0) value.fail('at least one feature')
  const seen = new Set<string>()
  return list.map((item) => {
    const { name: nameField, unit: unitField } = item.object('name', 'unit')
    const [name, unit] = [nameField.text(), unitField.text()]
    const known = KNOWN.get(name)
    if (known === undefined)
      return nameField.fail(`a feature that \`plimsoll model features --list\` prints`)
    if (known !== unit) unitField.fail(`"${known}", the unit of ${name}`)
    if (seen.has(name)) nameField.fail('each feature once')
    seen.add(name)
    return { name, unit }
  })
}

function readLevels(value: JsonReader): QuantileLevels {
  const { returns, excursions } = value.object('returns', 'excursions')
  return { returns: levels(returns, 'rising'), excursions: levels(excursions, 'falling') }
}

function levels(value: JsonReader, order: 'rising' | 'falling'): readonly number[] {
  const list = value.numbers()
  const rising = order === 'rising' ? list : list.toReversed()
  if (list.length < 2 || !isRising([0, ...rising, 1]))
    value.fail(`two or more probabilities between 0 and 1, ${order}`)
  return list
}

function readTraining(value: JsonReader): Manifest['training'] {
  const { assets, from, to, dataSha256 } = value.object('assets', 'from', 'to', 'dataSha256')
  return {
    assets: assets.list().map((asset) => asset.text()),
    from: pattern(from, /^\d{4}-\d{2}-\d{2}/, 'an ISO date'),
    to: pattern(to, /^\d{4}-\d{2}-\d{2}/, 'an ISO date'),
    dataSha256: pattern(dataSha256, HEX, '64 hexadecimal digits in lower case'),
  }
}

function readCalibration(
  value: JsonReader,
  horizons: number,
  quantiles: QuantileLevels | null,
): Calibration {
  const { horizons: field } = value.object('horizons')
  const list = field.list()
  if (list.length !== horizons) field.fail(`one entry for each of the ${horizons} horizons`)
  return { horizons: list.map((item) => readHorizon(item, quantiles)) }
}

function readHorizon(value: JsonReader, quantiles: QuantileLevels | null): HorizonCalibration {
  const fields = value.object('varianceScale', 'law', 'scale', 'fallTail', 'riseTail')
  const law = fields.law.nullable(readLaw)
  if (quantiles === null && law === null)
    fields.law.fail('a law, since the graph has no quantile outputs')
  return {
    varianceScale: positive(fields.varianceScale),
    law,
    scale: fields.scale.nullable((scale) => {
      if (quantiles === null) return scale.fail('null, since the graph has no quantile outputs')
      const { returns, fall, rise } = scale.object('returns', 'fall', 'rise')
      return {
        returns: factors(returns, quantiles.returns.length),
        fall: factors(fall, quantiles.excursions.length),
        rise: factors(rise, quantiles.excursions.length),
      }
    }),
    fallTail: positive(fields.fallTail),
    riseTail: positive(fields.riseTail),
  }
}

function readLaw(value: JsonReader): StandardLaw {
  const fields = value.object('levels', 'returns', 'fall', 'rise')
  const levels = readLevels(fields.levels)
  const rising = (field: JsonReader, length: number, floor: number): readonly number[] => {
    const list = field.numbers()
    if (list.length !== length || !isRising([floor, ...list]))
      field.fail(`${length} rising numbers above ${floor}, one for each level`)
    return list
  }
  return {
    levels,
    returns: rising(fields.returns, levels.returns.length, Number.NEGATIVE_INFINITY),
    fall: rising(fields.fall, levels.excursions.length, 0),
    rise: rising(fields.rise, levels.excursions.length, 0),
  }
}

function factors(value: JsonReader, length: number): readonly number[] {
  const list = value.numbers()
  if (list.length !== length || list.some((factor) => factor <= 0))
    value.fail(`${length} numbers above 0, one for each level`)
  return list
}

const positive = (value: JsonReader): number => {
  const found = value.number()
  return found > 0 ? found : value.fail('a number above 0')
}

const pattern = (value: JsonReader, allowed: RegExp, words: string): string => {
  const found = value.text()
  return allowed.test(found) ? found : value.fail(words)
}

const isRising = (list: readonly number[]): boolean =>
  list.every((value, i) => i === 0 || value > (list[i - 1] ?? Number.NaN))
