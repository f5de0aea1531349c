import {
  type BudgetKey,
  type BudgetRequest,
  type BudgetStore,
  type Lease,
  usd,
} from '@plimsoll/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** A budget store under test, on a clock that the suite moves. */
export type BudgetStoreHarness = {
  readonly store: BudgetStore
  /** Another connection to the same budgets: another agent's, or one after a restart. Null where they do not outlive the store. */
  connect: (() => Promise<BudgetStore>) | null
  /** Overwrites what is stored of a budget with something else; null where nothing is stored. */
  damage: ((how: 'text' | 'digest') => Promise<void>) | null
  close(): Promise<void>
}

/** A clock that stands until it is moved. */
export type SuiteClock = { now(): number; at: number }

const SLOT = 12_000
const GATHER = 3_000
/** Begin of a slot. */
const START = SLOT * 1_000
const key: BudgetKey = { asset: 'ETH', venue: 'pool', purpose: 'orders' }
const terms = { limit: usd(1_000n), slotMs: SLOT, gatherMs: GATHER, leaseSlots: 2 }

const ask = (id: string, amount: bigint, change: Partial<BudgetRequest> = {}): BudgetRequest => ({
  key,
  id,
  agent: id,
  amount: usd(amount),
  least: usd(0n),
  urgency: 1,
  budget: usd(1_000n),
  ...change,
})

/** The rules every budget store keeps, as numbered cases. */
export function budgetStoreSuite(p: {
  readonly name: string
  readonly create: (clock: SuiteClock) => Promise<BudgetStoreHarness>
}): void {
  describe(`BudgetStore: ${p.name}`, () => {
    let on: BudgetStoreHarness
    let clock: SuiteClock
    beforeEach(async () => {
      clock = { at: START, now: () => clock.at }
      on = await p.create(clock)
      await on.store.define(key, terms)
    })
    afterEach(() => on.close())

    /** Moves to a moment after the gathering of a slot, counted from the first. */
    const late = (slot = 0): void => {
      clock.at = START + slot * SLOT + GATHER
    }
    const grant = async (id: string, amount: bigint, change: Partial<BudgetRequest> = {}) => {
      const answer = await on.store.request(ask(id, amount, change))
      return answer.type === 'granted' ? answer.lease.granted : answer.type
    }
    const leaseOf = async (id: string, amount: bigint): Promise<Lease> => {
      const answer = await on.store.request(ask(id, amount))
      if (answer.type !== 'granted') throw expect.unreachable()
      return answer.lease
    }
    const spend = async (lease: string, id: string, amount: bigint): Promise<string | bigint> => {
      const answer = await on.store.spend({ key, lease, id, amount: usd(amount) })
      return answer.type === 'spent' ? answer.lease.spent : answer.why
    }

    test('B01 at, just under and just over the budget of a slot', async () => {
      late()
      expect(await grant('under', 999n)).toBe(999n)
      expect(await grant('at', 1n)).toBe(1n)
      expect(await grant('over', 1n)).toBe('refused')
      late(2)
      expect(await grant('all', 1_001n)).toBe(1_000n)
    })

    test('B02 requests of a slot are gathered and shared by urgency, whoever came first', async () => {
      expect(await grant('calm', 800n, { urgency: 1 })).toBe('pending')
      expect(await grant('urgent', 700n, { urgency: 9 })).toBe('pending')
      expect(await grant('whole', 600n, { urgency: 5, least: usd(600n) })).toBe('pending')
      late()
      expect(await grant('calm', 800n)).toBe(300n)
      expect(await grant('urgent', 700n)).toBe(700n)
      expect(await grant('whole', 600n, { least: usd(600n) })).toBe('refused')
    })

    test('B03 asking again with the same id gives the same lease, also in the next slot', async () => {
      late()
      const first = await leaseOf('a', 600n)
      expect(await leaseOf('a', 600n)).toEqual(first)
      late(1)
      expect(await leaseOf('a', 600n)).toEqual(first)
    })

    test('B04 an unspent lease keeps its amount from others until it expires, then never again', async () => {
      late()
      await leaseOf('dead', 1_000n)
      late(1)
      expect(await grant('b', 1_000n)).toBe('refused')
      clock.at = START + 2 * SLOT - 1
      expect(await grant('b', 1_000n)).toBe('refused')
      late(2)
      expect(await grant('b', 1_500n)).toBe(1_000n) // back once: not twice the budget
      expect(await grant('c', 1n)).toBe('refused')
      expect(await spend('dead', 'x', 1n)).toBe('no-lease')
    })

    test('B05 spending up to a lease and not beyond it', async () => {
      late()
      await leaseOf('a', 600n)
      expect(await spend('a', 'x', 599n)).toBe(599n)
      expect(await spend('a', 'y', 2n)).toBe('exceeds')
      expect(await spend('a', 'z', 1n)).toBe(600n)
      expect(await spend('a', 'w', 1n)).toBe('exceeds')
      expect(await spend('nobody', 'x', 1n)).toBe('no-lease')
    })

    test('B06 repeating a spending charges once', async () => {
      late()
      await leaseOf('a', 600n)
      expect(await spend('a', 'x', 400n)).toBe(400n)
      expect(await spend('a', 'x', 400n)).toBe(400n)
      late(1)
      expect(await spend('a', 'x', 400n)).toBe(400n)
      expect(await spend('a', 'y', 200n)).toBe(600n)
    })

    test('B07 what is spent late is charged to the slot that granted it and kept from the next', async () => {
      late()
      await leaseOf('a', 900n)
      expect(await spend('a', 'x', 500n)).toBe(500n)
      late(1)
      expect(await grant('b', 1_000n)).toBe(600n) // 400 of the first may still be traded now
      expect(await spend('a', 'y', 400n)).toBe(900n)
      expect(await grant('c', 1n)).toBe('refused')
    })

    test('B08 a released lease cannot be spent; its rest is there in the next slot, not twice in its own', async () => {
      late()
      await leaseOf('a', 1_000n)
      await spend('a', 'x', 300n)
      await on.store.release({ key, lease: 'a' })
      await on.store.release({ key, lease: 'a' })
      expect(await spend('a', 'y', 1n)).toBe('released')
      expect(await spend('a', 'x', 300n)).toBe(300n)
      expect(await grant('b', 1n)).toBe('refused')
      late(1)
      expect(await grant('b', 2_000n)).toBe(1_000n)
    })

    test('B09 nothing can be spent from the moment a lease expires', async () => {
      late()
      const { expiresAt } = await leaseOf('a', 600n)
      expect(expiresAt).toBe(START + 2 * SLOT)
      clock.at = expiresAt - 1
      expect(await spend('a', 'x', 1n)).toBe(1n)
      clock.at = expiresAt
      expect(await spend('a', 'y', 1n)).toBe('no-lease')
    })

    test('B10 the smallest opinion of a slot counts, and no opinion lifts the limit', async () => {
      expect(await grant('liar', 5_000n, { budget: usd(100_000n), urgency: 9 })).toBe('pending')
      expect(await grant('honest', 10n, { budget: usd(400n) })).toBe('pending')
      late()
      expect(await grant('liar', 5_000n, { budget: usd(100_000n) })).toBe(400n)
      expect(await grant('honest', 10n)).toBe('refused')
      late(1) // unspent, the first lease still counts
      expect(await grant('again', 5_000n, { budget: usd(100_000n) })).toBe(600n)
      late(3)
      expect(await grant('later', 5_000n, { budget: usd(100_000n) })).toBe(1_000n)
      late(5)
      expect(await grant('none', 10n, { budget: usd(0n) })).toBe('refused')
    })

    test('B11 a budget without terms grants nothing', async () => {
      const other = { ...key, venue: 'elsewhere' }
      expect(await on.store.request(ask('a', 1n, { key: other }))).toMatchObject({
        type: 'refused',
        why: 'no-terms',
      })
      expect(await on.store.spend({ key: other, lease: 'a', id: 'x', amount: usd(1n) })).toEqual({
        type: 'refused',
        why: 'no-lease',
      })
    })

    test('B12 order and bypass budgets are counted apart', async () => {
      const bypass: BudgetKey = { ...key, purpose: 'bypass' }
      await on.store.define(bypass, { ...terms, limit: usd(50n), slotMs: SLOT * 100 })
      late()
      expect(await grant('a', 1_000n)).toBe(1_000n)
      clock.at = SLOT * 100 * 10 + GATHER
      expect(await grant('b', 80n, { key: bypass })).toBe(50n)
      expect(
        (await on.store.status()).map(({ key: { purpose }, granted }) => [purpose, granted]),
      ).toEqual(
        expect.arrayContaining([
          ['bypass', 50n],
          ['orders', 1_000n],
        ]),
      )
    })

    test('B13 a limit falls at once and rises with the next slot', async () => {
      late()
      await on.store.define(key, { ...terms, limit: usd(400n) })
      expect(await grant('a', 1_000n)).toBe(400n)
      await on.store.define(key, { ...terms, limit: usd(2_000n) })
      expect(await grant('b', 1_000n)).toBe('refused')
      late(2)
      expect(await grant('c', 3_000n, { budget: usd(3_000n) })).toBe(2_000n)
    })

    test('B14 a clock that goes back does not bring a slot back', async () => {
      late(5)
      expect(await grant('a', 1_000n)).toBe(1_000n)
      clock.at = START
      expect(await grant('b', 1n)).toBe('refused')
      late(4)
      expect(await grant('c', 1n)).toBe('refused')
    })

    test('B15 the status adds up', async () => {
      late()
      await leaseOf('a', 600n)
      await spend('a', 'x', 250n)
      late(1)
      await leaseOf('b', 100n)
      const [status] = await on.store.status()
      expect(status).toMatchObject({
        key,
        slot: START / SLOT + 1,
        budget: 1_000n,
        granted: 100n,
        carried: 350n,
        available: 550n,
        recent: 250n,
        spent: 250n,
        leases: 2,
        now: clock.at,
      })
      expect(status!.flow.fast + status!.flow.slow).toBeGreaterThan(0)
      late(40) // eight minutes later
      expect((await on.store.status())[0]).toMatchObject({ recent: 0n, granted: 0n, carried: 0n })
    })

    test('B21 the status of some budgets, those that nobody defined left out', async () => {
      const bypass: BudgetKey = { ...key, purpose: 'bypass' }
      await on.store.define(bypass, terms)
      const named = async (keys?: readonly BudgetKey[]) =>
        (await on.store.status(keys)).map((each) => each.key.purpose)
      expect(await named()).toEqual(expect.arrayContaining(['bypass', 'orders']))
      expect(await named([bypass])).toEqual(['bypass'])
      expect(await named([{ ...key, venue: 'elsewhere' }])).toEqual([])
      expect(await named([])).toEqual([])
    })

    test('B22 asking and charging at once is one grant, charged once', async () => {
      const take = async (id: string, amount: bigint, spending: string, of = key) => {
        const answer = await on.store.take(ask(id, amount, { key: of }), spending)
        if (answer.type !== 'spent') return answer.type === 'refused' ? answer.why : answer.type
        expect(answer.until).toBe((Math.floor(clock.at / SLOT) + 1) * SLOT)
        return [answer.amount, answer.lease.granted, answer.lease.spent]
      }
      expect(await take('early', 600n, 'x')).toBe('pending')
      late()
      expect(await take('early', 600n, 'x')).toEqual([600n, 600n, 600n])
      expect(await take('early', 600n, 'x')).toEqual([600n, 600n, 600n])
      expect(await take('early', 600n, 'y')).toEqual([0n, 600n, 600n])
      expect(await take('partly', 700n, 'x')).toEqual([400n, 400n, 400n])
      expect(await take('none', 1n, 'x')).toBe('exhausted')
      expect(await take('nowhere', 1n, 'x', { ...key, venue: 'elsewhere' })).toBe('no-terms')
      late(1)
      const held = await leaseOf('held', 500n)
      expect(await take('held', 200n, 'x')).toEqual([200n, held.granted, 200n])
      expect(await take('held', 400n, 'y')).toEqual([300n, held.granted, 500n])
      expect((await on.store.status())[0]).toMatchObject({ spentInSlot: 500n, spent: 1_500n })
      await leaseOf('given up', 500n)
      await on.store.release({ key, lease: 'given up' })
      expect(await take('given up', 500n, 'x')).toBe('released')
      expect((await on.store.status())[0]).toMatchObject({ spent: 1_500n })
    })

    test('B23 many who take at once, each after a look, never get more than there is', async () => {
      late()
      const stores = [
        on.store,
        ...(on.connect === null ? [] : [await on.connect(), await on.connect()]),
      ]
      const taken = await Promise.all(
        Array.from({ length: 30 }, async (_, i) => {
          const store = stores[i % stores.length]!
          await store.status([key])
          const answer = await store.take(ask(`agent-${i}`, 70n), 'x')
          return answer.type === 'spent' ? answer.amount : 0n
        }),
      )
      expect(taken.reduce<bigint>((sum, amount) => sum + amount, 0n)).toBe(1_000n)
      expect((await on.store.status([key]))[0]).toMatchObject({ spent: 1_000n, available: 0n })
      for (const store of stores.slice(1)) await store.close()
    })

    test('B24 a look that others have made old decides nothing', async () => {
      if (on.connect === null) return
      late()
      const other = await on.connect()
      await on.store.status([key])
      expect(await other.take(ask('b', 900n), 'x')).toMatchObject({ amount: 900n })
      expect(await on.store.take(ask('a', 900n), 'x')).toMatchObject({ amount: 100n })
      await on.store.status([key])
      late(2)
      await other.take(ask('c', 1_000n), 'x')
      expect(await on.store.take(ask('d', 1n), 'x')).toMatchObject({ why: 'exhausted' })
      await other.close()
    })

    test('B16 requests that make no sense are refused as errors', async () => {
      for (const bad of [
        { amount: usd(0n) },
        { amount: usd(-5n) },
        { least: usd(700n) },
        { urgency: Number.NaN },
        { budget: usd(-1n) },
        { id: '' },
      ])
        await expect(on.store.request(ask('a', 600n, bad))).rejects.toThrow()
      late()
      expect(await grant('b', 1_000n)).toBe(1_000n)
      expect(await spend('b', 'x', -1n)).toBe('exceeds')
    })

    test('B17 a closed store grants nothing', async () => {
      late()
      await on.store.close()
      await expect(on.store.request(ask('a', 1n))).rejects.toThrow()
      await expect(on.store.status()).rejects.toThrow()
    })

    test('B18 what was granted and spent is there after a restart', async () => {
      if (on.connect === null) return
      late()
      await leaseOf('a', 700n)
      await spend('a', 'x', 200n)
      await on.store.close()
      const again = await on.connect()
      expect(await again.request(ask('b', 1_000n))).toMatchObject({ lease: { granted: 300n } })
      expect(await again.spend({ key, lease: 'a', id: 'x', amount: usd(200n) })).toMatchObject({
        lease: { spent: 200n },
      })
      await again.close()
    })

    test('B19 many who ask at once never get more than there is', async () => {
      late()
      const stores = [
        on.store,
        ...(on.connect === null ? [] : [await on.connect(), await on.connect()]),
      ]
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          stores[i % stores.length]!.request(ask(`agent-${i}`, 70n)),
        ),
      )
      const granted = answers.reduce(
        (sum, answer) => sum + (answer.type === 'granted' ? answer.lease.granted : 0n),
        0n,
      )
      expect(granted).toBe(1_000n)
      for (const store of stores.slice(1)) await store.close()
    })

    test('B20 a damaged budget grants nothing', async () => {
      if (on.damage === null) return
      late()
      await leaseOf('a', 700n)
      for (const how of ['digest', 'text'] as const) {
        await on.damage(how)
        await expect(on.store.request(ask('b', 1n))).rejects.toMatchObject({
          code: 'DATA_BUDGET_CORRUPT',
          recovery: 'halt',
        })
        await expect(
          on.store.spend({ key, lease: 'a', id: 'x', amount: usd(1n) }),
        ).rejects.toMatchObject({ recovery: 'halt' })
        await expect(on.store.take(ask('b', 1n), 'x')).rejects.toMatchObject({ recovery: 'halt' })
        await expect(on.store.status()).rejects.toMatchObject({ recovery: 'halt' })
        await expect(on.store.define(key, terms)).rejects.toMatchObject({ recovery: 'halt' })
      }
    })
  })
}
