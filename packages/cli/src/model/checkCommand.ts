import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import { checkModel, loadModel, parseGolden, readJson } from '@plimsoll/forecast'
import { createCommand, text, toggle } from '../Command.ts'
import { required } from './modelFlags.ts'

/** Checks a foreign model, and says what to change. */
export const checkCommand = createCommand({
  name: 'model check',
  summary:
    'Checks a model: contract, hash, recorded outputs, determinism, leakage between rows, units, speed.',
  examples: [
    ['plimsoll model check my-model', 'folder with model.onnx, manifest.json, golden.json'],
    ['plimsoll model check my-model --json', 'for machines'],
  ],
  flags: {
    model: text('DIR', 'folder of the model'),
    json: toggle('print one JSON object'),
  },
  async run({ model, json }) {
    const folder = required('model', model, 'the folder of a model')
    const files = await loadModel(folder)
    const golden = (await exists(join(folder, 'golden.json')))
      ? parseGolden(await readJson(folder, 'golden.json'), files.manifest)
      : null
    const results = await checkModel(files, golden)
    if (json) console.log(JSON.stringify({ type: 'check', model: files.id, results }))
    else
      for (const { name, passed, found, remedy } of results) {
        console.log(`${passed ? '✓' : '✗'} ${name.padEnd(22)}${found}`)
        if (remedy !== '') console.log(`  ${''.padEnd(22)}${remedy}`)
      }
    const failed = results.filter(({ passed }) => !passed)
    if (failed.length > 0)
      throw new InvalidInputError({
        field: files.id,
        found: `failing ${failed.map(({ name }) => name).join(', ')}`,
        allowed: 'a model that passes every check; the lines above say what to change',
      })
  },
})

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )
