import {
  type Event,
  type FrameObserved,
  type Grant,
  InvalidInputError,
  type OrderState,
  type Plan,
  type PlanProposed,
} from '@plimsoll/domain'

/** A decision as the event log tells it: what was seen, weighed, granted and done. */
export type Decision = {
  readonly agent: string
  readonly block: bigint
  /** Null where the log begins with the decision. */
  readonly seen: FrameObserved | null
  readonly plan: Plan
  readonly orders: readonly {
    readonly order: string
    readonly grant: Grant
    readonly states: readonly { readonly state: OrderState; readonly reason: string | null }[]
    readonly transactions: readonly {
      readonly hash: string
      readonly label: string
      readonly status: 'success' | 'reverted' | 'unknown'
    }[]
  }[]
}

/**
 * Finds a decision in an event log: the last one that did or weighed something, or the one at a block.
 *
 * @throws {@link InvalidInputError} when there is none.
 */
export function findDecision(events: readonly Event[], block: bigint | null): Decision {
  const isWanted = (event: Event): event is PlanProposed =>
    event.type === 'plan.proposed' &&
    (block === null
      ? event.plan.actions.length > 0 || (event.plan.considered ?? []).length > 0
      : event.block === block)
  let index = events.findLastIndex(isWanted)
  if (index < 0 && block === null)
    index = events.findLastIndex(({ type }) => type === 'plan.proposed')
  const decision = events[index]
  if (decision?.type !== 'plan.proposed') {
    const blocks = events.flatMap((event) => (event.type === 'plan.proposed' ? [event.block] : []))
    throw new InvalidInputError({
      field: block === null ? 'event log' : '--block',
      found: block === null ? `${events.length} events and no decision` : String(block),
      allowed:
        blocks.length === 0
          ? 'a log of an agent that has decided something'
          : `a block from ${blocks[0]} to ${blocks.at(-1)} with a decision`,
    })
  }
  const seen = events.slice(0, index).findLast(({ type }) => type === 'frame.observed')
  const end = events.findIndex((event, i) => i > index && event.type === 'plan.proposed')
  const opened = events.slice(index, end < 0 ? undefined : end)
  const orders = opened.flatMap((event) => (event.type === 'order.governed' ? [event] : []))
  return {
    agent: decision.agent,
    block: decision.block,
    seen: seen?.type === 'frame.observed' ? seen : null,
    plan: decision.plan,
    orders: orders.map(({ order, grant }) => ({
      order,
      grant,
      states: events.flatMap((event) =>
        event.type === 'order.moved' && event.order === order
          ? [{ state: event.state, reason: event.reason }]
          : [],
      ),
      transactions: events.flatMap((event) => {
        if (event.type !== 'transaction.signed' || event.order !== order) return []
        const settled = events.find(
          (each) => each.type === 'transaction.settled' && each.receipt.hash === event.hash,
        )
        const status = settled?.type === 'transaction.settled' ? settled.receipt.status : 'unknown'
        return [{ hash: event.hash, label: event.call.label, status }]
      }),
    })),
  }
}
