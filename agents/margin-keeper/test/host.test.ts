import {
  type BlockRef,
  type LendingVenue,
  PolicyDeniedError,
  type SubmissionLane,
  VenueReadError,
} from '@plimsoll/domain'
import { createMemoryEventStore, EventStoreWriteError } from '@plimsoll/kernel'
import {
  createSimulatedWorld,
  type SimulatedPortfolio,
  type SimulatedWorld,
} from '@plimsoll/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestKeeper, type KeeperParts, type TestKeeper } from './createTestKeeper.ts'

/** Two loans that both need help when ETH falls by 8 %, and a reserve that is enough for both. */
const TWO_LOANS: SimulatedPortfolio = {
  first: { weth: 100, debt: 120_000 },
  second: { weth: 100, debt: 126_000 },
  perp: { margin: 0, eth: 0 },
  reserve: 60_000,
}
const timeout = () => new VenueReadError({ venue: 'node', what: 'anything', cause: 'timeout' })

let world: SimulatedWorld
beforeEach(async () => {
  world = await createSimulatedWorld(TWO_LOANS)
})

const engine = { restoreTo: 1.4, donorFloor: 1.5 }
const hosted = (parts: KeeperParts = {}): TestKeeper =>
  createTestKeeper(world, { engine, ...parts })

/** A lane that works, or fails as a test says. */
const createSwitch = () => {
  const is = { losing: false, deaf: false }
  const lane: SubmissionLane = {
    async nonce(account) {
      if (is.deaf) throw timeout()
      return world.chain.nonce(account)
    },
    async receipt(hash) {
      if (is.deaf) throw timeout()
      return world.chain.receipt(hash)
    },
    async send(transaction) {
      if (is.deaf) throw timeout()
      if (!is.losing) await world.chain.send(transaction)
    },
  }
  return { is, lane }
}

const statesOf = (keeper: TestKeeper): readonly string[] =>
  keeper.events().flatMap((event) => (event.type === 'agent.moved' ? [event.state] : []))

describe('start', () => {
  test('default: recovers, then watches', async () => {
    const keeper = hosted()
    expect(await keeper.start()).toBe('watching')
    expect(statesOf(keeper)).toEqual(['recovering', 'watching'])
  })

  test('behavior: without an answer of the chain it goes on recovering, tick by tick', async () => {
    const { is, lane } = createSwitch()
    is.deaf = true
    const keeper = hosted({ lane })
    expect(await keeper.start()).toBe('recovering')
    expect(await keeper.tick()).toMatchObject({ state: 'recovering', frame: null })
    is.deaf = false
    const report = await keeper.tick()
    expect(report).toMatchObject({ state: 'watching', failures: [] })
    expect(report.frame).not.toBeNull()
  })
})

describe('a frame that cannot be read', () => {
  test('behavior: refused, told and logged; the next block is another chance', async () => {
    let down = true
    const flaky: LendingVenue = {
      ...world.first,
      async read(account, block) {
        if (down) throw timeout()
        return world.first.read(account, block)
      },
    }
    const keeper = hosted({ sources: { lending: [flaky, world.second] } })
    await keeper.start()
    const refused = await keeper.tick()
    expect(refused).toMatchObject({ state: 'watching', frame: null, orders: [] })
    expect(refused.failures).toMatchObject([
      { step: 'frame.requested', recovery: 'refresh', code: 'DATA_INCOMPLETE_FRAME' },
    ])
    expect(keeper.events().at(-1)).toMatchObject({
      type: 'frame.refused',
      reason: expect.stringContaining(world.first.id),
    })
    down = false
    expect(await keeper.tick()).toMatchObject({ state: 'watching', failures: [] })
  })
})

describe('a block from before our own transactions', () => {
  test('behavior: a later one is read instead, so nothing is done twice', async () => {
    const keeper = hosted()
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    const old = await world.chain.latest()
    expect((await keeper.tick(old)).orders).toHaveLength(2)
    const again = await keeper.tick(old)
    expect(again.orders).toEqual([])
    expect(again.block.number).toBeGreaterThan(old.number)
  })

  test('behavior: without a later one the frame is refused', async () => {
    let stuck: BlockRef | null = null
    const keeper = hosted({
      head: { ...world.chain, latest: async () => stuck ?? world.chain.latest() },
    })
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    stuck = await world.chain.latest()
    expect((await keeper.tick()).orders).toHaveLength(2)
    const behind = await keeper.tick()
    expect(behind).toMatchObject({
      state: 'watching',
      frame: null,
      orders: [],
      failures: [{ code: 'DATA_INCOMPLETE_FRAME', reason: expect.stringContaining('behind') }],
    })
    stuck = null
    expect(await keeper.tick()).toMatchObject({ failures: [], orders: [] })
  })
})

describe('an unsure chain', () => {
  test('behavior: rests in reconciling, and goes on with the block that brings the answer', async () => {
    const { is, lane } = createSwitch()
    const keeper = hosted({ lane })
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    is.losing = true
    const lost = await keeper.tick()
    expect(lost.state).toBe('reconciling')
    expect(lost.orders.map(({ state }) => state)).toEqual(['unknown', 'granted'])
    expect(lost.failures).toMatchObject([{ recovery: 'reconcile', code: 'EXECUTION_UNSURE' }])

    is.losing = false
    const found = await keeper.tick()
    expect(found.state).toBe('watching')
    // What was lost is done, what was dropped is planned anew.
    expect(found.orders.map(({ state }) => state)).toEqual(['reconciled'])
    expect(world.chain.mined(world.owner).map(({ nonce }) => nonce)).toEqual([0, 1])
  })

  test('behavior: halts when the answer does not come, and a person resumes', async () => {
    const { is, lane } = createSwitch()
    const keeper = hosted({ lane, config: { unsureTicks: 2 } })
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    is.losing = true
    const states = [await keeper.tick(), await keeper.tick(), await keeper.tick()]
    expect(states.map(({ state }) => state)).toEqual(['reconciling', 'reconciling', 'halted'])
    expect(await keeper.tick()).toMatchObject({ state: 'halted', frame: null })

    is.losing = false
    expect(await keeper.resume()).toBe('watching')
    expect(world.chain.mined(world.owner)).toHaveLength(1)
    expect((await keeper.tick()).state).toBe('watching')
  })
})

describe('halt', () => {
  test('behavior: a denied signature halts; nothing is sent until a person resumes', async () => {
    let strict = true
    const signer = world.chain.signer(world.owner)
    const keeper = hosted({
      signer: {
        ...signer,
        async sign(p) {
          if (strict) throw new PolicyDeniedError({ rule: 'r', found: 'x', allowed: 'y' })
          return signer.sign(p)
        },
      },
    })
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    const report = await keeper.tick()
    expect(report.state).toBe('halted')
    expect(report.failures).toMatchObject([{ code: 'EXECUTION_POLICY_DENIED', recovery: 'halt' }])
    expect(report.orders.map(({ state }) => state)).toEqual(['refused', 'granted'])
    expect(world.chain.mined(world.owner)).toEqual([])

    strict = false
    expect(await keeper.resume()).toBe('watching')
    expect((await keeper.tick()).orders.map(({ state }) => state)).toEqual([
      'reconciled',
      'reconciled',
    ])
  })

  test('behavior: a throw inside an action of the machine counts as halted; resuming starts a fresh one', async () => {
    let broken = true
    const keeper = hosted({
      alter: (agent) => ({
        ...agent,
        policy: {
          ...agent.policy,
          assess: (p) => {
            const assessment = agent.policy.assess(p)
            if (!broken) return assessment
            return Object.defineProperty({ ...assessment }, 'equity', {
              get() {
                throw new RangeError('nothing of ours')
              },
            })
          },
        },
      }),
    })
    await keeper.start()
    const report = await keeper.tick()
    expect(report.state).toBe('halted')
    expect(report.failures).toMatchObject([{ step: 'machine', recovery: 'halt' }])
    expect(await keeper.tick()).toMatchObject({ state: 'halted', failures: [] })

    broken = false
    expect(await keeper.resume()).toBe('watching')
    expect((await keeper.tick()).failures).toEqual([])
    expect(statesOf(keeper)).toContain('halted')
  })

  test('behavior: a policy that throws what is no error of ours halts with its reason', async () => {
    const keeper = hosted({
      alter: (agent) => ({
        ...agent,
        policy: {
          ...agent.policy,
          plan: () => {
            throw new RangeError('nothing of ours')
          },
        },
      }),
    })
    await keeper.start()
    expect(await keeper.tick()).toMatchObject({
      state: 'halted',
      failures: [
        { step: 'plan.requested', code: 'INVARIANT_UNEXPECTED', reason: 'nothing of ours' },
      ],
    })
  })

  test('behavior: an agent that cannot journal does not act', async () => {
    const store = createMemoryEventStore()
    let full = false
    const keeper = hosted({
      store: {
        ...store,
        append(event) {
          if (full) throw new EventStoreWriteError({ path: 'test', cause: 'disk full' })
          return store.append(event)
        },
      },
    })
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    full = true
    const report = await keeper.tick()
    expect(report.state).toBe('halted')
    expect(report.failures.at(-1)).toMatchObject({ step: 'journal', recovery: 'halt' })
    expect(world.chain.mined(world.owner)).toEqual([])

    full = false
    expect(await keeper.resume()).toBe('watching')
    expect((await keeper.tick()).orders.map(({ state }) => state)).toEqual([
      'reconciled',
      'reconciled',
    ])
  })
})

describe('operator', () => {
  test('behavior: a pause lets the order in flight end and keeps the next from starting', async () => {
    const keeper = hosted()
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    const stop = keeper.listen((event) => {
      if (event.type === 'transaction.signed') keeper.pause()
    })
    const report = await keeper.tick()
    stop()
    expect(report.state).toBe('paused')
    expect(report.orders.map(({ state }) => state)).toEqual(['settled', 'granted'])
    expect(world.chain.mined(world.owner)).toHaveLength(1)

    const paused = await keeper.tick()
    expect(paused).toMatchObject({ state: 'paused', assessment: null, orders: [] })
    expect(paused.frame).not.toBeNull()

    expect(await keeper.resume()).toBe('watching')
    const moves = keeper
      .events()
      .flatMap((event) => (event.type === 'order.moved' ? [`${event.order} ${event.state}`] : []))
    expect(moves.slice(-2).toSorted()).toEqual([
      'margin-keeper#1 reconciled',
      'margin-keeper#2 refused',
    ])
    expect((await keeper.tick()).orders).toMatchObject([
      { id: 'margin-keeper#3', state: 'reconciled' },
    ])
  })

  test('behavior: a pause before a tick holds through it', async () => {
    const keeper = hosted()
    await keeper.start()
    keeper.pause()
    expect(keeper.state()).toBe('paused')
    await world.movePrice('ETH', 0.92)
    expect((await keeper.tick()).state).toBe('paused')
    expect(world.chain.mined(world.owner)).toEqual([])
  })

  test('behavior: ticks that overlap wait for each other', async () => {
    const keeper = hosted()
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    const [one, two] = await Promise.all([keeper.tick(), keeper.tick()])
    expect(one.orders).toHaveLength(2)
    expect(two.orders).toEqual([])
    expect(two.block.number).toBeGreaterThan(one.block.number)
  })
})

describe('restart', () => {
  test('behavior: orders go on counting, and what was done is not done again', async () => {
    const keeper = hosted()
    await keeper.start()
    await world.movePrice('ETH', 0.92)
    await keeper.tick()
    keeper.stop()
    const restarted = hosted({ store: keeper.store })
    await restarted.start()
    expect((await restarted.tick()).orders).toEqual([])
    await world.movePrice('ETH', 0.9)
    const { orders } = await restarted.tick()
    expect(orders[0]?.id).toBe('margin-keeper#3')
    expect(world.chain.mined(world.owner)).toHaveLength(2 + orders.length)
  })

  test('behavior: the same world gives the same log', async () => {
    const logs = await Promise.all(
      [1, 2].map(async () => {
        const own = await createSimulatedWorld(TWO_LOANS)
        const keeper = createTestKeeper(own, { engine })
        await keeper.start()
        for (const factor of [0.97, 0.95, 1.02, 0.93]) {
          await own.movePrice('ETH', factor)
          await keeper.tick()
        }
        return keeper.events()
      }),
    )
    expect(logs[0]).toEqual(logs[1])
    expect(logs[0]?.filter(({ type }) => type === 'transaction.settled').length).toBeGreaterThan(1)
  })
})
