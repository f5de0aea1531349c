import { createJsonReader, type JsonReader } from '../model/JsonReader.ts'
import { modelId } from '../model/loadModel.ts'
import type { Manifest } from '../model/Manifest.ts'
import type { Batch } from '../session/protocol.ts'

/** Recorded inputs and outputs of a graph. */
export type Golden = {
  readonly batch: Batch
  /** By output, flat. */
  readonly outputs: ReadonlyMap<string, Float32Array>
}

/**
 * Parses a model's `golden.json`: `{"features": [[…]], "bars": [[[…]]]?, "outputs": {"logvar": [[…]], …}}`.
 *
 * @throws ModelContractError when it does not fit the manifest.
 */
export function parseGolden(found: unknown, manifest: Manifest): Golden {
  const reader = createJsonReader(modelId(manifest), 'golden', found)
  const fields = manifest.bars
    ? reader.object('features', 'bars', 'outputs')
    : { ...reader.object('features', 'outputs'), bars: null }
  const rows = fields.features.list()
  const width = manifest.features.length
  for (const row of rows)
    if (row.numbers().length !== width) row.fail(`${width} numbers, one for each feature`)
  const outputs = new Map<string, Float32Array>()
  const names =
    manifest.quantiles === null
      ? (['logvar'] as const)
      : (['logvar', 'qret', 'qmin', 'qmax'] as const)
  const recorded = fields.outputs.object(...names)
  for (const name of names) outputs.set(name, flat(recorded[name]))
  return {
    batch: {
      rows: rows.length,
      features: flat(fields.features),
      bars: fields.bars === null ? null : flat(fields.bars),
    },
    outputs,
  }
}

/** Numbers of nested lists, in order. */
function flat(reader: JsonReader): Float32Array {
  const out: number[] = []
  const walk = (each: JsonReader, depth: number): void => {
    if (depth > 4) each.fail('at most four nested lists')
    for (const item of each.list())
      if (item.isList()) walk(item, depth + 1)
      else out.push(item.number())
  }
  walk(reader, 0)
  return Float32Array.from(out)
}
