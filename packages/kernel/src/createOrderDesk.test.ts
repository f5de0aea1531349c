import {
  type Event,
  InvalidInputError,
  InvariantError,
  PolicyDeniedError,
  SentButUnsureError,
  type SignedTransaction,
  type SubmissionLane,
  VenueReadError,
} from '@plimsoll/domain'
import {
  balanceOf,
  createSimulatedWorld,
  decodeCall,
  fromHex,
  SIMULATED_USDC,
  SIMULATED_WETH,
  type SimulatedWorld,
  simulatedAccount,
  slot,
} from '@plimsoll/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { createActions, createTestDesk, debtOf, type TestDesk } from '../test/createTestDesk.ts'
import {
  createJournal,
  createMemoryEventStore,
  createOrderDesk,
  createSettableClock,
  EventStoreWriteError,
  gasSpent,
  NonceMismatchError,
} from './index.ts'

let world: SimulatedWorld
let act: ReturnType<typeof createActions>
let desk: TestDesk

beforeEach(async () => {
  world = await createSimulatedWorld()
  act = createActions(world)
  desk = createTestDesk(world)
  await desk.recover()
})

const statesOf = (events: readonly Event[], order: string): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'order.moved' && event.order === order ? [event.state] : [],
  )

/** A lane with something done around the world's own. */
const laneWith = (over: Partial<SubmissionLane>): SubmissionLane => ({
  nonce: world.chain.nonce,
  send: world.chain.send,
  receipt: world.chain.receipt,
  ...over,
})

const mined = () => world.chain.mined(world.owner)

describe('a granted order', () => {
  test('default: simulated, signed, journaled, sent, settled, reconciled', async () => {
    const order = await desk.carryOut(act.repay(10_000))
    expect(order).toMatchObject({ id: 'keeper#1', state: 'settled', reason: null })
    expect(await debtOf(world)).toBe(110_000)
    expect(mined().map(({ receipt }) => receipt)).toEqual(order.receipts)
    expect(gasSpent(order)).toBe(100_000n * 10n ** 9n)

    const reconciled = await desk.reconcile(1n)
    expect(reconciled).toMatchObject([{ id: 'keeper#1', state: 'reconciled', reason: null }])
    expect(statesOf(desk.events(), 'keeper#1')).toEqual([
      'granted',
      'simulated',
      'sent',
      'settled',
      'reconciled',
    ])
    expect(desk.find('keeper#1')).toEqual(reconciled[0])
  })

  test('behavior: bytes are journaled before the lane sees them', async () => {
    const seen: string[] = []
    desk = createTestDesk(world, {
      lane: laneWith({
        async send(transaction) {
          const journaled = desk
            .events()
            .find((event) => event.type === 'transaction.signed' && event.hash === transaction.hash)
          expect(journaled).toMatchObject({ raw: transaction.raw, nonce: transaction.nonce })
          seen.push(transaction.hash)
          await world.chain.send(transaction)
        },
      }),
    })
    await desk.recover()
    const { transactions } = await desk.carryOut(act.transfer(500))
    expect(seen).toEqual(transactions.map(({ hash }) => hash))
  })

  test('behavior: a list goes call by call, with nonces in a row and half the gas again', async () => {
    const gas: bigint[] = []
    const signer = world.chain.signer(world.owner)
    desk = createTestDesk(world, {
      signer: {
        ...signer,
        sign(p) {
          gas.push(p.gas)
          return signer.sign(p)
        },
      },
    })
    await desk.recover()
    const order = await desk.carryOut(act.transfer(500))
    expect(order).toMatchObject({ state: 'settled', reason: null })
    expect(order.transactions.map(({ nonce }) => nonce)).toEqual([0, 1])
    expect(order.receipts.map(({ status }) => status)).toEqual(['success', 'success'])
    expect(gas).toEqual([150_000n, 150_000n])
    expect(await debtOf(world)).toBe(119_500)
  })

  test('behavior: an atomic action is one transaction through the executor, which keeps nothing', async () => {
    const before = await debtOf(world)
    const order = await desk.carryOut(act.deleverage({ repay: 19_000, sell: 10, minOut: 19_500 }))
    expect(order).toMatchObject({ state: 'settled', reason: null })
    expect(order.transactions).toHaveLength(1)
    expect(before - (await debtOf(world))).toBe(19_000)
    const storage = world.chain.at(await world.chain.latest())
    for (const token of [SIMULATED_USDC, SIMULATED_WETH])
      expect(balanceOf(storage, token, world.executor.address)).toBe(0n)
    // What the sale brought beyond loan and fee went to the owner's reserve.
    expect(balanceOf(storage, SIMULATED_USDC, world.owner)).toBeGreaterThan(17_500_000_000n)
  })

  test('behavior: a denied order stays denied and is never carried out', async () => {
    const { frame } = await desk.see()
    const action = act.repay(1)
    const order = desk.open({ type: 'denied', action, rule: 'depth', checks: [] }, frame.block)
    expect(order).toMatchObject({ state: 'denied', reason: 'depth' })
    const seen = await desk.see()
    await expect(desk.execute({ order, ...seen })).rejects.toThrow(InvariantError)
    expect(mined()).toEqual([])
  })

  test('behavior: a deferred order is denied for now and says until when; a sliced one carries its first part', async () => {
    const { frame } = await desk.see()
    const action = act.repay(1)
    const late = { type: 'deferred', action, rule: 'budget', until: 90n, checks: [] } as const
    expect(desk.open(late, frame.block)).toMatchObject({
      state: 'denied',
      reason: 'budget: not before 90',
    })
    const schedule = [{ at: 0n, share: 1 }]
    const sliced = { type: 'sliced', action, rule: 'budget', schedule, checks: [] } as const
    expect(desk.open(sliced, frame.block)).toMatchObject({ state: 'granted', action })
  })

  test('behavior: a reduced grant is carried out as reduced', async () => {
    const seen = await desk.see()
    const grant = { type: 'reduced', action: act.repay(100), rule: 'cap', checks: [] } as const
    await desk.execute({ order: desk.open(grant, seen.frame.block), ...seen })
    expect(await debtOf(world)).toBe(119_900)
  })

  test('behavior: nothing is opened or sent before recovery', async () => {
    const cold = createTestDesk(world)
    const { frame } = await cold.see()
    expect(() => cold.allow(act.repay(1), frame.block)).toThrow(InvariantError)
  })
})

describe('bounds of swaps', () => {
  beforeEach(() => world.chain.fund(world.owner, SIMULATED_WETH, 10n ** 20n))

  /** Least output in the bytes that were sent. */
  const sentBound = ({ transactions }: { readonly transactions: readonly SignedTransaction[] }) => {
    const { data } = fromHex(transactions.at(-1)!.raw) as { readonly data: `0x${string}` }
    return decodeCall(data).args.minOut
  }

  test('default: the sandwich bound on a fresh quote replaces a looser one', async () => {
    const { frame } = await desk.see()
    const [swap] = act.sell(10, 1).intents
    if (swap?.type !== 'swap') throw new RangeError('not a swap')
    const { amountOut } = await world.pool.quote(swap, frame.block)
    const order = await desk.carryOut(act.sell(10, 1))
    expect(order.state).toBe('settled')
    // No forecast: the cap of 50 bp in calm decides.
    expect(Number(sentBound(order)) / Number(amountOut)).toBeCloseTo(0.995, 6)
  })

  test('behavior: the plan’s own bound stays where it is tighter', async () => {
    const { frame } = await desk.see()
    const [swap] = act.sell(10, 1).intents
    if (swap?.type !== 'swap') throw new RangeError('not a swap')
    const { amountOut } = await world.pool.quote(swap, frame.block)
    const bound = Number(amountOut) / 1e6 - 1
    const order = await desk.carryOut(act.sell(10, bound))
    expect(sentBound(order)).toBe(BigInt(Math.round(bound * 1e6)))
  })

  test('behavior: a quote below the plan’s bound refuses, and nothing is signed', async () => {
    const order = await desk.carryOut(act.sell(10, 20_001))
    expect(order).toMatchObject({ state: 'refused', transactions: [] })
    expect(order.reason).toMatch(/quote 19\d{3}\.\d+ USDC for 10 WETH is below .* 20001 USDC/)
    expect(mined()).toEqual([])
  })

  test('behavior: a market that moved after the frame refuses in simulation', async () => {
    const seen = await desk.see()
    await world.movePrice('ETH', 0.98)
    const order = await desk.carryOut(act.sell(10, 1), seen)
    expect(order.state).toBe('refused')
    expect(order.reason).toContain('TOO_LITTLE_RECEIVED')
  })
})

describe('refusals', () => {
  test('behavior: a simulation that reverts refuses with the venue’s reason', async () => {
    const order = await desk.carryOut(act.transfer(5_900))
    expect(order).toMatchObject({ state: 'refused', transactions: [] })
    expect(order.reason).toMatch(/call 1 of 2 \(withdraw 5900 USDC\).*NOT_ENOUGH_FREE_COLLATERAL/)
  })

  test('behavior: an action without intents is refused', async () => {
    expect(await desk.carryOut(act.action('repay', []))).toMatchObject({
      state: 'refused',
      reason: 'the action has no calls',
    })
  })

  test('error: PolicyDeniedError passes through, the order is refused and the nonce is free', async () => {
    const signer = world.chain.signer(world.owner)
    let strict = true
    desk = createTestDesk(world, {
      signer: {
        ...signer,
        async sign(p) {
          if (strict)
            throw new PolicyDeniedError({ rule: 'target', found: p.call.to, allowed: 'none' })
          return signer.sign(p)
        },
      },
    })
    await desk.recover()
    await expect(desk.carryOut(act.repay(1_000))).rejects.toThrow(PolicyDeniedError)
    expect(desk.find('keeper#1')).toMatchObject({ state: 'refused', transactions: [] })
    strict = false
    expect(await desk.carryOut(act.repay(1_000))).toMatchObject({ state: 'settled' })
    expect(mined().map(({ nonce }) => nonce)).toEqual([0])
  })

  test('error: a signer that asks for a retry leaves the order to be tried again', async () => {
    const signer = world.chain.signer(world.owner)
    let down = true
    desk = createTestDesk(world, {
      signer: {
        ...signer,
        async sign(p) {
          if (down) throw new VenueReadError({ venue: 'signer', what: 'a signature' })
          return signer.sign(p)
        },
      },
    })
    await desk.recover()
    const seen = await desk.see()
    const order = desk.allow(act.repay(1_000), seen.frame.block)
    await expect(desk.execute({ order, ...seen })).rejects.toThrow(VenueReadError)
    down = false
    expect(await desk.execute({ order, ...seen })).toMatchObject({ state: 'settled' })
  })

  test('error: EventStoreWriteError stops before anything is sent', async () => {
    const store = createMemoryEventStore()
    let full = false
    desk = createTestDesk(world, {
      store: {
        ...store,
        append(event) {
          if (full && event.type === 'transaction.signed')
            throw new EventStoreWriteError({ path: 'test', cause: 'disk full' })
          return store.append(event)
        },
      },
    })
    await desk.recover()
    full = true
    await expect(desk.carryOut(act.repay(1_000))).rejects.toThrow(EventStoreWriteError)
    expect(mined()).toEqual([])
    expect(desk.find('keeper#1')?.transactions).toEqual([])
  })

  test('error: InvalidInputError for a signer that is not the owner, or a venue twice', () => {
    const journal = createJournal({
      agent: 'a',
      store: createMemoryEventStore(),
      clock: createSettableClock(0),
    })
    const compose = (signer: `0x${string}`, twice: boolean) => () =>
      createOrderDesk({
        owner: world.owner,
        journal,
        lending: twice ? [world.first, world.first] : [world.first],
        perps: [],
        swaps: [],
        signer: world.chain.signer(signer),
        lane: world.chain,
        simulator: world.chain,
        executor: world.executor,
        sleeper: createSettableClock(0),
        swapFloor: () => 0n,
      })
    expect(compose(simulatedAccount(9), false)).toThrow(InvalidInputError)
    expect(compose(world.owner, true)).toThrow(InvalidInputError)
    expect(compose(world.owner, false)).not.toThrow()
  })
})

describe('partial success', () => {
  test('behavior: a second call that reverts is told as it is', async () => {
    desk = createTestDesk(world, {
      lane: laneWith({
        async send(transaction) {
          await world.chain.send(transaction)
          if (transaction.nonce === 0)
            world.chain.write((storage) =>
              storage.set(slot(SIMULATED_USDC.address, 'balance', world.owner), 0n),
            )
        },
      }),
    })
    await desk.recover()
    const order = await desk.carryOut(act.transfer(500))
    expect(order.state).toBe('settled')
    expect(order.receipts.map(({ status }) => status)).toEqual(['success', 'reverted'])
    expect(order.reason).toMatch(/call 2 of 2 \(repay 500 USDC\) reverted in block \d+; 0 after it/)
    expect(await debtOf(world)).toBe(120_000)
    const [reconciled] = await desk.reconcile(1n)
    expect(reconciled).toMatchObject({ state: 'reconciled', reason: order.reason })
  })

  test('behavior: a first call that reverts keeps the rest from being signed', async () => {
    desk = createTestDesk(world, {
      lane: laneWith({
        async send(transaction) {
          await world.movePrice('ETH', 0.93)
          await world.chain.send(transaction)
        },
      }),
    })
    await desk.recover()
    const order = await desk.carryOut(act.transfer(500))
    expect(order.transactions).toHaveLength(1)
    expect(order.reason).toMatch(/call 1 of 2 .* reverted .*; 1 after it not sent/)
    expect(await desk.carryOut(act.repay(10))).toMatchObject({ state: 'settled' })
  })
})

describe('sent but unsure', () => {
  test('behavior: a lane that throws after delivery is settled by the hash', async () => {
    desk = createTestDesk(world, {
      lane: laneWith({
        async send(transaction) {
          await world.chain.send(transaction)
          throw new VenueReadError({ venue: 'lane', what: 'send', cause: 'timeout' })
        },
      }),
    })
    await desk.recover()
    expect(await desk.carryOut(act.repay(1_000))).toMatchObject({ state: 'settled' })
    expect(mined()).toHaveLength(1)
  })

  test('behavior: bytes lost on the way are unknown, then sent again as they are', async () => {
    const sent: string[] = []
    let lost = true
    desk = createTestDesk(world, {
      lane: laneWith({
        async send(transaction) {
          sent.push(transaction.raw)
          if (!lost) await world.chain.send(transaction)
        },
      }),
    })
    await desk.recover()
    const order = await desk.carryOut(act.repay(1_000))
    expect(order).toMatchObject({ state: 'unknown', receipts: [] })
    expect(order.reason).toContain(order.transactions[0]!.hash)

    await expect(desk.reconcile(1n)).rejects.toThrow(SentButUnsureError)
    lost = false
    const [reconciled] = await desk.reconcile(2n)
    expect(reconciled).toMatchObject({ id: order.id, state: 'reconciled' })
    expect(reconciled!.receipts).toHaveLength(1)
    expect(new Set(sent).size).toBe(1)
    expect(mined()).toHaveLength(1)
  })

  test('behavior: nothing is signed while a transaction waits in the pool', async () => {
    world.chain.automine(false)
    const order = await desk.carryOut(act.repay(1_000))
    expect(order.state).toBe('unknown')
    await expect(desk.carryOut(act.repay(2_000))).rejects.toThrow(NonceMismatchError)
    expect(desk.find('keeper#2')?.transactions).toEqual([])
    world.chain.mine()
    expect(await desk.reconcile(1n)).toMatchObject([{ id: order.id, state: 'reconciled' }])
    expect(desk.find('keeper#2')).toMatchObject({ state: 'refused' })
    expect(await debtOf(world)).toBe(119_000)
  })

  test('behavior: a nonce that somebody else used ends the order, and its bytes are not sent', async () => {
    desk = createTestDesk(world, { lane: laneWith({ send: async () => {} }) })
    await desk.recover()
    const order = await desk.carryOut(act.repay(1_000))
    const { timestamp } = await world.chain.latest()
    const [call] = world.first.encode({ ...act.repay(5).intents[0]!, type: 'repay' } as never, {
      owner: world.owner,
      sender: world.owner,
      deadline: timestamp + 60n,
    })
    const block = await world.chain.latest()
    const rival = await world.chain
      .signer(world.owner)
      .sign({ call: call!, nonce: 0, gas: 1n, block })
    await world.chain.send(rival)

    const [reconciled] = await desk.reconcile(1n)
    expect(reconciled).toMatchObject({ id: order.id, state: 'reconciled', receipts: [] })
    expect(reconciled!.reason).toContain('used by another transaction')
    expect(mined().map(({ receipt }) => receipt.hash)).toEqual([rival.hash])
    await desk.reconcile(2n)
    expect(await desk.recover()).toEqual([])
  })

  test('behavior: a block that is replaced reopens its order, which is sent again as it was', async () => {
    const order = await desk.carryOut(act.repay(1_000))
    await desk.reconcile(1n)
    world.chain.reorg(1)
    expect(mined()).toEqual([])
    await expect(desk.carryOut(act.repay(5))).rejects.toThrow(NonceMismatchError)
    const [again] = await desk.reconcile(2n)
    expect(again).toMatchObject({ id: order.id, state: 'reconciled' })
    expect(mined().map(({ receipt }) => receipt.hash)).toEqual([order.transactions[0]!.hash])
    expect(await debtOf(world)).toBe(119_000)
  })

  test('error: SentButUnsureError while the lane does not answer', async () => {
    let deaf = false
    const timeout = new VenueReadError({ venue: 'lane', what: 'receipt', cause: 'timeout' })
    desk = createTestDesk(world, {
      lane: laneWith({
        async receipt(hash) {
          if (deaf) throw timeout
          return world.chain.receipt(hash)
        },
      }),
    })
    await desk.recover()
    deaf = true
    const order = await desk.carryOut(act.repay(1_000))
    expect(order.state).toBe('unknown')
    await expect(desk.reconcile(1n)).rejects.toMatchObject({
      recovery: 'reconcile',
      cause: timeout,
    })
    deaf = false
    expect(await desk.reconcile(1n)).toMatchObject([{ state: 'reconciled' }])
  })
})

describe('recovery', () => {
  test('default: an empty journal recovers to the chain’s nonce', async () => {
    expect(await createTestDesk(world).recover()).toEqual([])
  })

  test('behavior: what was journaled and not sent before a crash is sent, once', async () => {
    const store = createMemoryEventStore()
    desk = createTestDesk(world, { store, lane: laneWith({ send: async () => {} }) })
    await desk.recover()
    const { transactions } = await desk.carryOut(act.repay(1_000))

    const restarted = createTestDesk(world, { store })
    expect(await restarted.recover()).toMatchObject([{ id: 'keeper#1', state: 'reconciled' }])
    expect(mined().map(({ receipt }) => receipt.hash)).toEqual([transactions[0]!.hash])
    expect(await restarted.recover()).toEqual([])
    expect(mined()).toHaveLength(1)
    expect(await restarted.carryOut(act.repay(1_000))).toMatchObject({ id: 'keeper#2' })
  })

  test('behavior: what was granted and never signed is closed, not carried out', async () => {
    const store = createMemoryEventStore()
    desk = createTestDesk(world, { store })
    await desk.recover()
    desk.allow(act.repay(1_000), (await desk.see()).frame.block)

    const restarted = createTestDesk(world, { store })
    expect(await restarted.recover()).toEqual([])
    expect(restarted.find('keeper#1')).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('nothing was signed'),
    })
    expect(mined()).toEqual([])
  })

  test('behavior: a list cut short by a crash says so', async () => {
    const store = createMemoryEventStore()
    let alive = true
    desk = createTestDesk(world, {
      store: {
        ...store,
        append(event) {
          if (!alive) throw new EventStoreWriteError({ path: 'test', cause: 'process died' })
          return store.append(event)
        },
      },
      lane: laneWith({
        async send(transaction) {
          await world.chain.send(transaction)
          alive = false
        },
      }),
    })
    await desk.recover()
    await expect(desk.carryOut(act.transfer(500))).rejects.toThrow(EventStoreWriteError)

    const restarted = createTestDesk(world, { store })
    const [order] = await restarted.recover()
    expect(order).toMatchObject({ state: 'reconciled', receipts: [{ status: 'success' }] })
    expect(order!.reason).toBe('interrupted after call 1 of 2; the rest not sent')
  })

  test('error: InvariantError when the journal holds two transactions of one nonce', async () => {
    const store = createMemoryEventStore()
    desk = createTestDesk(world, { store })
    await desk.recover()
    await desk.carryOut(act.repay(1_000))
    const signed = desk.events().find((event) => event.type === 'transaction.signed')
    store.append({ ...signed!, hash: '0xbad' } as Event)
    await expect(createTestDesk(world, { store }).recover()).rejects.toThrow(InvariantError)
  })

  test('error: InvariantError when an order moves that was never governed', async () => {
    const store = createMemoryEventStore()
    store.append({
      type: 'order.moved',
      agent: 'keeper',
      at: 0,
      block: 0n,
      order: 'keeper#9',
      state: 'settled',
      reason: null,
    })
    await expect(createTestDesk(world, { store }).recover()).rejects.toThrow(InvariantError)
  })
})
