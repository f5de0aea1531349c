import {
  type Address,
  type AtomicExecutor,
  type BlockRef,
  type Event,
  type Hex,
  InvalidInputError,
  InvariantError,
  type Order,
  type OrderState,
  type SignedTransaction,
  type Signer,
  type Simulation,
  type Simulator,
  type SubmissionLane,
  sameAddress,
} from '@plimsoll/domain'
import { type Carrier, carryOut, type PricedCall } from './carryOut.ts'
import { type ComposedCall, composeCalls, type Venues } from './composeCalls.ts'
import type { Journal, Unstamped } from './createJournal.ts'
import { createOrderBook } from './createOrderBook.ts'
import { createSandwichFloor } from './createSandwichFloor.ts'
import { createSystemClock } from './createSystemClock.ts'
import { createTransmitter, type ReceiptPatience } from './createTransmitter.ts'
import { NonceMismatchError } from './errors.ts'
import { followTrades } from './followTrades.ts'
import { limitSwaps, type SwapFloor } from './limitSwaps.ts'
import { limitTrades } from './limitTrades.ts'
import type { OrderDesk } from './OrderDesk.ts'
import { reconcileTransactions } from './reconcileTransactions.ts'
import type { Sleeper } from './Sleeper.ts'

/** Numbers of an order desk. */
export type DeskSettings = {
  readonly patience: ReceiptPatience
  /** Latest inclusion after the frame's block. [s] */
  readonly deadlineSeconds: bigint
  /** Gas limit as a share of the simulated gas. [bps] */
  readonly gasLimitBps: bigint
}

/** Defaults: forty looks in ten seconds, five minutes to be included, one and a half times the simulated gas. */
export const DEFAULT_DESK_SETTINGS: DeskSettings = {
  patience: { polls: 40, everyMs: 250 },
  deadlineSeconds: 300n,
  gasLimitBps: 15_000n,
}

/** What an order desk works with. */
export type DeskPorts = Venues & {
  readonly owner: Address
  readonly journal: Journal
  readonly signer: Signer
  readonly lane: SubmissionLane
  readonly simulator: Simulator
  /** Null when the owner has none: an atomic action is then an error. */
  readonly executor: AtomicExecutor | null
  /** How a receipt is waited for: in real time unless given. */
  readonly sleeper?: Sleeper
  /** The sandwich bound with its defaults unless given. */
  readonly swapFloor?: SwapFloor
  readonly settings?: DeskSettings
}

/**
 * Creates the order desk of one signer: the one place where its nonces are allotted.
 *
 * A transaction is signed only when the one before it has its receipt, journaled before it is sent, and sent as
 * the journaled bytes and no others. So at most one transaction is ever open, and no two share a nonce.
 *
 * @throws InvalidInputError when the signer is not the owner or two venues share an id.
 */
export function createOrderDesk(p: DeskPorts): OrderDesk {
  const { owner, journal, lane } = p
  const {
    settings = DEFAULT_DESK_SETTINGS,
    sleeper = createSystemClock(),
    swapFloor = createSandwichFloor(),
  } = p
  const venues = [...p.lending, ...p.perps, ...p.swaps]
  assertComposition(owner, p.signer, venues)
  const transmitter = createTransmitter({ lane, sleeper, patience: settings.patience })
  let book = createOrderBook([])
  let nextNonce: number | null = null // null until recovered

  const record = (block: bigint, unstamped: Unstamped): Event => {
    try {
      const event = journal.record(block, unstamped)
      book.apply(event)
      return event
    } catch (cause) {
      nextNonce = null // the log may hold what the book does not: only recovery can tell
      throw cause
    }
  }
  const move = (id: string, block: bigint, state: OrderState, why: string | null = null): Order => {
    record(block, { type: 'order.moved', order: id, state, reason: why })
    return known(id)
  }
  const known = (id: string): Order => {
    const order = book.find(id)
    if (order === null)
      throw new InvariantError({ expected: `order ${id} in the journal`, found: 'none' })
    return order
  }

  /** What carries one order's calls out at a block. */
  const carrierOf = (order: string, calls: number, block: BlockRef): Carrier => ({
    transmitter,
    async sign({ call, commits, gas }) {
      const nonce = assertRecovered(nextNonce)
      const transaction = await p.signer.sign({ call, nonce, gas, block })
      const { hash, raw } = transaction
      assertNonce(transaction, nonce)
      record(block.number, {
        type: 'transaction.signed',
        ...{ order, hash, raw, nonce, call, calls, commits },
      })
      nextNonce = nonce + 1
      return transaction
    },
    record: (event) => record(block.number, event),
    move: (state, reason) => move(order, block.number, state, reason),
    finish: (why) =>
      move(
        order,
        block.number,
        book.committed(order).length > 0 ? 'committed' : 'settled',
        why ?? book.shortfall(order),
      ),
  })

  const agree = async (block: bigint): Promise<readonly Order[]> => {
    const outcome = await reconcileTransactions({
      owner,
      book,
      record: (event) => record(block, event),
      lane,
      transmitter,
    })
    nextNonce = outcome.nonce
    return outcome.reconciled
  }

  return {
    owner,
    find: (id) => book.find(id),
    settledBlock: () => book.settledBlock(),

    open(grant, { number }) {
      assertRecovered(nextNonce)
      const id = `${journal.agent}#${book.count() + 1}`
      record(number, { type: 'order.governed', order: id, grant })
      if (grant.type === 'denied') return move(id, number, 'denied', grant.rule)
      // Deferred is denied for this frame: whoever planned it asks again on a later one.
      return grant.type === 'deferred'
        ? move(id, number, 'denied', `${grant.rule}: not before ${grant.until}`)
        : move(id, number, 'granted')
    },

    async execute({ order: { id, action }, ...seen }) {
      const { block } = seen.frame
      const expected = assertRecovered(nextNonce)
      assertExecutable(known(id))
      const limited = await limitSwaps({ ...seen, action, swaps: p.swaps, floor: swapFloor })
      if (limited.type === 'refused') return move(id, block.number, 'refused', limited.reason)
      const filled = await limitTrades({ ...seen, action: limited.action, perps: p.perps })
      if (filled.type === 'refused') return move(id, block.number, 'refused', filled.reason)
      const composed = composeCalls({
        action: filled.action,
        venues: p,
        executor: p.executor,
        frame: seen.frame,
        deadline: block.timestamp + settings.deadlineSeconds,
      })
      const calls = composed.map(({ call }) => call)
      if (calls.length === 0) return move(id, block.number, 'refused', 'the action has no calls')
      const chain = await lane.nonce(owner)
      if (chain !== expected) throw new NonceMismatchError({ journal: expected, chain })
      const simulation = await p.simulator.simulate({ from: owner, calls })
      if (simulation.type === 'reverted')
        return move(id, block.number, 'refused', whyReverted(simulation, calls.length, venues))
      const priced = priceCalls(composed, simulation.gas, settings.gasLimitBps)
      move(id, block.number, 'simulated')
      return carryOut(carrierOf(id, calls.length, block), id, priced)
    },

    async reconcile(block) {
      assertRecovered(nextNonce)
      return agree(block)
    },

    async follow(block) {
      const expected = assertRecovered(nextNonce)
      return followTrades({
        ...{ owner, book, lane, block, expected },
        perps: p.perps,
        record: (event) => record(block.number, event),
      })
    },

    async recover() {
      nextNonce = null
      const events = journal.read()
      book = createOrderBook(events)
      return agree(events.at(-1)?.block ?? 0n)
    },
  }
}

function whyReverted(
  simulation: Extract<Simulation, { type: 'reverted' }>,
  calls: number,
  venues: readonly { decodeRevert(data: Hex): { readonly reason: string } | null }[],
): string {
  const { index, call, data } = simulation
  let why = data === '0x' ? 'no reason given' : data
  for (const venue of venues) {
    const decoded = venue.decodeRevert(data)
    if (decoded === null) continue
    why = decoded.reason
    break
  }
  return `simulation of call ${index + 1} of ${calls} (${call.label}) reverted: ${why}`
}

function assertComposition(
  owner: Address,
  signer: Signer,
  venues: readonly { readonly id: string }[],
): void {
  if (!sameAddress(owner, signer.address))
    throw new InvalidInputError({
      field: 'signer',
      found: signer.address,
      allowed: `the owner's own account ${owner}`,
    })
  const ids = venues.map(({ id }) => id)
  for (const [i, id] of ids.entries())
    if (ids.indexOf(id) !== i)
      throw new InvalidInputError({ field: 'venues', found: id, allowed: 'each venue once' })
}

function assertRecovered(nonce: number | null): number {
  if (nonce === null)
    throw new InvariantError({
      expected: 'recovery to have succeeded before anything is opened or sent',
      found: 'an order desk that has not recovered',
    })
  return nonce
}

function assertExecutable(order: Order): void {
  const fresh = order.state === 'granted' || order.state === 'simulated'
  if (!fresh || order.transactions.length > 0)
    throw new InvariantError({
      expected: 'a granted order without transactions',
      found: `${order.id} ${order.state} with ${order.transactions.length} transactions`,
    })
}

function assertNonce(transaction: SignedTransaction, nonce: number): void {
  if (transaction.nonce !== nonce)
    throw new InvariantError({
      expected: `a signature over nonce ${nonce}`,
      found: `nonce ${transaction.nonce}`,
    })
}

/** Calls with gas limits of a share of what they took in simulation. */
function priceCalls(
  calls: readonly ComposedCall[],
  gas: readonly bigint[],
  limitBps: bigint,
): readonly PricedCall[] {
  return calls.map((call, i) => {
    const taken = gas[i]
    if (taken === undefined)
      throw new InvariantError({ expected: `gas of ${calls.length} calls`, found: `${gas.length}` })
    return { ...call, gas: (taken * limitBps) / 10_000n }
  })
}
