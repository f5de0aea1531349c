import { readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  type BarModel,
  createOnnxModel,
  type ForecastRow,
  loadModel,
  parseForecasts,
} from '@plimsoll/forecast'
import { createCommand, text, toggle } from '../Command.ts'
import { classicalModels } from './classicalModels.ts'
import { evaluate, truthsOf } from './evaluate.ts'
import { forecastAll } from './forecastCommand.ts'
import { leaderboard } from './leaderboard.ts'
import { barFiles, date, list } from './modelFlags.ts'
import { givenOrData, readAll, readText } from './readBars.ts'
import { renderEvaluation } from './renderEvaluation.ts'

const DEADLINE_MS = 60_000
/** Origins of the development tail, which models here are trained before. */
const FROM = Date.UTC(2024, 5, 1) / 1000
const TO = Date.UTC(2025, 5, 1) / 1000

/** Scores models against the classical ones on the same origins. */
export const evalCommand = createCommand({
  name: 'model eval',
  summary:
    'Scores models against EWMA, GARCH, HAR and HAR-X fitted before the window, and writes a report.',
  examples: [
    ['plimsoll model eval --model models/vol-quantile', 'on the files in PLIMSOLL_DATA'],
    ['plimsoll model eval --model models/vol-quantile my-model --report report.html', 'two models'],
    [
      'plimsoll model eval --model mine --bars BTC=btc.csv,ETH=eth.csv --from 2025-01-01 --to 2025-06-01',
      'on your own bars',
    ],
  ],
  flags: {
    model: list('DIR…', 'folders of models'),
    bars: barFiles(
      'five-minute bars; BTC and ETH among them are the market (default: PLIMSOLL_DATA)',
    ),
    market: barFiles('BTC and ETH where they are not among the bars'),
    ref: text('DIR', 'folder of forecasts (CSV) of other models, scored as they are'),
    reference: text(
      'NAME',
      'what the others are compared with (default har-x of --ref, or har-x@fitted)',
    ),
    from: date('first origin (default 2024-06-01)'),
    to: date('end of the origins, exclusive (default 2025-06-01)'),
    report: text('FILE', 'HTML report to write'),
    json: toggle('print one JSON object'),
  },
  async run({ model: folders, bars, market, ref, reference, from, to, report, json }) {
    const span = { from: from ?? FROM, to: to ?? TO }
    const files = await Promise.all(folders.map((folder) => loadModel(folder)))
    const read = await readAll(givenOrData(bars), market ?? [])
    const truths = truthsOf(read.sums, span)
    const made = new Map<string, readonly ForecastRow[]>()
    const forecast = async (each: BarModel): Promise<void> => {
      console.error(`forecasting with ${each.id}`)
      made.set(each.id, await forecastAll(each, read.sums, read.market, span))
    }
    for (const each of files) {
      const graph = await createOnnxModel(each, { deadlineMs: DEADLINE_MS })
      try {
        await forecast(graph)
      } finally {
        await graph.close()
      }
    }
    for (const each of classicalModels(read.sums, read.market, span.from)) await forecast(each)
    if (ref !== null)
      for (const file of (await readdir(ref)).sort())
        if (/\.csv(\.gz)?$/.test(file))
          made.set(
            `ref/${basename(file).split('.')[0]}`,
            parseForecasts(await readText(join(ref, file)), file),
          )
    const against = reference ?? [...made.keys()].find((id) => id === 'ref/har_x') ?? 'har-x@fitted'
    const evaluated = [...made].map(([id, rows]) =>
      evaluate({ id, rows, truths, reference: made.get(against) ?? [] }),
    )
    const assets = read.sums.map((own) => own.bars.asset)
    const main = assets.filter((asset) => asset === 'BTC' || asset === 'ETH')
    const board = leaderboard(evaluated, main.length > 0 ? main : assets, against)
    if (json)
      console.log(
        JSON.stringify({
          type: 'evaluation',
          from: span.from,
          to: span.to,
          reference: against,
          models: evaluated.map(({ id, scores, barriers }) => ({ id, scores, barriers })),
        }),
      )
    else console.log(board)
    if (report !== null) {
      const html = renderEvaluation({
        evaluated,
        truths,
        sums: read.sums,
        span,
        reference: against,
        board,
      })
      await writeFile(report, html)
      console.error(`report: ${report}`)
    }
  },
})
