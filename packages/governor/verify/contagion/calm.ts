import { DYNAMIC, type FleetRules, NO_RULES, STATIC, simulateCalmCosts } from './calmCosts.ts'

// What the governor costs a fleet in the world of Exp 2: node packages/governor/verify/contagion/calm.ts [runs]
const runs = Number(process.argv[2] ?? 40)
const written: FleetRules = {
  trigger: 'written',
  participationCalm: 0.05,
  participationStress: 0.1,
  bypass: 0.01,
}
const ours: FleetRules = { ...written, trigger: 'stressed', participationCalm: 0.1 }
const variants = [
  ['static 1.3→1.6, 2.0→1.6', STATIC, NO_RULES],
  ['bands', DYNAMIC, NO_RULES],
  ['bands, governor as written', DYNAMIC, written],
  ['bands, F3 in stress alone', DYNAMIC, { ...written, trigger: 'stressed' }],
  ['bands, governor', DYNAMIC, ours],
] as const

for (const collateral of [0.001, 0.02, 0.2, 2]) {
  console.log(
    `\nfleet of ${collateral} daily volumes      total  ±     track  trade  liq    calm   of volume  prompt`,
  )
  for (const [name, bands, rules] of variants) {
    const all = Array.from({ length: runs }, (_, seed) =>
      simulateCalmCosts({ seed, agents: 200, collateral, bands, rules }),
    )
    const mean = (of: (one: (typeof all)[number]) => number): number =>
      all.reduce((sum, one) => sum + of(one), 0) / runs
    const total = mean((one) => one.total)
    const error = Math.sqrt(mean((one) => (one.total - total) ** 2) / runs)
    const cells = [
      total,
      error,
      mean((one) => one.tracking),
      mean((one) => one.trading),
      mean((one) => one.liquidation),
      mean((one) => one.calmTotal),
      100 * mean((one) => one.participation),
      mean((one) => one.prompt),
    ]
    console.log(
      `  ${name.padEnd(34)}${cells.map((value) => value.toFixed(2).padStart(7)).join('')}`,
    )
  }
}
