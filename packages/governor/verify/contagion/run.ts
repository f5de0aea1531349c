import {
  AS_WRITTEN,
  capsOnly,
  governed,
  netRule,
  type SceneGovernor,
  ungoverned,
} from './governors.ts'
import { BANDS_2, bandPolicy, type Policy, staticPolicy, volTimed } from './policies.ts'
import { pathOf, type Scenario } from './scenario.ts'
import { type Contagion, simulateContagion } from './simulateContagion.ts'

// Experiment 3 of RISK.md, paired runs: node packages/governor/verify/contagion/run.ts [runs] [λ]
const runs = Number(process.argv[2] ?? 12)
const slope = process.argv[3] === undefined ? null : Number(process.argv[3])

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
const WITHIN_2 = [1.48, 1.82] as const
const managed: readonly Fleet[] = [
  ['passive in the place of static', null, ungoverned, STATIC],
  ['static 1.3→1.6', staticPolicy(), ungoverned, STATIC],
  ['static, governor', staticPolicy(), governed(), STATIC],
  ['passive in the place of bands', null, ungoverned, WITHIN_2],
  ['bands', bandPolicy(BANDS_2), ungoverned, WITHIN_2],
  ['bands, caps alone', bandPolicy(BANDS_2), capsOnly, WITHIN_2],
  ['bands, governor as written', bandPolicy(BANDS_2), governed(AS_WRITTEN), WITHIN_2],
  ['bands, governor', bandPolicy(BANDS_2), governed(), WITHIN_2],
]
const fleets = [...sudden, ...managed]

const mean = (of: readonly Contagion[], what: (one: Contagion) => number): number =>
  of.reduce((sum, one) => sum + what(one), 0) / of.length
const percent = (value: number, digits = 1): string => (100 * value).toFixed(digits).padStart(7)

for (const [name, scenario, collateral] of scenarios) {
  const paths = Array.from({ length: runs }, (_, i) => pathOf(scenario, 1_000 + i))
  const columns = ' excess   sold%V bypass forced%V agents% others% lost%E whip%E own% pass%  R̂'
  let title = ''
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
}
