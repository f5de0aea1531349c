import {
  BaseError,
  type Order,
  type OrderState,
  reason,
  SentButUnsureError,
  type SignedTransaction,
} from '@plimsoll/domain'
import type { ComposedCall } from './composeCalls.ts'
import type { Unstamped } from './createJournal.ts'
import { type Transmitter, whyOpen } from './createTransmitter.ts'

/** A call, and the gas limit its simulation led to. */
export type PricedCall = ComposedCall & { readonly gas: bigint }

/** What carrying out needs of its desk. */
export type Carrier = {
  readonly transmitter: Transmitter
  /** Signs with the next nonce and journals the bytes. Nothing is sent. */
  sign(p: PricedCall): Promise<SignedTransaction>
  record(event: Unstamped): void
  move(state: OrderState, reason: string | null): Order
  /** Ends it: `committed` where a venue has a trade to fill, else `settled`. Why it is no full success is the journal's to say unless given. */
  finish(why?: string): Order
}

/**
 * Signs, sends and awaits an order's calls one after another, and stops at the first that is not a success.
 *
 * Only what will be sent is signed: the next call is signed when the one before it has its receipt. A trade that was
 * committed leaves the order `committed` whatever became of the calls after it: the venue has it.
 *
 * @throws what the signer throws, with the order's state moved to tell of it; a first signature that asks for a
 * retry leaves the order as it was.
 */
export async function carryOut(
  carrier: Carrier,
  order: string,
  calls: readonly PricedCall[],
): Promise<Order> {
  for (const [i, priced] of calls.entries()) {
    const place = `call ${i + 1} of ${calls.length} (${priced.call.label})`
    let transaction: SignedTransaction
    try {
      transaction = await carrier.sign(priced)
    } catch (cause) {
      const repeatable = cause instanceof BaseError && cause.recovery === 'retry'
      if (i === 0 && repeatable) throw cause
      const why = `${place} was not signed: ${reason(cause)}`
      const moved = i === 0 ? carrier.move('refused', why) : carrier.finish(why)
      if (repeatable) return moved
      throw cause
    }
    if (i === 0) carrier.move('sent', null)
    const answer = await carrier.transmitter.transmit(transaction)
    if (answer.type !== 'receipt') {
      const unsure = new SentButUnsureError({ hash: transaction.hash, cause: whyOpen(answer) })
      return carrier.move('unknown', `${place}: ${unsure.message}`)
    }
    carrier.record({ type: 'transaction.settled', order, receipt: answer.receipt })
    if (answer.receipt.status === 'reverted') break
  }
  return carrier.finish()
}
