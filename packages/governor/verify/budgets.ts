import { HOSTILE, simulateBudgets } from './simulateBudgets.ts'

// The law of budgets among agents that die, a network that loses every fifth message each way and repeats others, and a
// store that dies: node packages/governor/verify/budgets.ts [slots]
const slots = Number(process.argv[2] ?? 1_000_000)
const schemes = [
  ['gathered, by urgency', HOSTILE, slots],
  ['first come, first served', { ...HOSTILE, gatherTicks: 0 }, slots / 10],
  [
    'gathered, nothing lost',
    { ...HOSTILE, loss: 0, repeats: 0, storeDeath: 0, agentDeath: 0 },
    slots / 10,
  ],
] as const
for (const [name, world, of] of schemes) {
  const outcome = simulateBudgets({ ...world, slots: of })
  console.log(`\n${name}`)
  for (const [key, value] of Object.entries(outcome))
    console.log(`  ${key.padEnd(16)}${key === 'value' ? value.toFixed(4) : value}`)
  if (outcome.grantBreaches + outcome.tradeBreaches + outcome.lateTrades > 0) process.exitCode = 1
}
