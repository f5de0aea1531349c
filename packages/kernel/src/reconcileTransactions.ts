import {
  type Address,
  type Event,
  InvariantError,
  type Order,
  type OrderState,
  type Receipt,
  SentButUnsureError,
  type SubmissionLane,
} from '@plimsoll/domain'
import type { Unstamped } from './createJournal.ts'
import type { JournaledTransaction, OrderBook } from './createOrderBook.ts'
import { type Answer, type Transmitter, whyOpen } from './createTransmitter.ts'
import { isCommitted, isEnded } from './orderStates.ts'

/** The chain has answered for all of its transactions. */
const isAnswered = (state: OrderState): boolean => isEnded(state) || isCommitted(state)

/**
 * Makes the journal agree with the chain, sending nothing but bytes that the journal already holds.
 *
 * The nonce is read before the receipts. A hash without a receipt whose nonce the chain had already counted was
 * replaced for good; one whose nonce is open is sent again, byte for byte. A nonce that fell back (a reorganised
 * block) reopens what had settled above it. An order whose trade is filled later is left to its venue's events.
 *
 * @returns Orders moved to `reconciled` or `committed`, and the next nonce both sides agree on.
 * @throws SentButUnsureError while a transaction has neither a receipt nor a successor.
 * @throws InvariantError when two journaled transactions share a nonce.
 */
export async function reconcileTransactions(p: {
  readonly owner: Address
  readonly book: OrderBook
  /** Journals an event and applies it to the book. */
  readonly record: (event: Unstamped) => Event
  readonly lane: SubmissionLane
  readonly transmitter: Transmitter
}): Promise<{ readonly reconciled: readonly Order[]; readonly nonce: number }> {
  const { book, record } = p
  const transactions = book.transactions()
  assertDistinctNonces(transactions)

  const counted = await p.lane.nonce(p.owner)
  for (const { order, transaction, receipt } of transactions) {
    const open = transaction.nonce >= counted
    const state = book.find(order)?.state
    if (state !== undefined && isAnswered(state)) {
      if (!open) continue
      const reason = `nonce ${transaction.nonce} is open again: its block was replaced`
      record({ type: 'order.moved', order, state: 'unknown', reason })
    }
    const answer = await resolve(p.transmitter, transaction, open)
    if (answer.type === 'receipt') {
      if (!isSame(receipt, answer.receipt))
        record({ type: 'transaction.settled', order, receipt: answer.receipt })
    } else if (open || answer.type !== 'absent') {
      const unsure = new SentButUnsureError({ hash: transaction.hash, cause: whyOpen(answer) })
      if (book.find(order)?.state !== 'unknown')
        record({ type: 'order.moved', order, state: 'unknown', reason: unsure.message })
      throw unsure
    }
  }

  const nonce = await p.lane.nonce(p.owner)
  const last = transactions.at(-1)?.transaction
  if (last !== undefined && nonce <= last.nonce)
    throw new SentButUnsureError({
      hash: last.hash,
      cause: `the chain has its receipt and yet expects nonce ${nonce}`,
    })
  return { reconciled: close(p), nonce }
}

const isSame = (known: Receipt | null, found: Receipt): boolean =>
  known?.block === found.block && known.status === found.status

/** Receipts first; bytes again only where the nonce is open. */
async function resolve(
  transmitter: Transmitter,
  transaction: JournaledTransaction['transaction'],
  open: boolean,
): Promise<Answer> {
  const answer = await transmitter.look(transaction.hash)
  if (answer.type === 'receipt') return answer
  return open ? transmitter.transmit(transaction) : transmitter.wait(transaction.hash)
}

/** Ends every order: committed where a venue has its trade, reconciled where something was signed, else refused. */
function close(p: {
  readonly book: OrderBook
  readonly record: (event: Unstamped) => Event
}): readonly Order[] {
  const ended: string[] = []
  for (const { id, state, transactions, reason } of p.book.orders()) {
    if (isAnswered(state)) continue
    if (transactions.length === 0) {
      const why = 'not carried out: nothing was signed'
      p.record({ type: 'order.moved', order: id, state: 'refused', reason: why })
      continue
    }
    const why = state === 'settled' ? reason : p.book.shortfall(id)
    const end = p.book.committed(id).length > 0 ? 'committed' : 'reconciled'
    p.record({ type: 'order.moved', order: id, state: end, reason: why })
    ended.push(id)
  }
  return ended.flatMap((id) => p.book.find(id) ?? [])
}

function assertDistinctNonces(transactions: readonly JournaledTransaction[]): void {
  for (const [i, { transaction }] of transactions.entries()) {
    const next = transactions[i + 1]?.transaction
    if (next?.nonce === transaction.nonce && next.hash !== transaction.hash)
      throw new InvariantError({
        expected: 'one journaled transaction per nonce',
        found: `${transaction.hash} and ${next.hash} with nonce ${next.nonce}`,
      })
  }
}
