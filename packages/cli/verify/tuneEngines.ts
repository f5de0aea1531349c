import { syntheticCrash } from '@plimsoll/devnet'
import {
  createDynamicProgramming,
  createPreserving,
  createStaticThreshold,
  policyTable,
  type ReadyTableName,
} from '@plimsoll/risk'
import type { EngineMaker } from '../src/compose/composeAgent.ts'
import { PAST_DAYS } from '../src/compose/composeForecasts.ts'
import { VENUES } from '../src/compose/VenueName.ts'
import { type DemoThresholds, demoThresholds } from '../src/demo/demoConfig.ts'
import { demoPolicy } from '../src/demo/demoEngine.ts'
import { runDemo } from '../src/demo/runDemo.ts'
import { DEFAULT_MODEL } from '../src/model/DEFAULT_MODEL.ts'

/**
 * Tunes the demo's engines for the least total cost on seeds that no comparison uses: static thresholds of loans, then of
 * perps; tolerance, price of an action and floor of dynamic programming.
 *
 * node packages/cli/verify/tuneEngines.ts [static|dp]
 */
const SEEDS = [101, 102, 103]
const LOANS = [
  { below: 1.25, to: 1.4 },
  { below: 1.15, to: 1.3 },
  { below: 1.1, to: 1.25 },
  { below: 1.1, to: 1.4 },
]
const PERPS = [
  { below: 2.5, to: 3.5 },
  { below: 1.8, to: 3 },
  { below: 1.8, to: 5 },
  { below: 2.5, to: 5 },
]
type DynamicNumbers = {
  readonly tolerance: ReadyTableName
  readonly maxCostOverBenefit: number
  readonly floorProbability1h: number
}
const DYNAMIC: readonly DynamicNumbers[] = [
  { tolerance: 'balanced', maxCostOverBenefit: 1, floorProbability1h: 0.1 },
  { tolerance: 'balanced', maxCostOverBenefit: 1, floorProbability1h: 0.3 },
  { tolerance: 'balanced', maxCostOverBenefit: 1, floorProbability1h: 0.02 },
]

const [only] = process.argv.slice(2)
if (only !== 'dp') {
  const first = PERPS[0] ?? { below: 2.5, to: 3.5 }
  const loan = await best(
    LOANS.map((loan) => ({ loan, perp: first })),
    staticOf,
  )
  const tuned = await best(
    PERPS.map((perp) => ({ ...loan, perp })),
    staticOf,
  )
  console.log(JSON.stringify({ static: tuned, seeds: SEEDS }))
}
if (only !== 'static')
  console.log(JSON.stringify({ dp: await best(DYNAMIC, dynamicOf), seeds: SEEDS }))

type Maker = NonNullable<Parameters<typeof runDemo>[0]['makeEngine']>

function staticOf(thresholds: DemoThresholds): Maker {
  return (opened): EngineMaker =>
    ({ routes }) => ({
      engine: createStaticThreshold({ config: demoThresholds(opened, thresholds), routes }),
    })
}

function dynamicOf({ tolerance, ...numbers }: DynamicNumbers): Maker {
  return (opened): EngineMaker =>
    ({ routes, preview }) => {
      const config = { ...demoPolicy(opened), ...numbers }
      const engine = createDynamicProgramming({
        config,
        table: policyTable(tolerance),
        routes,
        preview,
      })
      return {
        engine,
        preservingEngine: createPreserving({
          engine,
          config: { ...config, targetProbability24h: 0.01 },
          routes,
        }),
      }
    }
}

async function best<T>(candidates: readonly T[], makerOf: (of: T) => Maker): Promise<T> {
  let winner: { readonly of: T; readonly cost: number } | null = null
  for (const of of candidates) {
    let cost = 0
    let liquidations = 0
    for (const seed of SEEDS) {
      const { result } = await runDemo({
        path: syntheticCrash({ seed, pastDays: PAST_DAYS }),
        model: DEFAULT_MODEL,
        seed,
        venues: VENUES,
        engine: 'static',
        makeEngine: makerOf(of),
        speed: null,
        port: 0,
        eventLog: ':memory:',
        view: { progress: () => {}, frame: () => {}, end: () => {} },
      })
      cost += result.agent.totalCost / SEEDS.length
      liquidations += result.agent.liquidations
    }
    console.log(`${JSON.stringify(of)}  cost ${cost.toFixed(0)}, ${liquidations} liquidations`)
    if (winner === null || cost < winner.cost) winner = { of, cost }
  }
  if (winner === null) throw new RangeError('no candidate')
  return winner.of
}
