import { syntheticCrash } from '@plimsoll/devnet'
import { createStaticThreshold } from '@plimsoll/risk'
import { VENUES } from '../src/compose/VenueName.ts'
import { type DemoThresholds, demoThresholds } from '../src/demo/demoConfig.ts'
import { runDemo } from '../src/demo/runDemo.ts'

/**
 * Tunes the demo's static thresholds for the least total cost: loans first, then perps, on seeds that no comparison uses.
 *
 * node packages/cli/verify/tuneStatic.ts
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

const first = PERPS[0]
if (first === undefined) process.exit(1)
const loan = await best(LOANS.map((loan) => ({ loan, perp: first })))
const tuned = await best(PERPS.map((perp) => ({ ...loan, perp })))
console.log(JSON.stringify({ tuned, seeds: SEEDS }))

async function best(candidates: readonly DemoThresholds[]): Promise<DemoThresholds> {
  const scored: { readonly thresholds: DemoThresholds; readonly cost: number }[] = []
  for (const thresholds of candidates) {
    let cost = 0
    let liquidations = 0
    for (const seed of SEEDS) {
      const { result } = await runDemo({
        path: syntheticCrash({ seed }),
        seed,
        venues: VENUES,
        engine: 'static',
        makeEngine:
          (opened) =>
          ({ routes }) => ({
            engine: createStaticThreshold({ config: demoThresholds(opened, thresholds), routes }),
          }),
        speed: null,
        port: 0,
        eventLog: ':memory:',
        view: { progress: () => {}, frame: () => {}, end: () => {} },
      })
      cost += result.agent.totalCost / SEEDS.length
      liquidations += result.agent.liquidations
    }
    scored.push({ thresholds, cost })
    console.log(
      `${JSON.stringify(thresholds)}  cost ${cost.toFixed(0)}, ${liquidations} liquidations`,
    )
  }
  const [winner] = scored.toSorted((a, b) => a.cost - b.cost)
  if (winner === undefined) process.exit(1)
  return winner.thresholds
}
