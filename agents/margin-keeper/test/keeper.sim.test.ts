import type { Event } from '@plimsoll/domain'
import { createMemoryEventStore } from '@plimsoll/kernel'
import { createFaultyLane, createRandom, createSimulatedWorld } from '@plimsoll/testkit'
import { describe, expect, test } from 'vitest'
import { createTestKeeper } from './createTestKeeper.ts'

const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1)
const TICKS = 16

/** A falling market, a bad network, a keeper killed and started again on the same log. */
async function play(seed: number) {
  const random = createRandom(seed)
  const world = await createSimulatedWorld()
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
    world.chain.mine()
    if (random.next() < 0.15) keeper = await start()
    if (state === 'halted') await keeper.resume()
  }
  const healed = createTestKeeper(world, { store })
  const rest = await healed.start()
  return { world, rest, report: await healed.tick(), events: healed.events() }
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
  const totals = { transactions: 0, unknown: 0 }

  test.for(SEEDS)('seed %i: nothing twice, nothing lost, afloat', async (seed) => {
    const { world, rest, report, events } = await play(seed)
    expect([rest, report.state]).toEqual(['watching', 'watching'])
    const signed = events.filter((event) => event.type === 'transaction.signed')
    const mined = world.chain.mined(world.owner)
    expect(signed.map(({ nonce }) => nonce)).toEqual(signed.map((_, i) => i))
    expect(mined.map(({ receipt }) => receipt.hash)).toEqual(signed.map(({ hash }) => hash))
    const settled = settledIn(events)
    for (const { receipt } of mined) expect(settled.get(receipt.hash)).toBe(receipt.status)
    for (const { healthFactor } of report.assessment?.domains ?? [])
      expect(healthFactor).toBeGreaterThan(1)

    totals.transactions += signed.length
    totals.unknown += events.filter(
      (event) => event.type === 'order.moved' && event.state === 'unknown',
    ).length
  })

  test('the seeds reach what they are for', () => {
    expect(totals.transactions).toBeGreaterThan(3 * SEEDS.length)
    expect(totals.unknown).toBeGreaterThan(SEEDS.length / 4)
  })
})
