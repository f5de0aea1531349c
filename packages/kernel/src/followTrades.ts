import {
  type Address,
  type BlockRef,
  type Event,
  least,
  numberFromRaw,
  type Order,
  type OrderState,
  type PendingTrade,
  type PerpVenue,
  type SubmissionLane,
  type TradeIntent,
  type TradeSettlement,
} from '@plimsoll/domain'
import type { Unstamped } from './createJournal.ts'
import { type CommittedTrade, isOf, type OrderBook } from './createOrderBook.ts'
import { NonceMismatchError } from './errors.ts'
import { isCommitted } from './orderStates.ts'

/** Blocks for which what a venue told is looked at again: its block may be replaced. */
const YOUNG = 64n

/** What following needs of its desk. */
type Following = {
  readonly owner: Address
  readonly book: OrderBook
  /** Journals an event and applies it to the book. */
  readonly record: (event: Unstamped) => Event
  readonly lane: SubmissionLane
  readonly perps: readonly PerpVenue[]
  readonly block: BlockRef
  /** Next nonce by the journal. */
  readonly expected: number
}

/** What a venue says of an owner's trades at a block. */
type Word = {
  readonly settlements: readonly TradeSettlement[]
  readonly pending: (intent: TradeIntent) => PendingTrade | null
}

/**
 * Moves every committed order to where its venue's events say it is.
 *
 * The first settlement of a market at or after the commitment that belongs to no earlier order is the trade's end. An
 * order ends with its last trade: `executed` when all were, else `expired` when one was, else `cancelled`. While a trade
 * waits, the order is `executable` from its window on; a window that has passed ends nothing, it is told as the reason.
 * A settlement that no longer stands (its block was replaced) reopens its order.
 *
 * @throws NonceMismatchError when the chain counts fewer transactions of ours than the journal does.
 */
export async function followTrades(p: Following): Promise<readonly Order[]> {
  const { book, block } = p
  const orders = book.orders()
  const trades = orders.flatMap(({ id }) => book.committed(id))
  const watched = trades.filter((trade) => isWaiting(trade) || isYoung(trade, block.number))
  if (watched.length === 0 && !orders.some(({ state }) => isCommitted(state))) return []
  const chain = await p.lane.nonce(p.owner)
  if (chain < p.expected) throw new NonceMismatchError({ journal: p.expected, chain })
  const words = await listen(p, watched)

  const moved = new Set(reopen(p, watched, words))
  settle(p, words)
  for (const { id, state, reason } of book.orders()) {
    if (!isCommitted(state)) continue
    const next = whereIs({ state, trades: book.committed(id), words, time: block.timestamp })
    const why = sentence([book.caveat(id), next.reason])
    if (next.state === state && why === reason) continue
    p.record({ type: 'order.moved', order: id, state: next.state, reason: why })
    moved.add(id)
  }
  return [...moved].flatMap((id) => book.find(id) ?? [])
}

const isWaiting = ({ settlement }: CommittedTrade): boolean => settlement === null

const isYoung = ({ settlement }: CommittedTrade, now: bigint): boolean =>
  settlement !== null && now < settlement.block + YOUNG

const keyOf = ({ hash, domain, market }: TradeSettlement): string => `${hash}/${domain}/${market}`

/** Asks every venue of these trades, once. */
async function listen(
  { owner, perps, block }: Following,
  trades: readonly CommittedTrade[],
): Promise<ReadonlyMap<string, Word>> {
  const words = await Promise.all(
    perps.map(async (venue): Promise<readonly [string, Word][]> => {
      const commitments = trades
        .filter((each) => each.intent.venue === venue.id)
        .map((each) => each.block)
      const from = least(block.number + 1n, ...commitments)
      if (from > block.number) return []
      const [settlements, positions] = await Promise.all([
        venue.settlements({ account: owner, from, to: block.number }),
        venue.read(owner, block),
      ])
      const pending = ({ domain, market }: TradeIntent): PendingTrade | null => {
        const trade = positions.find((each) => each.domain === domain)?.pending
        return trade?.market === market ? trade : null
      }
      return [[venue.id, { settlements, pending }]]
    }),
  )
  return new Map(words.flat())
}

/** Takes back what was told in blocks that no longer stand. Returns the orders it opened again. */
function reopen(
  { record, book, block }: Following,
  watched: readonly CommittedTrade[],
  words: ReadonlyMap<string, Word>,
): readonly string[] {
  const gone = watched.filter(({ intent, settlement }) => {
    const word = words.get(intent.venue)
    if (settlement === null || word === undefined || settlement.block > block.number) return false
    return !word.settlements.some(
      (each) => keyOf(each) === keyOf(settlement) && each.block === settlement.block,
    )
  })
  const ids = [...new Set(gone.map(({ order }) => order))]
  for (const order of ids) {
    const reason = 'the block that told of its end was replaced'
    record({ type: 'order.moved', order, state: 'unknown', reason })
    record({ type: 'order.moved', order, state: 'committed', reason: book.caveat(order) })
  }
  return ids
}

/** Journals every settlement of a trade that waits, in the order of the commitments. */
function settle({ book, record }: Following, words: ReadonlyMap<string, Word>): void {
  const known = new Set(book.settlements().map(keyOf))
  const open = book.orders().filter(({ state }) => isCommitted(state))
  for (const { order, intent, block } of open
    .flatMap(({ id }) => book.committed(id))
    .filter(isWaiting)) {
    const settlement = words
      .get(intent.venue)
      ?.settlements.find(
        (each) => isOf(intent, each) && each.block >= block && !known.has(keyOf(each)),
      )
    if (settlement === undefined) continue
    known.add(keyOf(settlement))
    record({ type: 'trade.settled', order, settlement })
  }
}

/** State of an order by its trades, and what is to be said of it. */
function whereIs(p: {
  readonly state: OrderState
  readonly trades: readonly CommittedTrade[]
  readonly words: ReadonlyMap<string, Word>
  /** Time of the block. [s] */
  readonly time: bigint
}): { readonly state: OrderState; readonly reason: string | null } {
  const ends = p.trades.flatMap(({ settlement }) => settlement ?? [])
  if (ends.length === p.trades.length) {
    const outcomes = ends.map(({ outcome }) => outcome)
    const state = (['expired', 'cancelled'] as const).find((each) => outcomes.includes(each))
    return { state: state ?? 'executed', reason: sentence(p.trades.map(whyNot)) }
  }
  let { state } = p
  const reasons: (string | null)[] = p.trades.map(whyNot)
  for (const { intent } of p.trades.filter(isWaiting)) {
    const word = p.words.get(intent.venue)
    if (word === undefined) continue
    const pending = word.pending(intent)
    if (pending === null)
      reasons.push(`${nameOf(intent)} is not pending, and no event tells what became of it`)
    else if (p.time > pending.expiresAt)
      reasons.push(
        `${nameOf(intent)} could be filled until ${pending.expiresAt}: it can only be withdrawn now`,
      )
    else if (p.time >= pending.executableAt) state = 'executable'
  }
  return { state, reason: sentence(reasons) }
}

function whyNot({ intent, settlement }: CommittedTrade): string | null {
  if (settlement === null || settlement.outcome === 'executed') return null
  const why = settlement.outcome === 'expired' ? 'not filled in time' : 'withdrawn unfilled'
  return `${nameOf(intent)} was ${why}, by block ${settlement.block}`
}

const nameOf = ({ size, market }: TradeIntent): string =>
  `trade of ${numberFromRaw(size, 18)} in ${market}`

const sentence = (reasons: readonly (string | null)[]): string | null =>
  reasons.filter((each) => each !== null).join('; ') || null
