import { loadModel, parseLinear, readJson } from '@plimsoll/forecast'
import { createCommand, integer, text, toggle } from '../Command.ts'
import { DEFAULT_MODEL, FALLBACK_MODEL } from '../model/DEFAULT_MODEL.ts'
import { benchForecast } from './benchForecast.ts'

/** Measures what serving costs. */
export const benchForecastCommand = createCommand({
  name: 'bench forecast',
  summary:
    'Measures inference, the event loop beside it, and memory over many inferences and swaps.',
  examples: [
    ['plimsoll bench forecast --json', 'the whole of it, a few minutes'],
    ['plimsoll bench forecast --inferences 2000 --swaps 3 --seconds 3', 'a quick look'],
  ],
  flags: {
    model: text('DIR', 'folder of the model (default: vol-quantile)'),
    inferences: integer({ min: 100, max: 10_000_000 }, 100_000, 'batches of 32 rows'),
    swaps: integer({ min: 0, max: 10_000 }, 100, 'swaps of the model'),
    seconds: integer({ min: 1, max: 3_600 }, 20, 'time at a hundred batches a second'),
    json: toggle('print one JSON object'),
  },
  async run({ model, inferences, swaps, seconds, json }) {
    const files = await loadModel(model ?? DEFAULT_MODEL)
    const bench = await benchForecast({
      files,
      fallback: parseLinear(await readJson(FALLBACK_MODEL, 'linear.json'), 'har-x'),
      inferences,
      swaps,
      seconds,
      onProgress: (message) => console.error(message),
    })
    if (json) console.log(JSON.stringify({ type: 'bench', ...bench }))
    else
      for (const [name, value] of Object.entries(bench)) console.log(`${name.padEnd(18)}${value}`)
  },
})
