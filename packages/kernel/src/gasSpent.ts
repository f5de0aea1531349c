import type { Order } from '@plimsoll/domain'

/** What the chain charged for an order's transactions, reverted ones included. [wei] */
export const gasSpent = (order: Order): bigint =>
  order.receipts.reduce((sum, { gasUsed, gasPrice }) => sum + gasUsed * gasPrice, 0n)
