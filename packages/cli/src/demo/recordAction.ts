import {
  type Grant,
  numberFromRaw,
  numberFromWad,
  type Order,
  type TradeSettlement,
} from '@plimsoll/domain'
import type { ActionRecord, CostRecord, GrantRecord } from './DemoRecord.ts'
import { type MeasuredOrder, measureCosts } from './measureCosts.ts'

const NOTHING: CostRecord = { gas: 0, slippage: 0, fees: 0 }

/** Writes an order down as its tick left it. */
export async function recordAction(
  p: MeasuredOrder & { readonly named: (text: string) => string },
): Promise<ActionRecord> {
  const { order } = p
  return {
    ...describe(order, p.named),
    cost: await measureCosts(p),
    transactions: order.transactions.map(({ hash, call }) => {
      const receipt = order.receipts.find((each) => each.hash === hash)
      return { hash, intent: call.label, status: receipt?.status ?? 'unknown' }
    }),
  }
}

/** Writes down what became of an order that was committed in an earlier tick: its own transactions are on record. */
export function recordSettlement(p: {
  readonly order: Order
  readonly settlement: TradeSettlement
  /** Price the order was planned at. [USD] */
  readonly mark: number
  readonly named: (text: string) => string
}): ActionRecord {
  const { size, fillPrice, fee, outcome, hash } = p.settlement
  const filled = numberFromRaw(size, 18)
  const price = fillPrice === null ? p.mark : numberFromWad(fillPrice)
  return {
    ...describe(p.order, p.named),
    outcome,
    cost:
      outcome === 'executed'
        ? { gas: 0, slippage: (price - p.mark) * filled, fees: numberFromRaw(fee, 18) }
        : NOTHING,
    transactions: [],
    why: `${p.named(p.order.action.why)} ${outcome === 'executed' ? `Filled at ${price.toFixed(2)} by a keeper in ${hash}.` : `The order was ${outcome} in ${hash}.`}`,
  }
}

function describe(order: Order, named: (text: string) => string) {
  const { action } = order.grant ?? order
  return {
    order: order.id,
    type: action.type,
    venue: named(action.domain),
    why: named(action.why),
    outcome: order.state as string,
    reason: order.reason === null ? null : named(order.reason),
    grant: order.grant === null ? null : recordGrant(order.grant),
    healthBefore: finite(action.healthBefore),
    healthAfter: finite(action.healthAfter),
  }
}

const recordGrant = (grant: Grant): GrantRecord => ({
  outcome: grant.type,
  rule: grant.type === 'allowed' ? null : grant.rule,
  checks: grant.checks,
})

const finite = (health: number): number | null => (Number.isFinite(health) ? health : null)
