import {
  type Event,
  type Order,
  type PerpPosition,
  type PerpVenue,
  VenueReadError,
} from '@plimsoll/domain'
import type { TickReport } from '@plimsoll/kernel'
import { createSimulatedWorld, type SimulatedWorld, simulatedAccount } from '@plimsoll/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestKeeper, type KeeperParts, type TestKeeper } from './createTestKeeper.ts'

/** One perp account whose trades are filled later, in need of help once ETH has fallen by 5 %. */
const LEVERED = {
  first: { weth: 0, debt: 0 },
  second: { weth: 0, debt: 0 },
  perp: { margin: 0, eth: 0 },
  delayed: { margin: 6_000, eth: 25 },
  reserve: 0,
}
const ETH = 10n ** 18n

let world: SimulatedWorld
let keeper: TestKeeper

/** A world in which ETH has just fallen, and a keeper that watches it. */
const fall = async (parts: KeeperParts = {}, portfolio = {}, factor = 0.95): Promise<void> => {
  world = await createSimulatedWorld({ ...LEVERED, ...portfolio })
  keeper = createTestKeeper(world, parts)
  expect(await keeper.start()).toBe('watching')
  await world.movePrice('ETH', factor)
}

/** Lets the delay pass, a price come, and the keeper of the venue do its work. */
const fill = async (): Promise<number> => {
  world.chain.mine(Number(world.delayed.terms.delay))
  await world.movePrice('ETH', 1)
  return world.keeper.run()
}

const position = async (): Promise<PerpPosition> => {
  const [first] = await world.delayed.read(world.owner, await world.chain.latest())
  return first!
}
const healthOf = ({ equity, maintenanceMargin }: PerpPosition): number =>
  Number(equity) / Number(maintenanceMargin)

const brief = ({ orders }: Pick<TickReport, 'orders'>) =>
  orders.map(({ id, state, action }) => [id, action.type, state])

const movesOf = (order: string): readonly Order['state'][] =>
  keeper
    .events()
    .flatMap((event: Event) =>
      event.type === 'order.moved' && event.order === order ? [event.state] : [],
    )

beforeEach(() => fall())

describe('a trade that someone fills later', () => {
  test('default: committed in one tick, left alone in the next, reported when it is filled', async () => {
    const committed = await keeper.tick()
    expect(committed).toMatchObject({ state: 'watching', failures: [] })
    expect(brief(committed)).toEqual([['margin-keeper#1', 'reduce', 'committed']])
    expect((await position()).pending).not.toBeNull()

    const waiting = await keeper.tick()
    expect(waiting).toMatchObject({ state: 'watching', failures: [], orders: [] })
    expect(waiting.plan?.actions).toEqual([])

    expect(await fill()).toBe(1)
    const filled = await keeper.tick()
    expect(filled).toMatchObject({ state: 'watching', failures: [] })
    expect(brief(filled)).toEqual([['margin-keeper#1', 'reduce', 'executed']])
    const { legs, pending } = await position()
    expect([pending, legs[0]!.size < 25n * ETH]).toEqual([null, true])
    expect(healthOf(await position())).toBeGreaterThan(2)
    expect(await keeper.tick()).toMatchObject({ orders: [], failures: [] })
  })

  test('behavior: other domains are helped meanwhile', async () => {
    await fall(
      { engine: { restoreTo: 1.4, donorFloor: 1.5 } },
      { first: { weth: 100, debt: 126_000 }, reserve: 20_000 },
    )
    const report = await keeper.tick()
    expect(report).toMatchObject({ state: 'watching', failures: [] })
    const states = new Map(report.orders.map(({ action, state }) => [action.domain, state]))
    expect(states.get(world.delayed.domainOf(world.owner, 'ETH-PERP'))).toBe('committed')
    expect(states.get(world.first.domainOf(world.owner))).toBe('reconciled')
  })

  test('behavior: nobody fills it: it expires, is cancelled by plan, and done anew', async () => {
    world.keeper.work(false)
    await keeper.tick()
    const { margin } = await position()
    await fill()
    const waiting = await keeper.tick()
    expect(brief(waiting)).toEqual([['margin-keeper#1', 'reduce', 'executable']])

    world.chain.mine(100)
    const late = await keeper.tick()
    expect(late).toMatchObject({ state: 'watching', failures: [] })
    expect(brief(late)).toEqual([
      ['margin-keeper#1', 'reduce', 'executable'],
      ['margin-keeper#2', 'cancel', 'reconciled'],
    ])
    expect(late.orders[0]?.reason).toContain('it can only be withdrawn now')
    expect((await position()).margin).toBe(margin + world.delayed.terms.keeperFee)

    world.keeper.work(true)
    const anew = await keeper.tick()
    expect(brief(anew)).toEqual([
      ['margin-keeper#1', 'reduce', 'expired'],
      ['margin-keeper#3', 'reduce', 'committed'],
    ])
    await fill()
    expect(brief(await keeper.tick())).toEqual([['margin-keeper#3', 'reduce', 'executed']])
    expect(movesOf('margin-keeper#1').filter((state) => state === 'expired')).toHaveLength(1)
  })

  test('behavior: someone else clears it away', async () => {
    await keeper.tick()
    world.chain.mine(100)
    const call = world.delayed.clearTrade(world.owner, 'ETH-PERP')
    world.chain.run([call], simulatedAccount(99))
    expect(brief(await keeper.tick())).toEqual([
      ['margin-keeper#1', 'reduce', 'expired'],
      ['margin-keeper#2', 'reduce', 'committed'],
    ])
  })

  test('behavior: a restart finds what became of it before it watches', async () => {
    await keeper.tick()
    await fill()
    keeper = createTestKeeper(world, { store: keeper.store })
    expect(await keeper.start()).toBe('watching')
    expect(movesOf('margin-keeper#1').at(-1)).toBe('executed')
    expect(await keeper.tick()).toMatchObject({ orders: [], failures: [], state: 'watching' })
  })

  test('behavior: while paused it is followed all the same', async () => {
    await keeper.tick()
    keeper.pause()
    await fill()
    expect(await keeper.tick()).toMatchObject({ state: 'paused', plan: null })
    expect(movesOf('margin-keeper#1').at(-1)).toBe('executed')
  })

  test('behavior: without the venue’s events there is no frame; the next block is another chance', async () => {
    let down = false
    const deaf: PerpVenue = {
      ...world.delayed,
      async settlements(p) {
        if (down) throw new VenueReadError({ venue: 'node', what: 'events', cause: 'timeout' })
        return world.delayed.settlements(p)
      },
    }
    keeper = createTestKeeper(world, { sources: { perps: [world.perp, deaf] } })
    await keeper.start()
    await keeper.tick()
    down = true
    const blind = await keeper.tick()
    expect(blind).toMatchObject({ state: 'watching', frame: null, plan: null })
    expect(blind.failures.at(-1)).toMatchObject({ step: 'frame.requested', code: 'VENUE_READ' })
    down = false
    await fill()
    expect(brief(await keeper.tick())).toEqual([['margin-keeper#1', 'reduce', 'executed']])
  })

  test('behavior: a replaced commitment is sent again as the same bytes', async () => {
    await keeper.tick()
    world.chain.reorg(1)
    world.chain.mine()
    const report = await keeper.tick()
    expect(report.failures).toMatchObject([
      { step: 'frame.requested', code: 'EXECUTION_NONCE_MISMATCH', recovery: 'reconcile' },
    ])
    expect(report.state).toBe('watching')
    expect(movesOf('margin-keeper#1').slice(-2)).toEqual(['unknown', 'committed'])
    expect(world.chain.mined(world.owner)).toHaveLength(1)
    await fill()
    expect(brief(await keeper.tick())).toEqual([['margin-keeper#1', 'reduce', 'executed']])
  })
})
