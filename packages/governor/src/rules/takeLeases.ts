import {
  BaseError,
  type BudgetKey,
  type BudgetRequest,
  type BudgetStore,
  type GrantLease,
  type Lease,
  least,
  numberFromUsd,
  type SpendAnswer,
  type Usd,
  usd,
} from '@plimsoll/domain'
import type { GrantRequest } from '../Governor.ts'
import type { FootprintConfig } from './FootprintConfig.ts'
import { participationLimit } from './hardCaps.ts'
import { type Judgement, withBinding } from './judge.ts'
import type { MarketView } from './MarketView.ts'
import { ownRoom } from './ownMove.ts'

/** A judgement with what was charged for it. */
export type Leased = Judgement & { readonly leases: readonly GrantLease[] }

type Charge = Extract<SpendAnswer, { readonly type: 'spent' }>

/** A lease on one market: what is left of it, or what was charged of it with the asking. */
type Held = {
  readonly view: MarketView
  readonly key: BudgetKey
  readonly lease: Lease
  readonly left: Usd
  readonly charge: Charge | null
}

/**
 * Takes the fleet's leases for what the rules let through, on every market of the action, and charges them.
 *
 * One wish is one lease per slot: asking again in later ticks finds it. The smallest lease decides for the whole action; the
 * rest of the others stays leased until it expires. On one market nothing else decides, so it is asked and charged at once.
 */
export async function takeLeases(p: {
  readonly agent: string
  readonly store: BudgetStore
  readonly config: FootprintConfig
  readonly request: GrantRequest
  readonly views: readonly MarketView[]
  readonly ruled: Judgement
  /** Unique to this question. */
  readonly once: string
}): Promise<Leased> {
  const { ruled, views, store } = p
  if (ruled.share === 0) return { ...ruled, leases: [] }
  try {
    let judged = ruled
    const held: Held[] = []
    for (const view of views) {
      const found = await leaseOn(p, view, ruled)
      judged = found.judged(judged)
      if (found.held !== null) held.push(found.held)
    }
    if (judged.share === 0 || held.length < views.length) return { ...judged, share: 0, leases: [] }
    const leases: GrantLease[] = []
    for (const { view, key, lease, left, charge } of held) {
      const amount = usd(least(dollarsUp((view.footprint.value ?? 0) * judged.share), left))
      const spent = charge ?? (await store.spend({ key, lease: lease.id, id: p.once, amount }))
      if (spent.type === 'refused')
        return { ...unspendable(judged, spent.why, numberFromUsd(amount)), leases: [] }
      if (spent.amount < amount)
        return { ...unspendable(judged, 'charged', numberFromUsd(amount)), leases: [] }
      const room = BigInt(Math.floor((spent.until - spent.now) / 1_000))
      const until = p.request.frame.block.timestamp + room
      const ledger = `${key.asset}@${key.venue}`
      leases.push({ purpose: 'orders', ledger, id: lease.id, amount: spent.amount, until })
    }
    return { ...judged, leases }
  } catch (cause) {
    if (!(cause instanceof BaseError)) throw cause
    const rule = cause.recovery === 'halt' ? 'store-damaged' : 'store-unreachable'
    const check = { rule, asked: 1, limit: 0, unit: 'answer', recovering: 'no' } as const
    return { ...withBinding(ruled, 0, check), leases: [] }
  }
}

async function leaseOn(
  p: Parameters<typeof takeLeases>[0],
  view: MarketView,
  ruled: Judgement,
): Promise<{ readonly held: Held | null; readonly judged: (before: Judgement) => Judgement }> {
  const { request, config, agent } = p
  const { action, frame } = request
  const { venue, asset, side, value } = view.footprint
  const wanted = (value ?? 0) * ruled.share
  const key: BudgetKey = { asset, venue, purpose: 'orders' }
  const slot = (frame.block.timestamp * 1_000n) / BigInt(config.slotMs)
  const wish: BudgetRequest = {
    key,
    id: `${agent}/${action.domain}/${action.type}/${side}/${slot}`,
    agent,
    amount: dollarsUp(wanted),
    least: usd(0n),
    urgency: ruled.urgency,
    budget: slotBudget(view, config),
  }
  const answer = await (p.views.length === 1 ? p.store.take(wish, p.once) : p.store.request(wish))
  const verdict =
    (rule: string, limit: number, recovering: 'with-time' | 'no') => (before: Judgement) =>
      withBinding(before, value === null || value === 0 ? 0 : limit / value, {
        ...{ rule, asked: wanted, limit, unit: 'USD', recovering },
      })
  switch (answer.type) {
    case 'pending':
      return { held: null, judged: verdict('budget-gathering', 0, 'with-time') }
    case 'refused':
      switch (answer.why) {
        case 'no-terms':
          return { held: null, judged: verdict('budget-undefined', 0, 'no') }
        case 'exhausted':
          return {
            held: null,
            judged: verdict('budget', numberFromUsd(answer.available), 'with-time'),
          }
        default:
          return { held: null, judged: (before) => unspendable(before, answer.why, wanted) }
      }
    case 'granted':
    case 'spent': {
      const { lease } = answer
      const charge = answer.type === 'spent' ? answer : null
      // What was charged under this id, now or before, is what may be traded for it.
      const left = charge?.amount ?? usd(lease.granted - lease.spent)
      // The whole wish says so exactly: cents are no reason to reduce.
      const isWhole = left >= wish.amount
      const limit = isWhole ? Math.max(numberFromUsd(left), wanted) : numberFromUsd(left)
      return {
        held: { view, key, lease, left, charge },
        judged: verdict('budget', limit, 'with-time'),
      }
    }
    default:
      return answer satisfies never
  }
}

/** A lease that cannot be charged lets nothing through. */
const unspendable = (before: Judgement, why: string, asked: number): Judgement =>
  withBinding(before, 0, {
    ...{ rule: `lease-${why}`, asked, limit: 0, unit: 'USD', recovering: 'with-time' },
  })

/**
 * What one slot may bear on a market in this agent's opinion: its part of five minutes' participation, and no more than the
 * depth and the room below amber allow at once. [USD 1e8]
 */
function slotBudget(view: MarketView, config: FootprintConfig): Usd {
  if (view.footprint.type === 'unmeasured-perp') return dollarsDown(config.perpNotionalUsd)
  const limits = [(view.depth * config.depthShareBps) / 10_000]
  if (view.volume5m !== null)
    limits.push((participationLimit(view, config) * config.slotMs) / 300_000)
  limits.push(ownRoom(view, config) + view.ownInSlot)
  return dollarsDown(Math.min(...limits))
}

const dollarsDown = (value: number): Usd => usd(value > 0 ? BigInt(Math.floor(value * 1e8)) : 0n)
export const dollarsUp = (value: number): Usd =>
  usd(value > 0 ? BigInt(Math.ceil(value * 1e8)) : 0n)
