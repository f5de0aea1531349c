import {
  BaseError,
  type Event,
  type EventStore,
  type Order,
  type PerpVenue,
  type Signer,
  type SubmissionLane,
  type TradeSettlement,
  VenueReadError,
} from '@plimsoll/domain'
import {
  createFaultyLane,
  createRandom,
  createSimulatedWorld,
  type LaneFaults,
  type Random,
  SIMULATED_USDC,
  type SimulatedWorld,
} from '@plimsoll/testkit'
import { describe, expect, test } from 'vitest'
import { createMemoryEventStore } from '../src/index.ts'
import { createActions, createTestDesk, type TestDesk } from './createTestDesk.ts'

const SEEDS = Array.from({ length: 250 }, (_, i) => i + 1)
const STEPS = 40
const MARKETS = ['ETH-PERP', 'BTC-PERP'] as const
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
    live,
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

const MARGIN = 50_000_000_000n
const PATIENCE = 100

/** A venue that does not always answer what a desk asks when it follows. */
function unreliable(venue: PerpVenue, life: Life, random: Random, fails: number): PerpVenue {
  const answer = <T>(what: string, ask: () => Promise<T>): Promise<T> =>
    life.live(async () => {
      if (random.next() < fails) throw new VenueReadError({ venue: venue.id, what })
      return ask()
    })
  return {
    ...venue,
    read: (...args) => answer('positions', () => venue.read(...args)),
    settlements: (...args) => answer('events', () => venue.settlements(...args)),
  }
}

/** Plays one seed: a desk on a bad network, killed and started again, with blocks replaced under it. */
async function play(
  seed: number,
): Promise<{ readonly world: SimulatedWorld; readonly store: EventStore }> {
  const random = createRandom(seed)
  const world = await createSimulatedWorld()
  const store = createMemoryEventStore()
  const { delayed, keeper, owner, chain } = world
  chain.fund(owner, SIMULATED_USDC, 2n * MARGIN)
  for (const market of MARKETS)
    await world.act({
      ...{ type: 'supply', venue: delayed.id, domain: delayed.domainOf(owner, market) },
      ...{ token: SIMULATED_USDC, raw: MARGIN },
    })
  for (let i = 0; i < 20; i++) chain.mine() // deeper than any replaced block
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
      perps: [world.perp, unreliable(delayed, life, random, faults.readFails)],
    })
    return { desk, life }
  }
  let { desk, life } = start()

  const actions = [
    () => act.repay(random.int(1, 500)),
    () => act.transfer(random.int(1, 50)),
    () => act.deleverage({ repay: 100, sell: 0.06, minOut: 1 }),
    () => act.transfer(1_000_000), // refused in simulation
    () => act.commit(random.pick([-3, -2, -1, 1, 2, 3])),
    () => act.commitBoth(random.pick([-1, 1]), random.pick([-0.1, 0.1])),
    () => act.cancel(random.pick(MARKETS)),
  ]
  const step = async (): Promise<void> => {
    const dice = random.next()
    if (random.next() < 0.3) await desk.follow(await chain.latest())
    if (random.next() < 0.35) {
      for (const asset of ['ETH', 'BTC'] as const)
        if (random.next() < 0.8) await world.movePrice(asset, 0.999 + 0.002 * random.next())
      const filled = await keeper.run()
      if (filled > 0 && random.next() < 0.3) {
        await desk.follow(await chain.latest())
        chain.reorg(1) // what was told is gone
      }
    }
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
  const last = createTestDesk(world, { store, lane: healed })
  await last.recover()
  // Whatever still waits when its window has passed is withdrawn, as an engine would.
  chain.mine(PATIENCE)
  await last.follow(await chain.latest())
  const block = await chain.latest()
  for (const { pending } of await delayed.read(owner, block))
    if (pending !== null)
      await last.carryOut(act.cancel(pending.market as (typeof MARKETS)[number]))
  await last.reconcile(block.number)
  await last.follow(await chain.latest())
  return { world, store }
}

const eventsOf = (store: EventStore): readonly Event[] => store.read().map(({ event }) => event)

/** Last state of every order by the log alone. */
function finalStates(events: readonly Event[]): ReadonlyMap<string, Order['state']> {
  const states = new Map<string, Order['state']>()
  for (const event of events) if (event.type === 'order.moved') states.set(event.order, event.state)
  return states
}

/** Settlements that stand by the log, and how often each order ended. */
function tradesOf(events: readonly Event[]) {
  const standing = new Map<string, readonly TradeSettlement[]>()
  const ends = new Map<string, number>()
  let reopened = 0
  for (const event of events) {
    if (event.type === 'trade.settled')
      standing.set(event.order, [...(standing.get(event.order) ?? []), event.settlement])
    if (event.type !== 'order.moved') continue
    const { order, state } = event
    if (ENDS_OF_TRADES.includes(state)) ends.set(order, (ends.get(order) ?? 0) + 1)
    if (state !== 'unknown') continue
    reopened += ends.get(order) ?? 0
    ends.delete(order)
    standing.delete(order)
  }
  return { standing: [...standing.values()].flat(), ends, reopened }
}

/** What the log says of trades that were filled later is what the chain says, and each order ended once. */
async function expectTradesAgree(
  { chain, delayed, owner }: SimulatedWorld,
  events: readonly Event[],
  totals: Record<TradeSettlement['outcome'] | 'reopened' | 'exact', number>,
): Promise<void> {
  const { standing, ends, reopened } = tradesOf(events)
  for (const [order, times] of ends) expect([order, times]).toEqual([order, 1])
  const block = await chain.latest()
  const told = await delayed.settlements({ account: owner, from: 0n, to: block.number })
  const inOrder = (all: readonly TradeSettlement[]) =>
    all.map(({ hash, market, ...rest }) => ({ key: `${hash}/${market}`, rest })).sort(byKey)
  expect(inOrder(standing)).toEqual(inOrder(told))
  for (const { domain, margin, legs, pending } of await delayed.read(owner, block)) {
    const here = standing.filter((each) => each.domain === domain)
    const sum = (of: 'size' | 'fee') => here.reduce((total, each) => total + each[of], 0n)
    expect([domain, pending, legs[0]?.size ?? 0n]).toEqual([domain, null, sum('size')])
    // Until a second fill settles profit and funding, fees are all that margin has paid.
    if (here.filter(({ outcome }) => outcome === 'executed').length > 1) continue
    expect([domain, (MARGIN - margin) * 10n ** 12n]).toEqual([domain, sum('fee')])
    totals.exact += 1
  }
  for (const { outcome } of standing) totals[outcome] += 1
  totals.reopened += reopened
}

const ENDS_OF_TRADES: readonly Order['state'][] = ['executed', 'expired', 'cancelled']

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number =>
  a.key < b.key ? -1 : 1

describe('an order desk on a bad network, killed and restarted', () => {
  const totals = {
    ...{ signed: 0, reconciled: 0, refused: 0, unknown: 0 },
    ...{ executed: 0, expired: 0, cancelled: 0, reopened: 0, exact: 0 },
  }

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
    const committed = new Set(
      events.flatMap((event) =>
        event.type === 'order.moved' && event.state === 'committed' ? [event.order] : [],
      ),
    )
    for (const [order, state] of states) {
      const sent = signed.some((event) => event.order === order)
      const ends = committed.has(order) ? ENDS_OF_TRADES : [sent ? 'reconciled' : 'refused']
      expect([order, ends.includes(state), state]).toEqual([order, true, state])
    }
    // The log's last word on every transaction is the chain's.
    const settled = new Map(
      events.flatMap((event) =>
        event.type === 'transaction.settled' ? [[event.receipt.hash, event.receipt] as const] : [],
      ),
    )
    for (const { receipt } of mined) expect(settled.get(receipt.hash)).toEqual(receipt)
    await expectTradesAgree(world, events, totals)

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
    expect(totals.executed).toBeGreaterThan(SEEDS.length)
    expect(totals.expired).toBeGreaterThan(SEEDS.length / 2)
    expect(totals.cancelled).toBeGreaterThan(SEEDS.length / 10)
    expect(totals.reopened).toBeGreaterThan(SEEDS.length / 10)
    expect(totals.exact).toBeGreaterThan(SEEDS.length)
  })

  test('behavior: the same seed gives the same log', async () => {
    const [one, two] = [await play(7), await play(7)]
    expect(eventsOf(one.store)).toEqual(eventsOf(two.store))
  })
})
