import { type DomainId, type Hex, price, type TradeSettlement } from '@plimsoll/domain'

/** Where an event stands on the chain. */
type Placed = {
  readonly market: string
  readonly domain: DomainId
  readonly block: bigint
  readonly logIndex: number
  readonly hash: Hex
}

/** What the events of one account's orders say. */
export type OrderEvent = Placed &
  (
    | { readonly type: 'submitted'; readonly keeperDeposit: bigint }
    | {
        readonly type: 'modified'
        /** 0 where only margin moved. [base 1e18] */
        readonly tradeSize: bigint
        readonly lastPrice: bigint
        readonly fee: bigint
      }
    | { readonly type: 'removed'; readonly keeperDeposit: bigint }
    | { readonly type: 'flagged' }
  )

/**
 * Tells what became of an account's orders, from the events of all its markets in any order. Pure.
 *
 * An order leaves in one of three ways. It is executed: a trade, then its removal, in one transaction. It is cancelled
 * once it is too old, the only time the contract lets anyone: a removal without a trade is an expiry. Or its position is
 * flagged for liquidation, which drops it without a removal. The keeper's fee goes back to an owner who executes or
 * cancels for themselves, which shows as a change of margin before.
 *
 * @param pending - Keeper's fees of orders that waited before the first of the events, by domain.
 */
export function parseSettlements(
  events: readonly OrderEvent[],
  pending: ReadonlyMap<DomainId, bigint>,
): readonly TradeSettlement[] {
  const waiting = new Map(pending)
  /** Changes of a position in one transaction that belong to no order yet. */
  const changes = new Map<DomainId, Extract<OrderEvent, { type: 'modified' }>[]>()
  const settled: TradeSettlement[] = []
  for (const event of [...events].sort(byPlace)) {
    const { domain } = event
    const own = (changes.get(domain) ?? []).filter(({ hash }) => hash === event.hash)
    switch (event.type) {
      case 'modified':
        changes.set(domain, [...own, event])
        continue
      case 'submitted':
        waiting.set(domain, event.keeperDeposit)
        break
      case 'removed':
        settled.push(removed(event, own))
        waiting.delete(domain)
        break
      case 'flagged': {
        const fee = waiting.get(domain)
        if (fee !== undefined) settled.push(unfilled(event, 'cancelled', fee))
        waiting.delete(domain)
        break
      }
      default:
        event satisfies never
    }
    changes.delete(domain)
  }
  return settled
}

function removed(
  event: Extract<OrderEvent, { type: 'removed' }>,
  changes: readonly Extract<OrderEvent, { type: 'modified' }>[],
): TradeSettlement {
  const trade = changes.find(({ tradeSize }) => tradeSize !== 0n)
  const isRefunded = changes.some(({ tradeSize }) => tradeSize === 0n)
  const keeperFee = isRefunded ? 0n : event.keeperDeposit
  if (trade === undefined) return unfilled(event, 'expired', keeperFee)
  return {
    outcome: 'executed',
    ...placeOf(event),
    size: trade.tradeSize,
    fillPrice: price(trade.lastPrice),
    fee: trade.fee + keeperFee,
  }
}

const unfilled = (
  event: Placed,
  outcome: 'expired' | 'cancelled',
  fee: bigint,
): TradeSettlement => ({ outcome, ...placeOf(event), size: 0n, fillPrice: null, fee })

const placeOf = ({ domain, market, hash, block }: Placed) => ({ domain, market, hash, block })

const byPlace = (a: Placed, b: Placed): number =>
  a.block === b.block ? a.logIndex - b.logIndex : a.block < b.block ? -1 : 1
