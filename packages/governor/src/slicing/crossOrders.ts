import { least, type Usd, usd } from '@plimsoll/domain'

/** A wish of one agent of the fleet to trade an asset. */
export type FleetOrder = {
  readonly id: string
  readonly agent: string
  readonly asset: string
  readonly side: 'buy' | 'sell'
  /** [USD 1e8] */
  readonly value: Usd
  /** Loss avoided per dollar: who is served first. */
  readonly urgency: number
}

/** Two agents that serve each other at the market's mid price, without the market. */
export type Cross = {
  readonly asset: string
  readonly buy: string
  readonly sell: string
  readonly value: Usd
}

export type Crossed = {
  readonly crosses: readonly Cross[]
  /** What is left for the market. */
  readonly rest: readonly FleetOrder[]
}

/**
 * Crosses opposite orders of a fleet before the market sees them, the most urgent first.
 *
 * An agent never trades with itself. Afterwards an asset is left on one side only, but for orders of one and the same agent.
 *
 * @see RISK.md C (footprint net of internalised crosses), H3
 */
export function crossOrders(orders: readonly FleetOrder[]): Crossed {
  const left = new Map<string, bigint>(orders.map(({ id, value }) => [id, value]))
  const byUrgency = orders.toSorted((a, b) => b.urgency - a.urgency || (a.id < b.id ? -1 : 1))
  const sells = byUrgency.filter(({ side }) => side === 'sell')
  const crosses: Cross[] = []
  for (const buy of byUrgency) {
    if (buy.side !== 'buy') continue
    for (const sell of sells) {
      if (sell.asset !== buy.asset || sell.agent === buy.agent) continue
      const value = least(left.get(buy.id) ?? 0n, left.get(sell.id) ?? 0n)
      if (value <= 0n) continue
      crosses.push({ asset: buy.asset, buy: buy.id, sell: sell.id, value: usd(value) })
      left.set(buy.id, (left.get(buy.id) ?? 0n) - value)
      left.set(sell.id, (left.get(sell.id) ?? 0n) - value)
    }
  }
  const rest = orders.flatMap((order) => {
    const value = left.get(order.id) ?? 0n
    return value > 0n ? [{ ...order, value: usd(value) }] : []
  })
  return { crosses, rest }
}
