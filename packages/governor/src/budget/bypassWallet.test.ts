import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { InvalidInputError, usd } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { type BypassWallet, createMemoryBypassWallet } from './BypassWallet.ts'
import { createMemoryBudgetStore } from './createMemoryBudgetStore.ts'
import { createSqliteBypassWallet } from './createSqliteBypassWallet.ts'
import { CorruptBudgetError } from './errors.ts'
import { leaseBypass, reportBypass } from './leaseBypass.ts'

const market = { asset: 'ETH', venue: 'pool' }
const DAY = 86_400_000

function inFolder(check: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-'))
  try {
    check(join(folder, 'wallet.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const fill = (wallet: BypassWallet): void =>
  wallet.fill({ ...market, lease: 'l', granted: usd(100n), expiresAt: 1_000, draws: {} })

for (const [name, create] of [
  ['in memory', () => createMemoryBypassWallet()],
  ['SQLite', (path: string) => createSqliteBypassWallet(path)],
] as const)
  describe(`BypassWallet: ${name}`, () => {
    test('draws at, under and over what is left, each id once, until it expires', () => {
      inFolder((path) => {
        const wallet = create(path)
        const draw = (id: string, amount: bigint, now = 0) =>
          wallet.draw({ ...market, id, amount: usd(amount), now })
        expect(draw('early', 5n)).toBe(0n)
        fill(wallet)
        expect([draw('a', 60n), draw('a', 60n)]).toEqual([60n, 60n])
        expect(draw('b', 50n)).toBe(40n)
        expect(draw('c', 1n)).toBe(0n)
        expect(() => draw('d', -1n)).toThrow(InvalidInputError)
        fill(wallet)
        expect(draw('e', 1n, 999)).toBe(1n)
        expect(draw('f', 1n, 1_000)).toBe(0n)
        wallet.close()
      })
    })
  })

describe('createSqliteBypassWallet', () => {
  test('behavior: what was drawn stays drawn after a restart', () => {
    inFolder((path) => {
      const wallet = createSqliteBypassWallet(path)
      fill(wallet)
      wallet.draw({ ...market, id: 'a', amount: usd(70n), now: 0 })
      wallet.close()
      const again = createSqliteBypassWallet(path)
      expect(again.draw({ ...market, id: 'b', amount: usd(70n), now: 0 })).toBe(30n)
      again.close()
    })
  })

  test('error: CorruptBudgetError, on another file and on changed text', () => {
    inFolder((path) => {
      const wallet = createSqliteBypassWallet(path)
      fill(wallet)
      wallet.close()
      const database = new DatabaseSync(path)
      database.exec(`UPDATE bypass SET body = replace(body, '100', '900')`)
      database.close()
      const tampered = createSqliteBypassWallet(path)
      const draw = () => tampered.draw({ ...market, id: 'a', amount: usd(1n), now: 0 })
      expect(draw).toThrow(CorruptBudgetError)
      tampered.close()
      writeFileSync(path, 'x'.repeat(10_000))
      expect(() => createSqliteBypassWallet(path)).toThrow(CorruptBudgetError)
    })
  })
})

describe('leaseBypass', () => {
  const key = { ...market, purpose: 'bypass' } as const
  const create = async () => {
    const clock = { at: 0, now: () => clock.at }
    const store = createMemoryBudgetStore(clock)
    await store.define(key, { limit: usd(150n), slotMs: DAY, gatherMs: 0, leaseSlots: 2 })
    const wallet = createMemoryBypassWallet()
    const lease = (agent: string, of: BypassWallet = wallet) =>
      leaseBypass({ store, wallet: of, agent, ...market, amount: usd(100n), skewMs: 1_000 })
    return { clock, store, wallet, lease }
  }

  test('fills once, within the fleet’s budget, and again when the lease has expired', async () => {
    const { clock, wallet, lease } = await create()
    expect(await lease('a')).toBe(100n)
    wallet.draw({ ...market, id: 'x', amount: usd(99n), now: 0 })
    expect(await lease('a')).toBe(100n)
    expect(wallet.draw({ ...market, id: 'y', amount: usd(2n), now: 0 })).toBe(1n)
    expect(await lease('b', createMemoryBypassWallet())).toBe(50n)
    expect(await lease('c', createMemoryBypassWallet())).toBe(0n)
    clock.at = 2 * DAY - 1_000 // the agent's clock may be a second behind
    expect(wallet.draw({ ...market, id: 'z', amount: usd(1n), now: clock.at })).toBe(0n)
    clock.at = 2 * DAY
    expect(await lease('a')).toBe(100n)
    expect(wallet.draw({ ...market, id: 'z', amount: usd(1n), now: clock.at })).toBe(1n)
  })

  test('used up, it takes as much again, while there is any', async () => {
    const { clock, store, wallet, lease } = await create()
    expect(await lease('a')).toBe(100n)
    wallet.draw({ ...market, id: 'x', amount: usd(100n), now: 0 })
    await reportBypass(store, wallet)
    expect(await lease('a')).toBe(50n)
    expect(wallet.draw({ ...market, id: 'y', amount: usd(80n), now: 0 })).toBe(50n)
    await reportBypass(store, wallet)
    expect(await lease('a')).toBe(0n)
    expect(await lease('b', createMemoryBypassWallet())).toBe(0n)
    expect((await store.status())[0]).toMatchObject({ granted: 150n, spent: 150n })
    clock.at = 2 * DAY
    expect(await lease('a')).toBe(100n)
  })

  test('a wallet that was lost may not spend again what it told of', async () => {
    const { store, wallet, lease } = await create()
    await lease('a')
    wallet.draw({ ...market, id: 'x', amount: usd(30n), now: 0 })
    await reportBypass(store, wallet)
    const another = createMemoryBypassWallet()
    expect(await lease('a', another)).toBe(70n)
    expect(another.draw({ ...market, id: 'y', amount: usd(100n), now: 0 })).toBe(70n)
  })

  test('reportBypass: told once, however often', async () => {
    const { store, wallet, lease } = await create()
    await lease('a')
    wallet.draw({ ...market, id: 'x', amount: usd(30n), now: 0 })
    await reportBypass(store, wallet)
    await reportBypass(store, wallet)
    expect((await store.status())[0]).toMatchObject({ spent: 30n })
  })

  test('a budget that nobody defined gives nothing', async () => {
    const store = createMemoryBudgetStore({ now: () => 0 })
    const wallet = createMemoryBypassWallet()
    const p = { store, wallet, agent: 'a', ...market, amount: usd(1n), skewMs: 0 }
    expect(await leaseBypass(p)).toBe(0n)
    expect(wallet.read()).toEqual([])
  })
})
