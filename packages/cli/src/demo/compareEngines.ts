import type { PricePath } from '@plimsoll/devnet'
import { type Interval, mean, pairedDifference } from '@plimsoll/lab'
import type { VenueName } from '../compose/VenueName.ts'
import type { DemoRecord, SideResult } from './DemoRecord.ts'
import type { EngineName } from './demoEngine.ts'
import { runDemo } from './runDemo.ts'

/** One run of one engine. */
export type EngineRun = {
  readonly engine: EngineName
  readonly seed: number
  readonly record: DemoRecord
}

/** What engines cost on the same crashes. */
export type Comparison = {
  readonly scenario: string
  readonly seeds: readonly number[]
  readonly engines: readonly EngineName[]
  readonly runs: readonly EngineRun[]
}

/** Figures that engines are compared by, each a number per run. [USD unless it is a count] */
export const FIGURES = {
  slippage: ({ costsByCause }: SideResult) => costsByCause.slippage,
  fees: ({ costsByCause }: SideResult) => costsByCause.fees,
  gas: ({ costsByCause }: SideResult) => costsByCause.gas,
  funding: ({ costsByCause }: SideResult) => costsByCause.funding,
  borrow: ({ costsByCause }: SideResult) => costsByCause.borrow,
  'lost to liquidators': ({ costsByCause }: SideResult) => costsByCause.liquidations,
  'total cost': ({ totalCost }: SideResult) => totalCost,
  'tracking (apart)': ({ tracking }: SideResult) => tracking,
  'equity at the end': ({ equityEnd }: SideResult) => equityEnd,
} as const
export type Figure = keyof typeof FIGURES

/**
 * Plays the same crashes once per engine, seed by seed.
 *
 * @param p.onRun - Told of each run when it is over.
 */
export async function compareEngines(p: {
  readonly engines: readonly EngineName[]
  readonly seeds: readonly number[]
  readonly pathOf: (seed: number) => Promise<PricePath>
  readonly venues: readonly VenueName[]
  /** As in {@link runDemo}. */
  readonly model: string | null
  readonly onRun: (run: EngineRun, done: number, of: number) => void
}): Promise<Comparison> {
  const runs: EngineRun[] = []
  let scenario = ''
  for (const seed of p.seeds)
    for (const engine of p.engines) {
      const path = await p.pathOf(seed)
      scenario = path.name
      const record = await runDemo({
        path,
        seed,
        venues: p.venues,
        model: p.model,
        engine,
        speed: null,
        port: 0,
        eventLog: ':memory:',
        view: { progress: () => {}, frame: () => {}, end: () => {} },
      })
      const run = { engine, seed, record }
      runs.push(run)
      p.onRun(run, runs.length, p.seeds.length * p.engines.length)
    }
  return { scenario, seeds: p.seeds, engines: p.engines, runs }
}

/** A figure of an engine on every seed. */
export const figuresOf = ({ runs }: Comparison, engine: EngineName, figure: Figure): Float64Array =>
  Float64Array.from(
    runs.filter((run) => run.engine === engine),
    ({ record }) => FIGURES[figure](record.result.agent),
  )

/** Mean of a figure over the seeds. */
export const meanOf = (comparison: Comparison, engine: EngineName, figure: Figure): number =>
  mean(figuresOf(comparison, engine, figure))

/** Paired difference of a figure, the second engine less the first, with a 95 % bootstrap interval over the seeds. */
export const differenceOf = (
  comparison: Comparison,
  [first, second]: readonly [EngineName, EngineName],
  figure: Figure,
): Interval =>
  pairedDifference({
    ours: figuresOf(comparison, second, figure),
    theirs: figuresOf(comparison, first, figure),
    seed: 1,
  })
