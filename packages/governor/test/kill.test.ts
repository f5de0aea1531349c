import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { usd } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { createSqliteBudgetStore } from '../src/budget/createSqliteBudgetStore.ts'

const SLOT = 60_000
const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
const HOLDER = fileURLToPath(new URL('./leaseHolder.ts', import.meta.url))

/** Starts an agent that takes a lease of everything; resolves once it holds it. */
async function startHolder(path: string, spent: number): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [HOLDER, path, '0', String(spent)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(holder.stdout!, 'data')
  expect(String(line)).toBe('granted\n')
  return holder
}

for (const spent of [0, 400])
  test(`behavior: kill -9 of an agent that holds a lease and spent ${spent}: its budget returns once, after the lease has expired`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'))
    const path = join(folder, 'budgets.db')
    const clock = { at: 0, now: () => clock.at }
    const store = createSqliteBudgetStore({ path, clock, create: true })
    await store.define(key, { limit: usd(1_000n), slotMs: SLOT, gatherMs: 0, leaseSlots: 2 })
    const holder = await startHolder(path, spent)
    holder.kill('SIGKILL')
    await once(holder, 'exit')

    const ask = async (id: string, at: number) => {
      clock.at = at
      const answer = await store.request({
        ...{ key, id, agent: id, urgency: 1 },
        ...{ amount: usd(1_000n), least: usd(0n), budget: usd(1_000n) },
      })
      return answer.type === 'granted' ? Number(answer.lease.granted) : 0
    }
    expect(await ask('same slot', 1)).toBe(0)
    // What it had not spent may still be traded in the next slot, for all that anybody knows.
    expect(await ask('next slot', SLOT)).toBe(spent)
    expect(await ask('last moment', 2 * SLOT - 1)).toBe(0)
    // Back, less what the other one holds: once.
    expect(await ask('after it', 2 * SLOT)).toBe(1_000 - spent)
    expect(await ask('more', 2 * SLOT)).toBe(0)
    expect(await ask('later', 4 * SLOT)).toBe(1_000)
    expect(await ask('and more', 4 * SLOT)).toBe(0)
    await store.close()
    rmSync(folder, { recursive: true })
  })
