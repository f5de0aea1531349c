import { InvalidInputError } from '@plimsoll/domain'
import { FEATURES, type Feature, type FeatureContext } from './FEATURES.ts'

const BY_NAME = new Map(FEATURES.map((feature) => [feature.name, feature]))

/** Writes features of contexts as rows of a matrix. */
export type FeatureRows = {
  readonly names: readonly string[]
  /** Row by row, `[contexts, names]`. */
  matrix(contexts: readonly FeatureContext[]): Float32Array
}

/**
 * Creates a writer of the named features, in the order of the names.
 *
 * @throws InvalidInputError on a name that no feature has.
 */
export function createFeatureRows(names: readonly string[]): FeatureRows {
  const features = names.map((name): Feature => {
    const feature = BY_NAME.get(name)
    if (feature === undefined)
      throw new InvalidInputError({
        field: 'feature',
        found: name,
        allowed: FEATURES.map((each) => each.name).join(', '),
      })
    return feature
  })
  return {
    names,
    matrix(contexts) {
      const out = new Float32Array(contexts.length * features.length)
      let at = 0
      for (const context of contexts)
        for (const feature of features) out[at++] = feature.value(context)
      return out
    },
  }
}
