import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import { judgeShadow, loadModel } from '@plimsoll/forecast'
import { createCommand, text } from '../Command.ts'
import { DEFAULT_MODEL } from './DEFAULT_MODEL.ts'
import { truthsOf } from './evaluate.ts'
import { barFiles, required } from './modelFlags.ts'
import { givenOrData, readAll } from './readBars.ts'
import { readShadowLog, rowsOf } from './shadowLog.ts'

/** Lets a candidate take over, if its shadow forecasts pass the gate. */
export const promoteCommand = createCommand({
  name: 'model promote',
  summary:
    'Lets a candidate act, if what it forecast in the shadow passes the gate; refuses otherwise.',
  examples: [
    [
      'plimsoll model promote --candidate new-model --log shadow.jsonl --bars BTC=btc.csv,ETH=eth.csv --active active.json',
      'writes which model acts, its hash and the evidence',
    ],
  ],
  flags: {
    candidate: text('DIR', 'folder of the model on trial'),
    model: text('DIR', 'folder of the acting model (default: vol-quantile)'),
    log: text('FILE', 'log of plimsoll model shadow'),
    bars: barFiles('bars that tell what became of the forecasts (default: PLIMSOLL_DATA)'),
    active: text('FILE', 'file that says which model acts'),
  },
  async run({ candidate, model, log, bars, active }) {
    const folder = required('candidate', candidate, 'the folder of a model')
    const target = required('active', active, 'a file to write, like active.json')
    const trial = await loadModel(folder)
    const acting = await loadModel(model ?? DEFAULT_MODEL)
    const lines = await readShadowLog(required('log', log, 'the log of plimsoll model shadow'))
    const read = await readAll(givenOrData(bars))
    const { passed, against, scores } = judgeShadow({
      candidate: rowsOf(lines, 'candidate', trial.id),
      acting: rowsOf(lines, 'acting', acting.id),
      truths: truthsOf(read.sums, { from: 0, to: Infinity }),
    })
    if (!passed)
      throw new InvalidInputError({
        field: `promotion of ${trial.id}`,
        found: against.join('; '),
        allowed: 'a candidate whose shadow forecasts pass the gate; let it run in the shadow on',
      })
    const decision = {
      model: trial.id,
      folder: resolve(folder),
      sha256: trial.manifest.sha256,
      instead: acting.id,
      evidence: scores.map(({ asset, hours, n, qlike, versus }) => ({
        asset,
        hours,
        n,
        qlike,
        versus,
      })),
    }
    await writeFile(target, `${JSON.stringify(decision, null, 2)}\n`)
    console.log(`${trial.id} acts from now on, instead of ${acting.id}: ${target}`)
  },
})
