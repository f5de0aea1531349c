import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import { choice, createCommand, text } from '../Command.ts'
import { DEFAULT_MODEL } from './DEFAULT_MODEL.ts'
import { barFiles, date, required } from './modelFlags.ts'
import { givenOrData, readAll } from './readBars.ts'
import { writeHarX } from './writeHarX.ts'

/** A regression takes every row for equal: those of other years only mislead it. */
const HAR_FROM = Date.UTC(2022, 0, 1) / 1000

/** Trains a model and writes its folder. */
export const trainCommand = createCommand({
  name: 'model train',
  summary: 'Trains vol-quantile (in Python, from a table) or fits har-x (here, from bars).',
  examples: [
    [
      'plimsoll model train --table table.parquet --until 2024-06-01 --out mine --python venv/bin/python',
      'vol-quantile; models/vol-quantile/requirements.txt lists what Python needs',
    ],
    ['plimsoll model train --kind har-x --until 2024-06-01 --out mine', 'the regression'],
  ],
  flags: {
    kind: choice(['vol-quantile', 'har-x'], 'vol-quantile', 'which model'),
    table: text('FILE', 'table of plimsoll model features, for vol-quantile'),
    bars: barFiles('five-minute bars, for har-x (default: PLIMSOLL_DATA)'),
    from: date('first origin, for har-x (default 2022-01-01: it does not forget)'),
    until: date('every horizon of the training ends before it'),
    out: text('DIR', 'folder to write'),
    version: text('VERSION', "the model's version (default 1.0.0)"),
    python: text('FILE', 'Python with the requirements (default python3)'),
  },
  async run({ kind, table, bars, from, until, out, version, python }) {
    const end = required('until', until, 'a date before the window that will be scored')
    const folder = required('out', out, 'a folder to write')
    if (kind === 'har-x') {
      const read = await readAll(givenOrData(bars))
      const written = await writeHarX({
        ...read,
        folder,
        from: from ?? HAR_FROM,
        until: end,
        version: version ?? '1.0.0',
      })
      console.error(`${folder}: ${written.rows} rows`)
      return
    }
    const file = required('table', table, 'the file that plimsoll model features wrote')
    await run(python ?? 'python3', [
      join(DEFAULT_MODEL, 'train.py'),
      ...['--table', file, '--until', new Date(end * 1000).toISOString().slice(0, 19)],
      ...['--out', folder, '--version', version ?? '1.0.0'],
    ])
  },
})

function run(command: string, argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { stdio: 'inherit' })
    const fail = (found: string, cause?: unknown): void =>
      reject(
        new InvalidInputError({
          field: '--python',
          found: `${command} (${found})`,
          allowed:
            'a Python with the packages of models/vol-quantile/requirements.txt; see what it printed',
          cause,
        }),
      )
    child.on('error', (cause) => fail(cause.message, cause))
    child.on('exit', (code) => (code === 0 ? resolve() : fail(`exit ${code}`)))
  })
}
