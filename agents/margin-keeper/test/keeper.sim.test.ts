import type { Event } from '@plimsoll/domain'
import { createMemoryEventStore } from '@plimsoll/kernel'
import {
  createFaultyLane,
  createRandom,
  createSimulatedWorld,
  SIMULATED_PORTFOLIO,
} from '@plimsoll/testkit'
import { describe, expect, test } from 'vitest'
import { createTestKeeper } from './createTestKeeper.ts'

const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1)
const TICKS = 16
/** Nothing follows these. */
const ENDS = ['reconciled', 'executed', 'expired', 'cancelled']

/** A falling market, a bad network, a keeper killed and started again on the same log. */
async function play(seed: number) {
  const random = createRandom(seed)
  const world = await createSimulatedWorld({
    ...SIMULATED_PORTFOLIO,
    delayed: { margin: 12_000, eth: 25 },
  })
  const store = createMemoryEventStore()
  const faults = {
    sendRefused: 0.1 * random.next(),
    sendUnsure: 0.2 * random.next(),
    sendLost: 0.15 * random.next(),
    receiptHidden: 0.2 * random.next(),
    readFails: 0.1 * random.next(),
  }
  const lane = createFaultyLane({ lane: world.chain, random, faults })
  const start = async () => {
    const fresh = createTestKeeper(world, { store, lane })
    await fresh.start()
    return fresh
  }
  let keeper = await start()
  for (let tick = 0; tick < TICKS; tick++) {
    await world.movePrice('ETH', 0.975 + 0.02 * random.next())
    if (random.next() < 0.1) world.chain.automine(false)
    const { state } = await keeper.tick()
    world.chain.automine(true)
    world.chain.mine(12)
    if (random.next() < 0.8) {
      await world.movePrice('ETH', 1)
      await world.keeper.run()
    }
    if (random.next() < 0.15) keeper = await start()
    if (state === 'halted') await keeper.resume()
  }
  const healed = createTestKeeper(world, { store })
  const rest = await healed.start()
  // Whatever waits now is filled, or its window passes and it is cancelled.
  let report = await healed.tick()
  for (let i = 0; i < 4; i++) {
    world.chain.mine(40)
    await world.movePrice('ETH', 1)
    await world.keeper.run()
    report = await healed.tick()
  }
  return { world, rest, report, events: healed.events() }
}

const settledIn = (events: readonly Event[]): ReadonlyMap<string, string> =>
  new Map(
    events.flatMap((event) =>
      event.type === 'transaction.settled'
        ? [[event.receipt.hash, event.receipt.status] as const]
        : [],
    ),
  )

describe('a margin keeper on a bad network in a falling market', () => {
  const totals = { transactions: 0, unknown: 0, executed: 0, expired: 0 }

  test.for(SEEDS)('seed %i: nothing twice, nothing lost, afloat', async (seed) => {
    const { world, rest, report, events } = await play(seed)
    expect([rest, report.state]).toEqual(['watching', 'watching'])
    const signed = events.filter((event) => event.type === 'transaction.signed')
    const mined = world.chain.mined(world.owner)
    expect(signed.map(({ nonce }) => nonce)).toEqual(signed.map((_, i) => i))
    expect(mined.map(({ receipt }) => receipt.hash)).toEqual(signed.map(({ hash }) => hash))
    const settled = settledIn(events)
    for (const { receipt } of mined) expect(settled.get(receipt.hash)).toBe(receipt.status)
    // A trade whose price passed its limit before it was filled blocks its account until its window has passed.
    for (const { domain, healthFactor } of report.assessment?.domains ?? [])
      if (!domain.startsWith(world.delayed.id)) expect(healthFactor).toBeGreaterThan(1)

    const states = new Map<string, string>()
    for (const event of events)
      if (event.type === 'order.moved') {
        expect(ENDS).not.toContain(states.get(event.order))
        states.set(event.order, event.state)
      }
    for (const state of states.values()) expect([...ENDS, 'denied', 'refused']).toContain(state)
    const ends = [...states.values()]
    totals.executed += ends.filter((state) => state === 'executed').length
    totals.expired += ends.filter((state) => state === 'expired').length

    totals.transactions += signed.length
    totals.unknown += events.filter(
      (event) => event.type === 'order.moved' && event.state === 'unknown',
    ).length
  })

  test('the seeds reach what they are for', () => {
    expect(totals.transactions).toBeGreaterThan(3 * SEEDS.length)
    expect(totals.unknown).toBeGreaterThan(SEEDS.length / 4)
    expect(totals.executed).toBeGreaterThan(SEEDS.length)
    expect(totals.expired).toBeGreaterThan(SEEDS.length / 10)
  })
})
