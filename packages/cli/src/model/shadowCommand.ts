import { createOnnxModel, judgeShadow, loadModel } from '@plimsoll/forecast'
import { createCommand, text } from '../Command.ts'
import { DEFAULT_MODEL } from './DEFAULT_MODEL.ts'
import { truthsOf } from './evaluate.ts'
import { forecastAll } from './forecastCommand.ts'
import { barFiles, date, required } from './modelFlags.ts'
import { givenOrData, readAll } from './readBars.ts'
import { appendShadowLog, readShadowLog, rowsOf } from './shadowLog.ts'

const DEADLINE_MS = 60_000
/** A shadow that starts now looks back over the last weeks of its bars. [s] */
const FIRST_SPAN = 60 * 86_400

/** Runs a candidate beside the acting model on bars as they come in, and keeps what both said. */
export const shadowCommand = createCommand({
  name: 'model shadow',
  summary:
    'Runs a candidate beside the acting model on growing files of bars; logs and scores both.',
  examples: [
    [
      'plimsoll model shadow --candidate new-model --bars BTC=btc.csv,ETH=eth.csv --log shadow.jsonl',
      'again after each plimsoll data pull: only new origins are added',
    ],
  ],
  flags: {
    candidate: text('DIR', 'folder of the model on trial'),
    model: text('DIR', 'folder of the acting model (default: vol-quantile)'),
    bars: barFiles('five-minute bars (default: PLIMSOLL_DATA)'),
    log: text('FILE', 'log to append to (JSON lines)'),
    from: date('first origin of a new log (default: 60 days before the last bar)'),
  },
  async run({ candidate, model, bars, log, from }) {
    const file = required('log', log, 'a file to append to, like shadow.jsonl')
    const trial = await loadModel(required('candidate', candidate, 'the folder of a model'))
    const acting = await loadModel(model ?? DEFAULT_MODEL)
    const read = await readAll(givenOrData(bars))
    const lines = await readShadowLog(file)
    const last = Math.max(...read.sums.map((own) => own.bars.start + own.bars.length * 300))
    for (const [role, files] of [
      ['acting', acting],
      ['candidate', trial],
    ] as const) {
      const graph = await createOnnxModel(files, { deadlineMs: DEADLINE_MS })
      try {
        const known = rowsOf(lines, role, files.id)
        const seen = known.reduce((most, { timestamp }) => Math.max(most, timestamp), 0)
        const start = seen > 0 ? seen + 1 : (from ?? last - FIRST_SPAN)
        const rows = await forecastAll(graph, read.sums, read.market, { from: start, to: Infinity })
        await appendShadowLog(file, role, files.id, rows)
        console.error(`${files.id} (${role}): ${rows.length} forecasts added to ${known.length}`)
      } finally {
        await graph.close()
      }
    }
    const all = await readShadowLog(file)
    const { scores, passed, against } = judgeShadow({
      candidate: rowsOf(all, 'candidate', trial.id),
      acting: rowsOf(all, 'acting', acting.id),
      truths: truthsOf(read.sums, { from: 0, to: Infinity }),
    })
    for (const { asset, hours, n, qlike, versus } of scores)
      console.log(
        `${asset} ${hours} h  ${n} origins  QLIKE ${qlike.toFixed(4)}  ${(versus?.percent ?? 0).toFixed(1)} %  t ${(versus?.t ?? 0).toFixed(1)}`,
      )
    console.log(passed ? 'It may be promoted.' : `Not yet: ${against.join('; ')}.`)
  },
})
