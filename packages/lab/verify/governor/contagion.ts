import { stressWeight } from '@plimsoll/risk'
import { pairedDifference } from '../../src/bootstrap.ts'
import { engineBands, TABLE } from './engineBands.ts'
import {
  AS_WRITTEN,
  capsOnly,
  governed,
  netRule,
  type SceneGovernor,
  ungoverned,
} from './governors.ts'
import { bandPolicy, type Policy, staticPolicy, volTimed } from './policies.ts'
import { pathOf, type Scenario, SIGMA } from './scenario.ts'
import { type Contagion, simulateContagion } from './simulateContagion.ts'

// Experiment 3 of RISK.md, paired runs: node packages/lab/verify/governor/contagion.ts [runs] [λ|root] [scenario…]
// Exits with 1 when engine and governor sell more than 60 % of what static thresholds sell in a crash.
const runs = Number(process.argv[2] ?? 12)
const [, , , law = 'root', ...only] = process.argv
const slope = law === 'root' ? null : Number(law)

const scenarios: readonly (readonly [name: string, Scenario, collateral: number])[] = [
  ['crash 8%', { shape: 'crash', depth: 0.08, warned: true }, 5],
  ['crash 15%', { shape: 'crash', depth: 0.15, warned: true }, 5],
  ['crash 30%', { shape: 'crash', depth: 0.3, warned: true }, 5],
  ['flash 20%', { shape: 'flash', depth: 0.2, warned: false }, 5],
  ['bleed 20%', { shape: 'bleed', depth: 0.2, warned: false }, 5],
  ['double 20%', { shape: 'double', depth: 0.2, warned: true }, 5],
  ['illiquid 20%', { shape: 'crash', depth: 0.2, warned: true }, 15],
  ['calm', { shape: 'calm', depth: 0, warned: false }, 5],
]
type Fleet = readonly [
  name: string,
  policy: Policy | null,
  governor: SceneGovernor,
  managed: readonly [low: number, high: number] | null,
]
/** Everybody starts at any health, as in RISK.md: agents sell at once what their policy finds too much. */
const sudden: readonly Fleet[] = [
  ['none', null, ungoverned, null],
  ['static 1.3→1.6', staticPolicy(), ungoverned, null],
  ['vol-timed', volTimed, ungoverned, null],
  ['vol-timed, caps alone', volTimed, capsOnly, null],
  ['vol-timed, net rule always', volTimed, netRule(), null],
]
/** Agents start within the bands of their policy, as a fleet does that has been at work. */
const STATIC = [1.3, 2] as const
const bands = engineBands()
const engine = bandPolicy(bands)
const usual = bands(stressWeight(SIGMA * Math.sqrt(365), TABLE))
const WITHIN = [
  Math.exp(usual.deleverBelow ?? 0),
  Math.exp(usual.releverAbove ?? Math.log(2)),
] as const
const managed: readonly Fleet[] = [
  ['passive in the place of static', null, ungoverned, STATIC],
  ['static 1.3→1.6, managed', staticPolicy(), ungoverned, STATIC],
  ['static, governor', staticPolicy(), governed(), STATIC],
  ['passive in the place of the engine', null, ungoverned, WITHIN],
  ['engine', engine, ungoverned, WITHIN],
  ['engine, caps alone', engine, capsOnly, WITHIN],
  ['engine, governor as written', engine, governed(AS_WRITTEN), WITHIN],
  ['engine, governor', engine, governed(), WITHIN],
]
const fleets = [...sudden, ...managed]
/** Most that engine and governor may sell of what static thresholds sell, in crashes of Exp 3. */
const SHARE = 0.6
let missed = 0

const mean = (of: readonly Contagion[], what: (one: Contagion) => number): number =>
  of.reduce((sum, one) => sum + what(one), 0) / of.length
const percent = (value: number, digits = 1): string => (100 * value).toFixed(digits).padStart(7)

for (const [name, scenario, collateral] of scenarios) {
  if (only.length > 0 && !only.includes(name)) continue
  const paths = Array.from({ length: runs }, (_, i) => pathOf(scenario, 1_000 + i))
  const columns = ' excess   sold%V bypass forced%V agents% others% lost%E whip%E own% pass%  R̂'
  let title = ''
  const sold = new Map<string, Float64Array>()
  for (const [fleet, policy, governor, within] of fleets) {
    const outcomes = paths.map((path, i) =>
      simulateContagion({
        ...{ path, policy, governor, collateral, slope },
        seed: 2_000 + i,
        managed: within,
        accounts: 2_000,
        agents: 0.4,
        reserve: 0,
      }),
    )
    sold.set(
      fleet,
      Float64Array.from(outcomes, (one) => one.sold),
    )
    if (title === '') {
      title = `${name} (exogenous ${percent(mean(outcomes, (o) => o.drawdown)).trim()} %)`
      console.log(`\n${title.padEnd(34)}${columns}`)
    }
    const cells = [
      percent(
        mean(outcomes, (o) => o.excess),
        2,
      ),
      percent(mean(outcomes, (o) => o.sold)),
      percent(mean(outcomes, (o) => o.bypass)),
      percent(mean(outcomes, (o) => o.liquidated)),
      percent(mean(outcomes, (o) => o.agentsHit)),
      percent(mean(outcomes, (o) => o.othersHit)),
      percent(mean(outcomes, (o) => o.lost)),
      percent(mean(outcomes, (o) => o.whipsaw)),
      percent(
        mean(outcomes, (o) => o.ownImpact),
        2,
      ),
      percent(
        mean(outcomes, (o) => o.passed),
        0,
      ),
      mean(outcomes, (o) => o.reproduction)
        .toFixed(2)
        .padStart(5),
    ]
    console.log(`  ${fleet.padEnd(32)}${cells.join('')}`)
  }
  if (scenario.shape !== 'crash' && scenario.shape !== 'flash') continue
  const ours = sold.get('engine, governor') ?? new Float64Array()
  const theirs = sold.get('static 1.3→1.6, managed') ?? new Float64Array()
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)
  const difference = pairedDifference({
    ours,
    theirs: theirs.map((value) => SHARE * value),
    seed: 1,
  })
  if (!(difference.high <= 0)) missed += 1
  console.log(
    `  sold: ${percent(total(ours) / total(theirs)).trim()} % of static's; less 60 % of it, in % of a day's volume: ${percent(difference.value).trim()} [${percent(difference.low).trim()}, ${percent(difference.high).trim()}]`,
  )
}
console.log(
  `\n${missed} crashes miss the bar: ${100 * SHARE} % of static's volume, by the upper end of the interval`,
)
if (missed > 0) process.exitCode = 1
