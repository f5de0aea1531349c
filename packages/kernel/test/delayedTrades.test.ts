import {
  type BlockRef,
  type Event,
  InvariantError,
  type Order,
  type PerpPosition,
  type PerpVenue,
  SentButUnsureError,
  type TradeIntent,
  VenueReadError,
} from '@plimsoll/domain'
import {
  createSimulatedWorld,
  SIMULATED_USDC,
  type SimulatedWorld,
  simulatedAccount,
} from '@plimsoll/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryEventStore, NonceMismatchError } from '../src/index.ts'
import { createActions, createTestDesk, type TestDesk } from './createTestDesk.ts'

const MARGIN = 6_000_000_000n
const KEEPER_FEE = 2_000_000n
const STRANGER = simulatedAccount(77)

let world: SimulatedWorld
let act: ReturnType<typeof createActions>
let desk: TestDesk

beforeEach(async () => {
  world = await createSimulatedWorld()
  act = createActions(world)
  world.chain.fund(world.owner, SIMULATED_USDC, 2n * MARGIN)
  for (const market of ['ETH-PERP', 'BTC-PERP'])
    await world.act({
      type: 'supply',
      venue: world.delayed.id,
      domain: world.delayed.domainOf(world.owner, market),
      token: SIMULATED_USDC,
      raw: MARGIN,
    })
  desk = createTestDesk(world)
  await desk.recover()
})

const latest = (): Promise<BlockRef> => world.chain.latest()
const follow = async (): Promise<readonly Order[]> => desk.follow(await latest())

/** Position in a market of the venue that fills later, now. */
const position = async (market = 'ETH-PERP'): Promise<PerpPosition> => {
  const positions = await world.delayed.read(world.owner, await latest())
  return positions.find((each) => each.domain === world.delayed.domainOf(world.owner, market))!
}

/** Lets the delay pass and a price come. */
const publish = async (): Promise<void> => {
  world.chain.mine(Number(world.delayed.terms.delay))
  for (const asset of ['ETH', 'BTC']) await world.movePrice(asset, 1)
}
/** The same, and the keeper at work. */
const fill = async (): Promise<void> => {
  await publish()
  await world.keeper.run()
}
/** Lets the whole window pass. */
const expire = (): void => world.chain.mine(100)

const statesOf = (order: string): readonly string[] =>
  desk
    .events()
    .flatMap((event) =>
      event.type === 'order.moved' && event.order === order ? [event.state] : [],
    )

const settledIn = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'trade.settled' ? [event] : []))

describe('a trade that is filled later', () => {
  test('default: committed, executable, executed; margin and log agree to the unit', async () => {
    const order = await desk.carryOut(act.commit(1.5))
    expect(order).toMatchObject({ id: 'keeper#1', state: 'committed', reason: null })
    expect(await follow()).toEqual([])

    await publish()
    expect(await follow()).toMatchObject([{ id: 'keeper#1', state: 'executable', reason: null }])
    expect(await follow()).toEqual([])

    await world.keeper.run()
    expect(await follow()).toMatchObject([{ id: 'keeper#1', state: 'executed', reason: null }])
    expect(await follow()).toEqual([])
    expect(statesOf('keeper#1')).toEqual([
      'granted',
      'simulated',
      'sent',
      'committed',
      'executable',
      'executed',
    ])
    const { number: block } = await latest()
    const [settled, ...others] = settledIn(desk.events())
    expect(others).toEqual([])
    expect(settled).toMatchObject({
      order: 'keeper#1',
      settlement: { outcome: 'executed', market: 'ETH-PERP', size: 15n * 10n ** 17n, block },
    })
    const { margin, legs } = await position()
    const { fee, fillPrice } = settled!.settlement
    expect((MARGIN - margin) * 10n ** 12n).toBe(fee)
    expect(legs[0]?.openNotional).toBe((-3n * fillPrice!) / 2n)
  })

  test('behavior: a receipt alone never ends it, however often chain and journal are compared', async () => {
    await desk.carryOut(act.commit(1))
    expect(await desk.reconcile(1n)).toEqual([])
    await fill()
    expect(await desk.reconcile(1n)).toEqual([])
    expect(await desk.recover()).toEqual([])
    expect(desk.find('keeper#1')?.state).toBe('committed')
    expect(await follow()).toMatchObject([{ state: 'executed' }])
  })

  test('behavior: one that fills at once settles by its receipt', async () => {
    const order = await desk.carryOut(act.trade(1))
    expect(order).toMatchObject({ state: 'settled', reason: null })
    expect(await follow()).toEqual([])
  })

  test('behavior: it expires by its cancellation, and margin is what it was', async () => {
    await desk.carryOut(act.commit(1))
    world.keeper.work(false)
    await fill()
    await follow()
    expire()
    const [late] = await follow()
    expect(late).toMatchObject({ id: 'keeper#1', state: 'executable' })
    expect(late?.reason).toMatch(/trade of 1 in ETH-PERP could be filled until \d+: .* withdrawn/)
    expect(await follow()).toEqual([])

    const cancel = await desk.carryOut(act.cancel())
    expect(cancel).toMatchObject({ id: 'keeper#2', state: 'settled', reason: null })
    const [ended] = await follow()
    expect(ended).toMatchObject({ id: 'keeper#1', state: 'expired' })
    expect(ended?.reason).toBe(
      `trade of 1 in ETH-PERP was not filled in time, by block ${(await latest()).number}`,
    )
    expect(await desk.reconcile(1n)).toMatchObject([{ id: 'keeper#2', state: 'reconciled' }])
    expect((await position()).margin).toBe(MARGIN)
    expect(settledIn(desk.events())).toMatchObject([
      { settlement: { outcome: 'expired', size: 0n, fillPrice: null, fee: 0n } },
    ])
  })

  test('behavior: a price that never comes leaves it open until it is withdrawn', async () => {
    await desk.carryOut(act.commit(1))
    world.chain.mine(30) // in its window, without a price since
    expect(await world.keeper.run()).toBe(0)
    expect(await follow()).toMatchObject([{ state: 'executable', reason: null }])
    expire()
    expect(await world.keeper.run()).toBe(0)
    expect(await follow()).toMatchObject([{ state: 'executable' }])
    await desk.carryOut(act.cancel())
    expect(await follow()).toMatchObject([{ state: 'expired' }])
    expect((await position()).margin).toBe(MARGIN)
  })

  test('behavior: a stranger clears it away for its deposit', async () => {
    await desk.carryOut(act.commit(1))
    expire()
    world.chain.run([world.delayed.clearTrade(world.owner, 'ETH-PERP')], STRANGER)
    expect(await follow()).toMatchObject([{ id: 'keeper#1', state: 'expired' }])
    const [settled] = settledIn(desk.events())
    expect(settled?.settlement.fee).toBe(KEEPER_FEE * 10n ** 12n)
    expect(MARGIN - (await position()).margin).toBe(KEEPER_FEE)
    expect(await desk.carryOut(act.cancel())).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('NO_ORDER'),
    })
  })

  test('behavior: withdrawn in time by another program it is cancelled', async () => {
    await desk.carryOut(act.commit(1))
    const [cancel] = act.cancel().intents
    await world.act(cancel!)
    const [ended] = await follow()
    expect(ended).toMatchObject({ state: 'cancelled' })
    expect(ended?.reason).toContain('trade of 1 in ETH-PERP was withdrawn unfilled')
    expect((await position()).margin).toBe(MARGIN)
  })

  test('behavior: a liquidation of the position cancels what waits', async () => {
    await desk.carryOut(act.commit(28))
    await fill()
    await follow()
    await desk.carryOut(act.commit(-1))
    await world.movePrice('ETH', 0.9)
    expect(
      world.chain.run([world.delayed.liquidate(world.owner, 'ETH-PERP')], STRANGER),
    ).toMatchObject({ type: 'settled' })
    expect(await follow()).toMatchObject([{ id: 'keeper#2', state: 'cancelled' }])
    expect(desk.find('keeper#1')?.state).toBe('executed')
    expect(await position()).toMatchObject({ margin: 0n, legs: [], pending: null })
  })

  test('behavior: two trades of one order end it together, by the worse of them', async () => {
    await desk.carryOut(act.commitBoth(1, 0.1))
    expect((await position('BTC-PERP')).pending).not.toBeNull()
    world.chain.mine(Number(world.delayed.terms.delay))
    await world.movePrice('ETH', 1) // BTC gets no price
    await world.keeper.run()
    expect(await follow()).toMatchObject([{ state: 'executable', reason: null }])
    expect(settledIn(desk.events())).toHaveLength(1)
    expire()
    await desk.carryOut(act.cancel('BTC-PERP'))
    const [ended] = await follow()
    expect(ended).toMatchObject({ id: 'keeper#1', state: 'expired' })
    expect(ended?.reason).toMatch(/^trade of 0.1 in BTC-PERP was not filled in time, by block \d+$/)
    expect(settledIn(desk.events()).map(({ settlement }) => settlement.outcome)).toEqual([
      'executed',
      'expired',
    ])
  })

  test('behavior: the end of an earlier trade is not that of a later one', async () => {
    await desk.carryOut(act.commit(1))
    expire()
    await desk.carryOut(act.cancel())
    await desk.carryOut(act.commit(2))
    expect(await follow()).toMatchObject([{ id: 'keeper#1', state: 'expired' }])
    expect(desk.find('keeper#3')?.state).toBe('committed')
    await fill()
    expect(await follow()).toMatchObject([{ id: 'keeper#3', state: 'executed' }])
    expect(settledIn(desk.events()).map(({ order }) => order)).toEqual(['keeper#1', 'keeper#3'])
  })

  test('behavior: a second trade while one waits is refused before it is signed', async () => {
    await desk.carryOut(act.commit(1))
    expect(await desk.carryOut(act.commit(1))).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('ORDER_PENDING'),
      transactions: [],
    })
    expect(desk.find('keeper#1')?.state).toBe('committed')
  })

  test('behavior: what failed after the commitment is told until the end', async () => {
    const { intents } = act.repay(100)
    const trade = act.commit(1).intents
    let sent = 0
    desk = createTestDesk(world, {
      lane: {
        nonce: world.chain.nonce,
        receipt: world.chain.receipt,
        async send(transaction) {
          sent += 1
          if (sent === 2)
            // the reserve is gone before it can repay
            world.chain.write((storage) =>
              storage.set(`${SIMULATED_USDC.address}/balance/${world.owner}`, 0n),
            )
          await world.chain.send(transaction)
        },
      },
    })
    await desk.recover()
    const order = await desk.carryOut(act.action('hedge', [...trade, ...intents]))
    expect(order).toMatchObject({ state: 'committed' })
    expect(order.reason).toMatch(/^call 2 of 2 \(repay 100 USDC\) reverted/)
    expect(await desk.reconcile(1n)).toEqual([])
    await fill()
    expect(await follow()).toMatchObject([{ state: 'executed', reason: order.reason }])
  })

  test('behavior: a commitment that reverts commits nothing', async () => {
    const seen = await desk.see()
    const order = desk.allow(act.commit(1), seen.frame.block)
    desk = createTestDesk(world, {
      store: desk.store,
      lane: {
        nonce: world.chain.nonce,
        receipt: world.chain.receipt,
        async send(transaction) {
          await world.act(...act.commit(2).intents) // another program is faster
          await world.chain.send(transaction)
        },
      },
    })
    await desk.recover()
    const again = await desk.carryOut(order.action)
    expect(again).toMatchObject({ state: 'settled', reason: expect.stringContaining('reverted') })
    expect(await desk.reconcile(1n)).toMatchObject([{ state: 'reconciled' }])
    await fill()
    expect(await follow()).toEqual([])
  })
})

describe('following', () => {
  test('error: InvariantError before recovery', async () => {
    await expect(createTestDesk(world).follow(await latest())).rejects.toThrow(InvariantError)
  })

  test('error: VenueReadError of a venue that does not answer; nothing is journaled', async () => {
    await desk.carryOut(act.commit(1))
    await fill()
    const fail = async () => {
      throw new VenueReadError({ venue: 'node', what: 'events', cause: 'timeout' })
    }
    for (const part of ['settlements', 'read'] as const) {
      const deaf: PerpVenue = { ...world.delayed, [part]: fail }
      const restarted = createTestDesk(world, { store: desk.store, perps: [world.perp, deaf] })
      await restarted.recover()
      const before = desk.events().length
      await expect(restarted.follow(await latest())).rejects.toThrow(VenueReadError)
      expect(desk.events()).toHaveLength(before)
    }
  })

  test('behavior: a trade that is gone without a word is told, and stays open', async () => {
    const mute: PerpVenue = { ...world.delayed, settlements: async () => [] }
    desk = createTestDesk(world, { perps: [world.perp, mute] })
    await desk.recover()
    await desk.carryOut(act.commit(1))
    await fill()
    expect(await follow()).toMatchObject([
      { state: 'committed', reason: expect.stringContaining('no event tells') },
    ])
    expect(await follow()).toEqual([])
  })

  test('behavior: a block from before the commitment moves nothing', async () => {
    const before = await latest()
    await desk.carryOut(act.commit(1))
    await fill()
    expect(await desk.follow(before)).toEqual([])
    expect(await follow()).toMatchObject([{ state: 'executed' }])
  })

  test('error: NonceMismatchError when the commitment’s block was replaced; reconciling sends it again', async () => {
    await desk.carryOut(act.commit(1))
    world.chain.reorg(1)
    await expect(follow()).rejects.toThrow(NonceMismatchError)
    expect(await desk.reconcile(1n)).toMatchObject([{ id: 'keeper#1', state: 'committed' }])
    expect(statesOf('keeper#1').slice(-2)).toEqual(['unknown', 'committed'])
    await fill()
    expect(await follow()).toMatchObject([{ state: 'executed' }])
    expect(world.chain.mined(world.owner)).toHaveLength(1)
  })

  test('behavior: a replaced block that held commitment and fill opens the order again', async () => {
    await desk.carryOut(act.commit(1))
    await fill()
    await follow()
    world.chain.reorg(6) // commitment, time, three of prices, fill
    await expect(follow()).rejects.toThrow(NonceMismatchError)
    await desk.reconcile(1n)
    expect(desk.find('keeper#1')?.state).toBe('committed')
    expect(await follow()).toEqual([])
    expire()
    await desk.carryOut(act.cancel())
    expect(await follow()).toMatchObject([{ id: 'keeper#1', state: 'expired' }])
    expect((await position()).margin).toBe(MARGIN)
  })

  test('behavior: a replaced block that held the fill alone opens it too', async () => {
    await desk.carryOut(act.commit(1))
    await fill()
    await follow()
    world.chain.reorg(1)
    expect(await follow()).toEqual([]) // the block is older than what was told
    world.chain.mine()
    expect(await follow()).toMatchObject([{ id: 'keeper#1', state: 'executable', reason: null }])
    await world.movePrice('ETH', 1)
    await world.keeper.run()
    expect(await follow()).toMatchObject([{ id: 'keeper#1', state: 'executed' }])
    expect(statesOf('keeper#1').slice(-5)).toEqual([
      'executed',
      'unknown',
      'committed',
      'executable',
      'executed',
    ])
  })

  test('behavior: an unsure commitment is looked up, then followed', async () => {
    desk = createTestDesk(world, {
      lane: {
        nonce: world.chain.nonce,
        send: world.chain.send,
        async receipt() {
          throw new VenueReadError({ venue: 'node', what: 'receipt', cause: 'timeout' })
        },
      },
    })
    await desk.recover()
    expect(await desk.carryOut(act.commit(1))).toMatchObject({ state: 'unknown' })
    await expect(desk.reconcile(1n)).rejects.toThrow(SentButUnsureError)
    desk = createTestDesk(world, { store: desk.store })
    expect(await desk.recover()).toMatchObject([{ state: 'committed', reason: null }])
    await fill()
    expect(await follow()).toMatchObject([{ state: 'executed' }])
  })

  test('behavior: a process killed after any event ends the order once, the same way', async () => {
    /** Plays the whole life; dies once, after so many events. Returns the log. */
    const live = async (events: number): Promise<readonly Event[]> => {
      world = await createSimulatedWorld({
        first: { weth: 0, debt: 0 },
        second: { weth: 0, debt: 0 },
        perp: { margin: 0, eth: 0 },
        delayed: { margin: 6_000, eth: 0 },
        reserve: 0,
      })
      act = createActions(world)
      const store = createMemoryEventStore()
      let left = events
      desk = createTestDesk(world, {
        store: {
          ...store,
          append(event) {
            if (left === 0) throw new InvariantError({ expected: 'a process', found: 'none' })
            left -= 1
            return store.append(event)
          },
        },
      })
      await desk.recover()
      const steps = [
        () => desk.carryOut(act.commit(1)),
        follow,
        publish,
        follow,
        () => world.keeper.run(),
        follow,
      ]
      for (const step of steps)
        try {
          await step()
        } catch {
          desk = createTestDesk(world, { store })
          await desk.recover()
          await follow()
        }
      await fill()
      await follow()
      return desk.events()
    }
    const whole = await live(1_000)
    const end = (events: readonly Event[]) =>
      events.flatMap((event) => (event.type === 'order.moved' ? [event.state] : [])).at(-1)
    expect(end(whole)).toBe('executed')
    const kinds = new Map<string | undefined, number>()
    for (let died = 0; died < whole.length; died++) {
      const events = await live(died)
      const ended = events.filter(
        (event) => event.type === 'order.moved' && event.state === 'executed',
      )
      const signed = events.some(({ type }) => type === 'transaction.signed')
      // Before its bytes are journaled nothing was signed; from then on it is committed once and ends once.
      expect([died, end(events)]).toEqual([died, ...(signed ? ['executed'] : [end(events)])])
      expect(ended).toHaveLength(signed ? 1 : 0)
      expect(settledIn(events)).toHaveLength(signed ? 1 : 0)
      expect(world.chain.mined(world.owner)).toHaveLength(signed ? 1 : 0)
      kinds.set(end(events), (kinds.get(end(events)) ?? 0) + 1)
    }
    expect(kinds.get('executed')).toBeGreaterThanOrEqual(5)
  })
})

describe('bounds of trades', () => {
  const quoteOf = async (intent: TradeIntent): Promise<bigint> => {
    const venue = [world.perp, world.delayed].find(({ id }) => id === intent.venue)!
    return (await venue.quote(intent, await latest(), world.owner)).notional
  }

  test.for([
    ['at once', 'trade', 2],
    ['at once', 'trade', -2],
    ['later', 'commit', 2],
    ['later', 'commit', -2],
  ] as const)(
    'filled %s, %s %d: a quote worse than the limit refuses, one as good does not',
    async ([, kind, eth]) => {
      const [intent] = act[kind](eth).intents
      if (intent?.type !== 'trade') throw new RangeError('not a trade')
      const limit = await quoteOf(intent)
      const worse = eth > 0 ? limit - 1n : limit + 1n
      const refused = await desk.carryOut(act[kind](eth, { limit: worse }))
      expect(refused).toMatchObject({ state: 'refused', transactions: [] })
      expect(refused.reason).toMatch(/^quote \$\d.* for -?2 in ETH-PERP is worse than the limit \$/)
      const done = await desk.carryOut(act[kind](eth, { limit }))
      expect(done.state).toBe(kind === 'commit' ? 'committed' : 'settled')
    },
  )

  test('behavior: what the venue does not quote is refused, not thrown', async () => {
    const order = await desk.carryOut(act.commit(1, { reduceOnly: true }))
    expect(order).toMatchObject({ state: 'refused', transactions: [] })
    expect(order.reason).toMatch(/^no quote for 1 in ETH-PERP: .* a trade that only shrinks/)
  })

  test('error: VenueReadError of a quote leaves the order granted, to be tried again', async () => {
    const deaf: PerpVenue = {
      ...world.delayed,
      async quote() {
        throw new VenueReadError({ venue: 'node', what: 'quote', cause: 'timeout' })
      },
    }
    desk = createTestDesk(world, { perps: [world.perp, deaf] })
    await desk.recover()
    await expect(desk.carryOut(act.commit(1))).rejects.toThrow(VenueReadError)
    expect(desk.find('keeper#1')?.state).toBe('granted')
  })
})
