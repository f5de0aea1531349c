import {
  type Event,
  InvariantError,
  type Order,
  type Receipt,
  type SignedTransaction,
} from '@plimsoll/domain'

/** A signed transaction and what the chain last said of it. */
export type JournaledTransaction = {
  readonly order: string
  readonly transaction: SignedTransaction
  readonly receipt: Receipt | null
}

/** What the journal says of orders and transactions. Changes by events alone. */
export type OrderBook = {
  apply(event: Event): void
  find(id: string): Order | null
  /** In the order they were opened. */
  orders(): readonly Order[]
  /** By nonce. Transactions that another one replaced for good are left out. */
  transactions(): readonly JournaledTransaction[]
  /** Orders proposed so far. */
  count(): number
}

/** Creates the book of a list of events. */
export function createOrderBook(events: readonly Event[]): OrderBook {
  const orders = new Map<string, Order>()
  const signed = new Map<string, string>()
  let proposed = 0

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
        if (state === 'proposed') proposed += 1
        else change(event.order, (order) => ({ ...order, state, reason }))
        return
      }
      case 'transaction.signed': {
        const { hash, raw, nonce, call } = event
        signed.set(hash, event.order)
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
      case 'frame.observed':
      case 'frame.refused':
      case 'plan.proposed':
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
    orders: () => [...orders.values()],
    transactions() {
      const all: JournaledTransaction[] = []
      for (const order of new Set(signed.values())) {
        const found = orders.get(order)
        for (const transaction of found?.transactions ?? []) {
          const receipt = found?.receipts.find(({ hash }) => hash === transaction.hash) ?? null
          if (receipt === null && found?.state === 'reconciled') continue
          all.push({ order, transaction, receipt })
        }
      }
      return all.sort((a, b) => a.transaction.nonce - b.transaction.nonce)
    },
    count: () => proposed,
  }
}
