import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Event, type Grant, InvalidInputError, usd } from '@plimsoll/domain'
import { createSqliteBudgetStore } from '@plimsoll/governor'
import { expect, test, vi } from 'vitest'
import { benchAction } from './benchFrame.ts'
import { governorCommand } from './governorCommand.ts'
import { summarize } from './statusCommand.ts'

const governed = (order: string, grant: Grant): Event => ({
  ...{ agent: 'keeper', at: 0, block: 7n },
  type: 'order.governed',
  order,
  grant,
})
const check = (rule: string, asked: number) => ({ rule, asked, limit: 1, unit: 'USD' })

test('default', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'))
  const path = join(folder, 'budgets.db')
  const clock = { now: Date.now }
  const store = createSqliteBudgetStore({ path, clock, create: true })
  const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
  const terms = { slotMs: 60_000, gatherMs: 0, leaseSlots: 2 }
  await store.define(key, { limit: usd(10n ** 12n), ...terms })
  await store.close()
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    await governorCommand.run(['status', '--store', path, '--json'])
    const [budget] = JSON.parse(String(log.mock.calls[0]?.[0])).budgets
    expect(budget).toMatchObject({ asset: 'ETH', availableUsd: 10_000, spentUsd: 0, leases: 0 })
  } finally {
    log.mockRestore()
    rmSync(folder, { recursive: true })
  }
})

test('behavior: the last denials, R̂ and the wall come from the grants of a log, the latest first', () => {
  const action = benchAction
  const events = [
    governed('a#1', {
      ...{ type: 'denied', action, rule: 'net-footprint' },
      checks: [check('reproduction', 0.3), check('net-footprint', 10)],
    }),
    governed('a#2', { type: 'allowed', action, checks: [check('reproduction', 0.5)] }),
    governed('a#3', {
      ...{ type: 'deferred', action, rule: 'budget', until: 9n },
      checks: [check('wall-own -4 % to -6 %', 3), check('budget', 20)],
    }),
  ]
  const { refusals, reproduction, wall } = summarize(events, 5)
  expect(refusals.map(({ order, rule, check }) => [order, rule, check?.asked])).toEqual([
    ['a#3', 'budget', 20],
    ['a#1', 'net-footprint', 10],
  ])
  expect([reproduction?.asked, wall?.asked]).toEqual([0.5, 3])
  expect(summarize(events, 1).refusals).toHaveLength(1)
})

test('error: InvalidInputError', async () => {
  for (const argv of [[], ['state'], ['status'], ['status', '--store', 'a', '--postgres', 'b']])
    await expect(governorCommand.run(argv)).rejects.toThrow(InvalidInputError)
})
