import { FEATURES } from '../features/FEATURES.ts'
import { createJsonReader } from '../model/JsonReader.ts'
import type { LinearModel } from './fitLinear.ts'

const KNOWN = new Set(FEATURES.map(({ name }) => name))

/**
 * Parses the weights of a regression, `linear.json` of its folder.
 *
 * @throws ModelContractError when a field is missing, misspelt or does not fit the features.
 */
export function parseLinear(found: unknown, model: string): LinearModel {
  const fields = createJsonReader(model, 'linear', found).object(
    'name',
    'version',
    'features',
    'horizons',
  )
  const features = fields.features.list().map((item) => {
    const name = item.text()
    return KNOWN.has(name)
      ? name
      : item.fail('a feature that `plimsoll model features --list` prints')
  })
  return {
    name: fields.name.text(),
    version: fields.version.text(),
    features,
    horizons: fields.horizons.list().map((item) => {
      const { ms, intercept, weights } = item.object('ms', 'intercept', 'weights')
      const list = weights.numbers()
      if (list.length !== features.length)
        weights.fail(`${features.length} numbers, one for each feature`)
      return { ms: ms.number(), intercept: intercept.number(), weights: list }
    }),
  }
}
