import { ModelContractError } from '../errors.ts'
import type { ModelFiles } from '../model/loadModel.ts'
import type { Declared } from './protocol.ts'

/** Bars of the input `bars`, and what each shows: log return, log range, absolute return, mask. */
export const BAR_STEPS = 288
export const BAR_CHANNELS = 4

/**
 * Checks what a graph declares against its manifest: names, types and sizes of inputs and outputs.
 *
 * @throws ModelContractError that says which tensor to change.
 */
export function checkDeclared(
  { manifest, id }: Pick<ModelFiles, 'manifest' | 'id'>,
  graph: { readonly inputs: readonly Declared[]; readonly outputs: readonly Declared[] },
): void {
  const fail = (what: string, found: string, allowed: string): never => {
    throw new ModelContractError({ model: id, what, found, allowed })
  }
  const require = (kind: string, list: readonly Declared[], name: string, sizes: number[]) => {
    const tensor = list.find((each) => each.name === name)
    const wanted = `float32 [N, ${sizes.join(', ')}]`
    if (tensor === undefined)
      return fail(`${kind} "${name}"`, `missing (${names(list)})`, `${wanted}; rename it`)
    const fits =
      tensor.type === 'float32' &&
      tensor.shape.length === sizes.length + 1 &&
      typeof tensor.shape[0] !== 'number' &&
      sizes.every((size, i) => {
        const found = tensor.shape[i + 1]
        return typeof found !== 'number' || found === size
      })
    if (!fits) fail(`${kind} "${name}"`, `${tensor.type} [${tensor.shape.join(', ')}]`, wanted)
  }
  const known = ['features', ...(manifest.bars ? ['bars'] : [])]
  for (const { name } of graph.inputs)
    if (!known.includes(name))
      fail(
        `Input "${name}"`,
        'unknown',
        `${known.join(', ')}; normalisation belongs into the graph`,
      )
  require('Input', graph.inputs, 'features', [manifest.features.length])
  if (manifest.bars) require('Input', graph.inputs, 'bars', [BAR_STEPS, BAR_CHANNELS])
  const horizons = manifest.horizonsMs.length
  require('Output', graph.outputs, 'logvar', [horizons])
  const { quantiles } = manifest
  if (quantiles === null) return
  require('Output', graph.outputs, 'qret', [horizons, quantiles.returns.length])
  require('Output', graph.outputs, 'qmin', [horizons, quantiles.excursions.length])
  require('Output', graph.outputs, 'qmax', [horizons, quantiles.excursions.length])
}

const names = (list: readonly Declared[]): string =>
  `there are ${list.map(({ name }) => `"${name}"`).join(', ') || 'none'}`
