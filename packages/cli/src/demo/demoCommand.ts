import { writeFile } from 'node:fs/promises'
import { loadBlackThursday, type PricePath, syntheticCrash } from '@plimsoll/devnet'
import { BaseError, InvalidInputError } from '@plimsoll/domain'
import { choice, createCommand, type Flag, integer, names, text, toggle } from '../Command.ts'

import { PAST_DAYS } from '../compose/composeForecasts.ts'

import { GOVERNORS } from '../compose/composeGovernor.ts'

import { VENUES, type VenueName } from '../compose/VenueName.ts'
import { dataDir } from '../dataDir.ts'
import { DEFAULT_MODEL } from '../model/DEFAULT_MODEL.ts'
import { renderReport } from '../report/renderReport.ts'
import { compareEngines } from './compareEngines.ts'
import { comparisonJson, comparisonTable } from './comparisonTable.ts'
import { createJsonView } from './createJsonView.ts'
import { createTerminalView } from './createTerminalView.ts'
import type { DemoRecord } from './DemoRecord.ts'
import { ENGINE_NAMES, ENGINES, type EngineName } from './demoEngine.ts'
import { money } from './money.ts'
import { openReport } from './openReport.ts'
import { DEFAULT_GOVERNOR, runDemo } from './runDemo.ts'

const SCENARIOS = ['synthetic-crash', 'black-thursday'] as const
const MODELS = ['vol-quantile', 'ewma'] as const
type ModelName = (typeof MODELS)[number]
const FOLDERS: Readonly<Record<ModelName, string | null>> = {
  'vol-quantile': DEFAULT_MODEL,
  ewma: null,
}
const DEFAULT_REPORT = 'reports/demo.html'

const compare: Flag<readonly EngineName[] | null> = {
  help: `engines to play the same crash with and to print side by side, the first the yardstick (of ${ENGINES.join(',')})`,
  value: 'static,dp',
  fallback: null,
  parse(text) {
    const found = text.split(',').map((name) => ENGINES.find((engine) => engine === name.trim()))
    const engines = found.filter((engine) => engine !== undefined)
    if (engines.length !== found.length || new Set(engines).size < 2)
      throw new InvalidInputError({
        field: 'value',
        found: text,
        allowed: `two or more different ones of ${ENGINES.join(',')}`,
      })
    return engines
  },
}

/** Plays a crash on the real protocols and shows agent and passive twin side by side. */
export const demoCommand = createCommand({
  name: 'demo',
  summary: 'Plays a crash on real protocol contracts: an agent against its passive twin.',
  examples: [
    ['plimsoll demo', 'the seeded synthetic crash'],
    ['plimsoll demo --speed 4', 'slow enough to read along'],
    ['plimsoll demo --scenario black-thursday', '12 and 13 March 2020, from PLIMSOLL_DATA'],
    ['plimsoll demo --compare static,dp', 'two engines on the same crash, costs side by side'],
    ['plimsoll demo --compare static,dp --seeds 10', 'on ten crashes, with an interval'],
    ['plimsoll demo --governor off', 'what the agent does when nobody asks what the market bears'],
    ['plimsoll demo --venues aave,perp', 'a portfolio on two protocols only'],
    ['plimsoll demo --model ewma', 'without the ONNX forecast and the bars it looks back on'],
    ['plimsoll demo --json > run.ndjson', 'one object a line, the result last'],
  ],
  flags: {
    scenario: choice(SCENARIOS, 'synthetic-crash', 'which crash'),
    seed: integer({ min: 0, max: 2 ** 31 - 1 }, 1, 'seed of the crash and of background trades'),
    speed: integer(
      { min: 1, max: 1000 },
      null,
      'frames a second at most; as fast as it goes if absent',
    ),
    every: integer({ min: 1, max: 96 }, 1, 'five-minute bars per frame, black-thursday only'),
    engine: choice(ENGINES, 'dp', 'what decides: dynamic programming or static thresholds'),
    model: choice(MODELS, 'vol-quantile', 'what forecasts the volatility'),
    governor: choice(
      GOVERNORS,
      DEFAULT_GOVERNOR,
      'what holds the agent back: the rules of a fleet, hard caps per order, or nothing',
    ),
    compare,
    seeds: integer({ min: 1, max: 1_000 }, 1, 'crashes to compare engines on, from --seed on'),
    venues: names(VENUES, 'protocols that both hold positions on'),
    report: text('FILE', `where the HTML report goes (default ${DEFAULT_REPORT})`),
    log: text('FILE', 'new file for the event log (SQLite; in memory if absent)'),
    port: integer({ min: 1, max: 65_535 }, null, 'port of the local chain; a free one if absent'),
    json: toggle('newline-delimited JSON instead of the live view'),
  },
  async run(flags) {
    if (flags.compare !== null) {
      await runComparison({ ...flags, compare: flags.compare })
      return
    }
    const path = await pathOf(flags)
    const report = await openReport(flags.report ?? DEFAULT_REPORT)
    const view = flags.json
      ? createJsonView(process.stdout, process.stderr)
      : createTerminalView(process.stdout, { scenario: path.name, seed: flags.seed })
    for (const gap of path.gaps)
      view.progress(
        `${gap.asset}: no bars from ${when(gap.from)} to ${when(gap.to)}, ${TREATMENT[gap.treatment]}`,
      )
    const record = await runDemo({
      path,
      seed: flags.seed,
      model: FOLDERS[flags.model],
      venues: flags.venues,
      engine: flags.engine,
      governor: flags.governor,
      speed: flags.speed,
      port: flags.port ?? 0,
      eventLog: flags.log ?? ':memory:',
      view,
    })
    await writeFile(report, renderReport(record))
    view.end(record, report)
    assertAlive(record)
  },
})

/** Plays every crash once per engine and prints them side by side. */
async function runComparison(flags: {
  readonly compare: readonly EngineName[]
  readonly scenario: (typeof SCENARIOS)[number]
  readonly seed: number
  readonly seeds: number
  readonly every: number
  readonly venues: readonly VenueName[]
  readonly model: ModelName
  readonly json: boolean
}): Promise<void> {
  const comparison = await compareEngines({
    engines: flags.compare,
    seeds: Array.from({ length: flags.seeds }, (_, i) => flags.seed + i),
    pathOf: (seed) => pathOf({ ...flags, seed }),
    venues: flags.venues,
    model: FOLDERS[flags.model],
    onRun: ({ engine, seed, record }, done, of) => {
      assertAlive(record)
      const { liquidations, totalCost } = record.result.agent
      console.error(
        `${done}/${of}  seed ${seed}, ${ENGINE_NAMES[engine]}: ${liquidations} liquidations, total cost ${money(totalCost)}`,
      )
    },
  })
  if (flags.json) for (const line of comparisonJson(comparison)) console.log(JSON.stringify(line))
  else console.log(`\n${comparisonTable(comparison)}`)
}

/** A demo whose agent gave up is not a success, whatever its table says. */
function assertAlive({ frames }: DemoRecord): void {
  const halted = frames.find(({ state }) => state.startsWith('halted'))
  if (halted !== undefined) throw new AgentHaltedError(halted)
}

/** The agent of a demo halted before its end. */
class AgentHaltedError extends BaseError {
  override readonly code = 'INVARIANT_AGENT_HALTED'
  override readonly recovery = 'halt'

  constructor({ index, failures }: DemoRecord['frames'][number]) {
    super(
      `The agent halted in frame ${index}: ${failures.join('; ') || 'no reason given'}. It did nothing from then on; PLIMSOLL_DEBUG=1 and --log FILE show more.`,
    )
  }
}

const TREATMENT = {
  held: 'the last price is held',
  hourly: 'drawn between hourly opens',
  cut: 'the scenario ends there',
} as const

const when = (at: number): string => new Date(at * 1000).toISOString().slice(0, 16)

async function pathOf(flags: {
  readonly scenario: (typeof SCENARIOS)[number]
  readonly seed: number
  readonly every: number
  readonly model: ModelName
}): Promise<PricePath> {
  const pastDays = FOLDERS[flags.model] === null ? 0 : PAST_DAYS
  if (flags.scenario === 'synthetic-crash') return syntheticCrash({ seed: flags.seed, pastDays })
  const dir = dataDir()
  if (dir === null)
    throw new InvalidInputError({
      field: 'PLIMSOLL_DATA',
      found: 'unset',
      allowed:
        'a folder with ETHUSDT_5m.csv.gz and BTCUSDT_5m.csv.gz for --scenario black-thursday',
    })
  return loadBlackThursday(dir, { every: flags.every, pastDays })
}
