// Measures the policy tables against thresholds in two worlds. Exits with 1 when a bar is missed.
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Bands } from '@plimsoll/risk'
import { type CellVerdict, judgeCell } from '../src/judgeCell.ts'
import {
  joinCosts,
  POLICY_NAMES,
  STUDY_CELLS,
  STUDY_SIZE,
  type StudyCell,
  type StudyCosts,
  type StudySize,
} from '../src/policyStudy.ts'
import type { tuneStatic } from '../src/tuneStatic.ts'

/** What a worker is asked for. */
export type PolicyJob =
  | { readonly type: 'tune'; readonly cell: StudyCell; readonly size: StudySize }
  | {
      readonly type: 'run'
      readonly cell: StudyCell
      readonly size: StudySize
      readonly tuned: Bands
      readonly from: number
      readonly to: number
    }

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    paths: { type: 'string', default: String(STUDY_SIZE.paths) },
    seed: { type: 'string', default: String(STUDY_SIZE.seed) },
    workers: { type: 'string', default: '2' },
  },
})
const size = { ...STUDY_SIZE, paths: Number(flags.paths), seed: Number(flags.seed) }
const CHUNK = 50

const idle = Number(flags.workers)
let running = 0
const waiting: (() => void)[] = []

async function work<T>(job: PolicyJob): Promise<T> {
  if (running >= idle) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await new Promise<T>((resolve, reject) => {
      const worker = new Worker(new URL('./policyWorker.ts', import.meta.url), { workerData: job })
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

const verdicts = await Promise.all(
  STUDY_CELLS.map(async (cell) => {
    const tuned = await work<ReturnType<typeof tuneStatic>>({ type: 'tune', cell, size })
    const chunks = Array.from({ length: Math.ceil(size.paths / CHUNK) }, (_, k) =>
      work<StudyCosts>({
        type: 'run',
        cell,
        size,
        tuned: tuned.bands,
        from: k * CHUNK,
        to: Math.min(size.paths, (k + 1) * CHUNK),
      }),
    )
    const verdict = judgeCell(cell, joinCosts(await Promise.all(chunks)), size.seed)
    if (!flags.json) print(verdict, tuned)
    return { ...verdict, tuned }
  }),
)
const missed = verdicts.flatMap(({ cell, missed: parts }) =>
  parts.map((part) => `${cell}: ${part}`),
)
if (flags.json) say(JSON.stringify({ size, verdicts, missed }))
else
  say(
    missed.length === 0 ? 'Bar 3 is met in every cell.' : `Bar 3 is missed:\n${missed.join('\n')}`,
  )
process.exitCode = missed.length === 0 ? 0 : 1

function print(verdict: CellVerdict, tuned: ReturnType<typeof tuneStatic>): void {
  const healths = Object.values(tuned.bands).map((x) => Math.exp(x ?? Number.NaN).toFixed(3))
  say(
    `${verdict.cell}: ${size.paths} paths of ${size.years} years, seed ${size.seed}; thresholds tuned on ${size.tuningPaths} paths of seed ${size.tuningSeed} over ${tuned.tried} combinations: ${healths[0]}→${healths[1]}, ${healths[2]}→${healths[3]}`,
  )
  say(
    `  ${'% of equity a year'.padEnd(22)}${['cost', 'track', 'trade', 'liquid.', 'p99', 'liq/100y', 'trades/y'].map((head) => head.padStart(9)).join('')}`,
  )
  for (const each of verdict.policies)
    say(
      `  ${each.name.padEnd(22)}${[
        each.total,
        each.tracking,
        each.trading,
        each.liquidation,
        each.p99,
      ]
        .map((share) => (100 * share).toFixed(2).padStart(9))
        .join(
          '',
        )}${each.liquidationsPer100Years.toFixed(1).padStart(9)}${each.trades.toFixed(1).padStart(9)}`,
    )
  for (const [name, { value, low, high, share }] of [
    [POLICY_NAMES.tuned, verdict.againstTuned],
    [POLICY_NAMES.common, verdict.againstCommon],
  ] as const)
    say(
      `  ${POLICY_NAMES.subject} − ${name}: ${points(value)} [${points(low)}, ${points(high)}], ${(100 * share).toFixed(1)} %`,
    )
  const { value, low, high } = verdict.tail
  say(`  p99 against tuned: ${points(value)} [${points(low)}, ${points(high)}]`)
  say('')
}

function points(share: number): string {
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(2)}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
