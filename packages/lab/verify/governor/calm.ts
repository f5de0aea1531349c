import { pairedDifference } from '../../src/bootstrap.ts'
import { toBands } from '../../src/tuneStatic.ts'
import { type CalmCosts, type FleetRules, NO_RULES, simulateCalmCosts } from './calmCosts.ts'
import { always, engineBands } from './engineBands.ts'

// What the governor costs a fleet in the world of Exp 2: node packages/lab/verify/governor/calm.ts [runs]
// Exits with 1 when the fleet of any size pays more than a percentage point for it.
const runs = Number(process.argv[2] ?? 40)
const MOST = 1
const written: FleetRules = {
  trigger: 'written',
  participationCalm: 0.05,
  participationStress: 0.1,
  bypass: 0.1,
}
const ours: FleetRules = { ...written, trigger: 'stressed', participationCalm: 0.1 }
const STATIC = always(toBands([1.3, 1.6, 2, 1.6]))
const ENGINE = engineBands()
const variants = [
  ['static 1.3→1.6, 2.0→1.6', STATIC, NO_RULES],
  ['engine', ENGINE, NO_RULES],
  ['engine, governor as written', ENGINE, written],
  ['engine, governor', ENGINE, ours],
] as const
type Name = (typeof variants)[number][0]

const costs = (all: readonly CalmCosts[], of: (one: CalmCosts) => number): Float64Array =>
  Float64Array.from(all, of)
const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length
let missed = 0

for (const collateral of [0.001, 0.02, 0.2, 2]) {
  console.log(
    `\nfleet of ${collateral} daily volumes     total  track  trade    liq   calm   of volume  prompt`,
  )
  const found = new Map<Name, readonly CalmCosts[]>()
  for (const [name, bands, rules] of variants) {
    const all = Array.from({ length: runs }, (_, seed) =>
      simulateCalmCosts({ seed, agents: 200, collateral, bands, rules }),
    )
    found.set(name, all)
    const cells = [
      mean(costs(all, (one) => one.total)),
      mean(costs(all, (one) => one.tracking)),
      mean(costs(all, (one) => one.trading)),
      mean(costs(all, (one) => one.liquidation)),
      mean(costs(all, (one) => one.calmTotal)),
      100 * mean(costs(all, (one) => one.participation)),
      mean(costs(all, (one) => one.prompt)),
    ]
    console.log(
      `  ${name.padEnd(32)}${cells.map((value) => value.toFixed(2).padStart(7)).join('')}`,
    )
  }
  const differ = (a: Name, b: Name, of: (one: CalmCosts) => number) =>
    pairedDifference({
      ours: costs(found.get(a) ?? [], of),
      theirs: costs(found.get(b) ?? [], of),
      seed: 1,
    })
  const line = (what: string, a: Name, b: Name, of: (one: CalmCosts) => number) => {
    const { value, low, high } = differ(a, b, of)
    console.log(
      `  ${what.padEnd(32)}${value.toFixed(2).padStart(7)}  95 % [${low.toFixed(2)}, ${high.toFixed(2)}]`,
    )
    return high
  }
  const total = (one: CalmCosts) => one.total
  line('engine − static', 'engine', 'static 1.3→1.6, 2.0→1.6', total)
  line('engine, governor − static', 'engine, governor', 'static 1.3→1.6, 2.0→1.6', total)
  const lost = line('governor − none, year', 'engine, governor', 'engine', total)
  const lostCalm = line(
    'governor − none, calm hours',
    'engine, governor',
    'engine',
    (one) => one.calmTotal,
  )
  if (!(lost <= MOST && lostCalm <= MOST)) missed += 1
}
console.log(
  `\n${missed} sizes of fleet miss the bar: ${MOST} percentage point, by the upper end of the interval`,
)
if (missed > 0) process.exitCode = 1
