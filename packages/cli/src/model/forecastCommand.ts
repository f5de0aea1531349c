import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import {
  type BarModel,
  type BarSums,
  contextsOf,
  createOnnxModel,
  type ForecastRow,
  forecastRow,
  loadModel,
  type Market,
  writeForecasts,
} from '@plimsoll/forecast'
import { createCommand, text } from '../Command.ts'
import { DEFAULT_MODEL } from './DEFAULT_MODEL.ts'
import { barFiles, date, required } from './modelFlags.ts'
import { readAll } from './readBars.ts'

/** Origins of one call. */
const CHUNK = 8_192
/** A batch of hundreds on a busy machine is not a hang. */
const DEADLINE_MS = 60_000

/** Forecasts every origin of one or more assets. */
export async function forecastAll(
  model: BarModel,
  sums: readonly BarSums[],
  market: Market,
  span: { readonly from: number; readonly to: number },
): Promise<readonly ForecastRow[]> {
  const rows: ForecastRow[] = []
  for (const own of sums) {
    const contexts = [...contextsOf(own, market, span)]
    for (let from = 0; from < contexts.length; from += CHUNK) {
      const chunk = contexts.slice(from, from + CHUNK)
      const forecasts = await model.forecast(chunk)
      for (const [k, { time }] of chunk.entries())
        for (const horizon of forecasts[k] ?? [])
          rows.push(forecastRow(own.bars.asset, time, horizon))
    }
  }
  return rows
}

/** Writes forecasts of every hourly origin of a file of bars. */
export const forecastCommand = createCommand({
  name: 'model forecast',
  summary:
    'Forecasts every hourly origin of a file of five-minute bars, of an asset seen before or not.',
  examples: [
    ['plimsoll model forecast --bars LINKUSDT_5m.csv --out link.csv', 'the asset alone'],
    [
      'plimsoll model forecast --bars link.csv --market BTC=btc.csv,ETH=eth.csv --out out.csv',
      'with the market',
    ],
  ],
  flags: {
    bars: barFiles('bars: ts,open,high,low,close,volume[,venue]; the asset by the name or ASSET='),
    market: barFiles('bars of BTC and ETH'),
    model: text('DIR', 'folder of the model (default: vol-quantile)'),
    out: text('FILE', 'where to write the forecasts; stdout if absent'),
    from: date('first origin'),
    to: date('end of the origins, exclusive'),
  },
  async run({ bars, market, model: folder, out, from, to }) {
    const files = await loadModel(folder ?? DEFAULT_MODEL)
    const read = await readAll(
      required('bars', bars, 'a CSV file of five-minute bars'),
      market ?? [],
    )
    const model = await createOnnxModel(files, { deadlineMs: DEADLINE_MS })
    try {
      const rows = await forecastAll(model, read.sums, read.market, {
        from: from ?? Number.NEGATIVE_INFINITY,
        to: to ?? Number.POSITIVE_INFINITY,
      })
      const stream = out === null ? process.stdout : createWriteStream(out)
      for (const line of writeForecasts(rows)) stream.write(line)
      if (out !== null) {
        stream.end()
        await finished(stream)
      }
      console.error(`${files.id}: ${rows.length / files.manifest.horizonsMs.length} origins`)
    } finally {
      await model.close()
    }
  },
})
