import { usd } from '@plimsoll/domain'
import { createSqliteBudgetStore } from '../src/budget/createSqliteBudgetStore.ts'

// An agent that takes a lease of everything, spends some of it, and then does nothing until it is killed.
const [path = '', now = '0', spent = '0'] = process.argv.slice(2)
const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
const store = createSqliteBudgetStore({ path, clock: { now: () => Number(now) } })
const answer = await store.request({
  ...{ key, id: 'holder/1', agent: 'holder', urgency: 1 },
  ...{ amount: usd(1_000n), least: usd(0n), budget: usd(1_000n) },
})
if (answer.type === 'granted' && spent !== '0')
  await store.spend({ key, lease: answer.lease.id, id: 'x', amount: usd(BigInt(spent)) })
process.stdout.write(`${answer.type}\n`)
setInterval(() => {}, 1_000)
