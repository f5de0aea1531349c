import {
  BaseError,
  type Event,
  type EventStore,
  type Order,
  type Signer,
  type SubmissionLane,
} from '@plimsoll/domain'
import {
  createFaultyLane,
  createRandom,
  createSimulatedWorld,
  type LaneFaults,
  type Random,
  type SimulatedWorld,
} from '@plimsoll/testkit'
import { describe, expect, test } from 'vitest'
import { createMemoryEventStore } from '../src/index.ts'
import { createActions, createTestDesk, type TestDesk } from './createTestDesk.ts'

const SEEDS = Array.from({ length: 250 }, (_, i) => i + 1)
const STEPS = 30
const NO_FAULTS: LaneFaults = {
  sendRefused: 0,
  sendUnsure: 0,
  sendLost: 0,
  receiptHidden: 0,
  readFails: 0,
}

/** The process is gone: whatever it does from here on fails. */
class ProcessDied extends BaseError {
  override readonly code = 'TEST_PROCESS_DIED'
  override readonly recovery = 'halt'
}

/** Counts down the effects of one process; the last one happens or not, and nothing after it does. */
function createLife(random: Random, effects: number) {
  let left = effects
  const before = (): void => {
    left -= 1
    if (left < 0 || (left === 0 && random.next() < 0.5)) throw new ProcessDied('died before')
  }
  const after = (): void => {
    if (left <= 0) throw new ProcessDied('died after')
  }
  const live = async <T>(effect: () => Promise<T>): Promise<T> => {
    before()
    const result = await effect()
    after()
    return result
  }
  return {
    isOver: () => left <= 0,
    store: (store: EventStore): EventStore => ({
      ...store,
      append(event) {
        before()
        const sequence = store.append(event)
        after()
        return sequence
      },
    }),
    lane: (lane: SubmissionLane): SubmissionLane => ({
      nonce: (account) => live(() => lane.nonce(account)),
      receipt: (hash) => live(() => lane.receipt(hash)),
      send: (transaction) => live(() => lane.send(transaction)),
    }),
    signer: (signer: Signer): Signer => ({
      address: signer.address,
      sign: (p) => live(() => signer.sign(p)),
    }),
  }
}

type Life = ReturnType<typeof createLife>

/** Plays one seed: a desk on a bad network, killed and started again, with blocks replaced under it. */
async function play(
  seed: number,
): Promise<{ readonly world: SimulatedWorld; readonly store: EventStore }> {
  const random = createRandom(seed)
  const world = await createSimulatedWorld()
  const store = createMemoryEventStore()
  const act = createActions(world)
  const faults: LaneFaults = {
    sendRefused: 0.15 * random.next(),
    sendUnsure: 0.25 * random.next(),
    sendLost: 0.25 * random.next(),
    receiptHidden: 0.3 * random.next(),
    readFails: 0.15 * random.next(),
  }
  const lane = createFaultyLane({ lane: world.chain, random, faults })

  const start = (): { readonly desk: TestDesk; readonly life: Life } => {
    const life = createLife(random, random.next() < 0.5 ? random.int(1, 40) : 10_000)
    const desk = createTestDesk(world, {
      store: life.store(store),
      lane: life.lane(lane),
      signer: life.signer(world.chain.signer(world.owner)),
    })
    return { desk, life }
  }
  let { desk, life } = start()

  const actions = [
    () => act.repay(random.int(1, 500)),
    () => act.transfer(random.int(1, 50)),
    () => act.deleverage({ repay: 100, sell: 0.06, minOut: 1 }),
    () => act.transfer(1_000_000), // refused in simulation
  ]
  const step = async (): Promise<void> => {
    const dice = random.next()
    if (dice < 0.5) await desk.carryOut(random.pick(actions)())
    else if (dice < 0.75) await desk.reconcile((await world.chain.latest()).number)
    else if (dice < 0.8) world.chain.automine(random.next() < 0.7)
    else if (dice < 0.9) world.chain.mine(random.int(1, 30))
    else if (dice < 0.93) world.chain.reorg(random.int(1, 2))
    else ({ desk, life } = start())
  }
  for (let i = 0; i < STEPS; i++)
    try {
      if (life.isOver()) ({ desk, life } = start())
      if (random.next() < 0.4) await desk.recover()
      await step()
    } catch (cause) {
      if (!(cause instanceof BaseError)) throw cause
    }

  // The network heals, and the last start finds everything.
  world.chain.automine(true)
  world.chain.mine()
  const healed = createFaultyLane({ lane: world.chain, random, faults: NO_FAULTS })
  await createTestDesk(world, { store, lane: healed }).recover()
  return { world, store }
}

const eventsOf = (store: EventStore): readonly Event[] => store.read().map(({ event }) => event)

/** Last state of every order by the log alone. */
function finalStates(events: readonly Event[]): ReadonlyMap<string, Order['state']> {
  const states = new Map<string, Order['state']>()
  for (const event of events) if (event.type === 'order.moved') states.set(event.order, event.state)
  return states
}

describe('an order desk on a bad network, killed and restarted', () => {
  const totals = { signed: 0, reconciled: 0, refused: 0, unknown: 0 }

  test.for(SEEDS)('seed %i: nothing twice, nothing lost, log and chain agree', async (seed) => {
    const { world, store } = await play(seed)
    const events = eventsOf(store)
    const signed = events.filter((event) => event.type === 'transaction.signed')
    const mined = world.chain.mined(world.owner)

    // Never two transactions of one nonce, and no nonce left out.
    expect(signed.map(({ nonce }) => nonce)).toEqual(signed.map((_, i) => i))
    expect(new Set(signed.map(({ hash }) => hash)).size).toBe(signed.length)
    // Whatever was signed is on chain once, and nothing else is.
    expect(mined.map(({ receipt }) => receipt.hash)).toEqual(signed.map(({ hash }) => hash))
    // Every order has an end, and one with transactions is reconciled.
    const states = finalStates(events)
    for (const [order, state] of states) {
      const sent = signed.some((event) => event.order === order)
      expect([order, state]).toEqual([order, sent ? 'reconciled' : 'refused'])
    }
    // The log's last word on every transaction is the chain's.
    const settled = new Map(
      events.flatMap((event) =>
        event.type === 'transaction.settled' ? [[event.receipt.hash, event.receipt] as const] : [],
      ),
    )
    for (const { receipt } of mined) expect(settled.get(receipt.hash)).toEqual(receipt)

    totals.signed += signed.length
    totals.reconciled += [...states.values()].filter((state) => state === 'reconciled').length
    totals.refused += [...states.values()].filter((state) => state === 'refused').length
    totals.unknown += events.filter(
      (event) => event.type === 'order.moved' && event.state === 'unknown',
    ).length
  })

  test('the seeds reach what they are for', () => {
    expect(totals.signed).toBeGreaterThan(SEEDS.length)
    expect(totals.reconciled).toBeGreaterThan(SEEDS.length)
    expect(totals.refused).toBeGreaterThan(SEEDS.length / 4)
    expect(totals.unknown).toBeGreaterThan(SEEDS.length / 2)
  })

  test('behavior: the same seed gives the same log', async () => {
    const [one, two] = [await play(7), await play(7)]
    expect(eventsOf(one.store)).toEqual(eventsOf(two.store))
  })
})
