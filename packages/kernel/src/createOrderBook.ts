import {
  type Event,
  InvariantError,
  type Order,
  type Receipt,
  type SignedTransaction,
  type TradeIntent,
  type TradeSettlement,
} from '@plimsoll/domain'
import { isCommitted, isEnded } from './orderStates.ts'

/** A signed transaction and what the chain last said of it. */
export type JournaledTransaction = {
  readonly order: string
  readonly transaction: SignedTransaction
  readonly receipt: Receipt | null
}

/** A trade of an order that its venue has, and what became of it. */
export type CommittedTrade = {
  readonly order: string
  readonly intent: TradeIntent
  /** Block that holds the call by which it was committed. */
  readonly block: bigint
  /** Null while the venue's events have not told. */
  readonly settlement: TradeSettlement | null
}

/** What the journal says of orders and transactions. Changes by events alone. */
export type OrderBook = {
  apply(event: Event): void
  find(id: string): Order | null
  /** Why an order is not a full success, by what was signed and what the chain says of it; null when it is one. */
  shortfall(id: string): string | null
  /** Trades of an order that a venue has or had to fill later, by the receipts of the calls that committed them. */
  committed(id: string): readonly CommittedTrade[]
  /** Why an order was no full success when its trade was committed; null when it was one. */
  caveat(id: string): string | null
  /** Everything that venues told of trades that were filled later. */
  settlements(): readonly TradeSettlement[]
  /** Highest block of any receipt; 0 when there is none. */
  settledBlock(): bigint
  /** In the order they were opened. */
  orders(): readonly Order[]
  /** By nonce. Transactions that another one replaced for good are left out. */
  transactions(): readonly JournaledTransaction[]
  /** Orders opened so far. */
  count(): number
}

/** Creates the book of a list of events. */
export function createOrderBook(events: readonly Event[]): OrderBook {
  const orders = new Map<string, Order>()
  /** Calls of each order that has signed one. */
  const planned = new Map<string, number>()
  /** Which intents each transaction commits. */
  const commits = new Map<string, readonly number[]>()
  /** Why an order was no full success when it became committed. */
  const caveats = new Map<string, string | null>()
  const told = new Map<string, readonly TradeSettlement[]>()

  const change = (id: string, how: (order: Order) => Order): void => {
    const order = orders.get(id)
    if (order === undefined)
      throw new InvariantError({
        expected: 'an order to be governed before it moves',
        found: `${id} in the journal without a grant`,
      })
    orders.set(id, how(order))
  }

  const apply = (event: Event): void => {
    switch (event.type) {
      case 'order.governed':
        orders.set(event.order, {
          id: event.order,
          action: event.grant.action,
          state: 'proposed',
          grant: event.grant,
          transactions: [],
          receipts: [],
          reason: null,
        })
        return
      case 'order.moved': {
        const { state, reason } = event
        if (state === 'unknown') told.delete(event.order) // its block may be gone, and what followed with it
        change(event.order, (order) => {
          if (state === 'committed' && !isCommitted(order.state)) caveats.set(order.id, reason)
          return { ...order, state, reason }
        })
        return
      }
      case 'transaction.signed': {
        const { hash, raw, nonce, call } = event
        planned.set(event.order, event.calls)
        commits.set(hash, event.commits)
        change(event.order, (order) => ({
          ...order,
          transactions: [...order.transactions, { hash, raw, nonce, call }],
        }))
        return
      }
      case 'transaction.settled': {
        const { receipt } = event
        change(event.order, (order) => ({
          ...order,
          receipts: [...order.receipts.filter(({ hash }) => hash !== receipt.hash), receipt],
        }))
        return
      }
      case 'trade.settled': {
        const { order, settlement } = event
        change(order, (known) => known)
        told.set(order, [...(told.get(order) ?? []), settlement])
        return
      }
      case 'frame.observed':
      case 'frame.assessed':
      case 'frame.refused':
      case 'plan.proposed':
      case 'forecast.switched':
      case 'forecast.shadowed':
      case 'agent.moved':
        return
      default:
        event satisfies never
    }
  }
  for (const event of events) apply(event)

  return {
    apply,
    find: (id) => orders.get(id) ?? null,
    committed(id) {
      const order = orders.get(id)
      if (order === undefined) return []
      const settlements = told.get(id) ?? []
      return order.transactions.flatMap((transaction) => {
        const receipt = receiptOf(order, transaction)
        if (receipt?.status !== 'success') return []
        return (commits.get(transaction.hash) ?? []).flatMap((index) => {
          const intent = order.action.intents[index]
          if (intent?.type !== 'trade') return []
          const settlement = settlements.find((each) => isOf(intent, each)) ?? null
          return { order: id, intent, block: receipt.block, settlement }
        })
      })
    },
    caveat: (id) => caveats.get(id) ?? null,
    settlements: () => [...told.values()].flat(),
    settledBlock() {
      let highest = 0n
      for (const { receipts } of orders.values())
        for (const { block } of receipts) if (block > highest) highest = block
      return highest
    },
    orders: () => [...orders.values()],
    shortfall(id) {
      const order = orders.get(id)
      const calls = planned.get(id) ?? 0
      for (const [i, transaction] of (order?.transactions ?? []).entries()) {
        const place = `call ${i + 1} of ${calls} (${transaction.call.label})`
        const after = `${calls - i - 1} after it not sent`
        const receipt = order === undefined ? null : receiptOf(order, transaction)
        if (receipt === null)
          return `${place} has no receipt: its nonce ${transaction.nonce} was used by another transaction; ${after}`
        if (receipt.status === 'reverted')
          return `${place} reverted in block ${receipt.block}; ${after}`
      }
      const sent = order?.transactions.length ?? 0
      return sent < calls ? `interrupted after call ${sent} of ${calls}; the rest not sent` : null
    },
    transactions() {
      const all: JournaledTransaction[] = []
      for (const order of orders.values())
        for (const transaction of order.transactions) {
          const receipt = receiptOf(order, transaction)
          if (receipt === null && (isEnded(order.state) || isCommitted(order.state))) continue
          all.push({ order: order.id, transaction, receipt })
        }
      return all.sort((a, b) => a.transaction.nonce - b.transaction.nonce)
    },
    count: () => orders.size,
  }
}

/** Whether a settlement is that of a trade: a market has at most one trade that waits. */
export const isOf = (
  { domain, market }: TradeIntent,
  settlement: Pick<TradeSettlement, 'domain' | 'market'>,
): boolean => settlement.domain === domain && settlement.market === market

const receiptOf = (order: Order, { hash }: SignedTransaction): Receipt | null =>
  order.receipts.find((receipt) => receipt.hash === hash) ?? null
