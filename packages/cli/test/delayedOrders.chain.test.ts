import { createWorld, startDevnet, syntheticCrash } from '@plimsoll/devnet'
import type { Event } from '@plimsoll/domain'
import { createChainHead } from '@plimsoll/evm'
import { createMemoryEventStore, createSettableClock } from '@plimsoll/kernel'
import { createStaticThreshold, DEFAULT_STATIC_THRESHOLD } from '@plimsoll/risk'
import { afterEach, expect, test } from 'vitest'
import { composeAgent } from '../src/compose/composeAgent.ts'
import { setUpExecutor } from '../src/compose/setUpExecutor.ts'
import { openStage } from '../src/demo/Stage.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** An agent that wants to shrink its Synthetix position at once, in a world of the given habits. */
async function play(habits: { readonly keeper?: boolean; readonly priceUpdates?: boolean }) {
  const devnet = await startDevnet()
  stops.push(devnet.stop)
  const { owner, deployer } = devnet.accounts
  const stage = await openStage(devnet, {
    plan: { synthetix: { asset: 'ETH', margin: 60_000, leverage: 3 }, reserve: 0 },
    names: ['synthetix'],
  })
  const { client, venues, opened } = stage
  const store = createMemoryEventStore()
  const clock = createSettableClock(Number(opened.agent.block.timestamp) * 1000)
  const host = await composeAgent({
    client,
    venues,
    owner,
    executor: await setUpExecutor({ client, venues, owner, deployer }),
    store,
    clock,
    createEngine: ({ routes }) => ({
      engine: createStaticThreshold({
        config: {
          ...DEFAULT_STATIC_THRESHOLD,
          perp: { restoreBelow: 60, restoreTo: 80, donorFloor: 80, prefer: 'reduce' },
        },
        routes,
      }),
    }),
    opened: opened.agent,
  })
  await host.start()
  const path = syntheticCrash({ seed: 3 })
  const world = await createWorld(devnet, { path, seed: 3, watch: [owner.address], ...habits })
  const head = createChainHead(client)
  for (let frame = 0; frame < 4; frame++) {
    await world.step()
    const block = await head.latest()
    clock.set(Number(block.timestamp) * 1000)
    await host.tick(block)
  }
  const last = await stage.frameOf('agent')
  const events = store.read().map(({ event }) => event)
  return { events, last }
}

const statesOf = (events: readonly Event[], order: string) =>
  events.flatMap((event) =>
    event.type === 'order.moved' && event.order === order ? [event.state] : [],
  )
const settlementsOf = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'trade.settled' ? [event] : []))

test.each([
  ['a keeper that never comes', { keeper: false }],
  ['a price update that never comes', { priceUpdates: false }],
])(
  'behavior: %s: the order expires, the agent cancels it and pays no keeper',
  async (_, habits) => {
    const { events, last } = await play(habits)
    const [first] = settlementsOf(events)
    if (first === undefined) throw expect.unreachable()
    expect(first.settlement).toMatchObject({ outcome: 'expired', size: 0n, fillPrice: null })
    expect(statesOf(events, first.order)).toEqual(
      expect.arrayContaining(['sent', 'committed', 'expired']),
    )
    expect(statesOf(events, first.order).at(-1)).toBe('expired')
    const cancels = events.flatMap((event) =>
      event.type === 'order.governed' && event.grant.action.type === 'cancel' ? [event] : [],
    )
    expect(cancels.length).toBeGreaterThan(0)
    const cancelled = events.indexOf(first)
    expect(cancelled).toBeGreaterThan(events.indexOf(cancels[0]!))
    expect(first.settlement.fee).toBe(0n)
    expect(last.perps.flatMap(({ legs }) => legs)[0]?.size).toBe(90n * 10n ** 18n)
  },
)

test('behavior: with a keeper the same order is executed, at a price that the log tells', async () => {
  const { events, last } = await play({})
  const settled = settlementsOf(events)
  expect(settled.length).toBeGreaterThan(0)
  for (const { order, settlement } of settled) {
    expect(settlement.outcome).toBe('executed')
    expect(statesOf(events, order).at(-1)).toBe('executed')
  }
  const sold = settled.reduce((sum, { settlement }) => sum + settlement.size, 0n)
  expect(sold < 0n).toBe(true)
  expect(last.perps.flatMap(({ legs }) => legs)[0]?.size).toBe(90n * 10n ** 18n + sold)
})
