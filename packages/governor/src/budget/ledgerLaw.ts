import {
  type BudgetAnswer,
  type BudgetRequest,
  type BudgetStatus,
  InvalidInputError,
  type Lease,
  least as leastOf,
  numberFromUsd,
  type SpendAnswer,
  type TakeAnswer,
  type Usd,
  usd,
} from '@plimsoll/domain'
import { addFlow, decayFlow } from '../impact/FlowState.ts'
import { allocate, shareOf } from './allocate.ts'
import type { Ledger, LedgerLease, Spending } from './Ledger.ts'

/** Window over which trading counts as recent. [ms] */
const RECENT = 300_000

/**
 * Lets time pass up to `now`: ends slots and forgets leases that expired.
 *
 * A clock that goes back is taken to stand still, so nothing that ended begins again.
 */
export function advance(ledger: Ledger, now: number): Ledger {
  const time = Math.max(ledger.time, now)
  if (!Number.isFinite(time))
    throw new InvalidInputError({
      field: 'time of the budget store',
      found: now,
      allowed: 'a finite number of ms',
    })
  const { slotMs, leaseSlots } = ledger.terms
  const slot = Math.floor(time / slotMs)
  if (slot === ledger.slot) return time === ledger.time ? ledger : { ...ledger, time }
  const kept = Math.ceil(RECENT / slotMs)
  return {
    ...ledger,
    time,
    slot,
    limit: ledger.terms.limit,
    budget: ledger.terms.limit,
    allocated: false,
    bids: [],
    leases: ledger.leases.filter((lease) => lease.slot + leaseSlots > slot),
    recent: ledger.recent.filter((each) => each.slot > slot - kept),
  }
}

/** Asks for a share of the slot of now, or for what became of a request. */
export function requestOf(
  before: Ledger,
  request: BudgetRequest,
  now: number,
): { readonly ledger: Ledger; readonly answer: BudgetAnswer } {
  assertRequest(request)
  let ledger = advance(before, now)
  const known = ledger.leases.find(({ id }) => id === request.id)
  if (known !== undefined) return granted(ledger, known)

  const { time, terms } = ledger
  const ends = ledger.slot * terms.slotMs + terms.gatherMs
  const { id, agent, amount, least, urgency } = request
  if (time < ends) {
    const budget = usd(leastOf(request.budget, ledger.budget))
    if (!ledger.bids.some((bid) => bid.id === id))
      ledger = { ...ledger, bids: [...ledger.bids, { id, agent, amount, least, urgency }] }
    return {
      ledger: { ...ledger, budget },
      answer: { type: 'pending', until: ends, now: time },
    }
  }
  ledger = settleBids(ledger)
  const lease = ledger.leases.find((each) => each.id === id)
  if (lease !== undefined) return granted(ledger, lease)

  // Late, or left out: what the others left, by this agent's own opinion of its market if that is smaller.
  const budget = usd(leastOf(request.budget, ledger.budget))
  const available = availableIn({ ...ledger, budget })
  const share = shareOf(request, available)
  if (share === null)
    return {
      ledger,
      answer: {
        type: 'refused',
        why: 'exhausted',
        available,
        until: (ledger.slot + 1) * terms.slotMs,
        now: time,
      },
    }
  const fresh = leaseOf(ledger, id, agent, share)
  return granted({ ...ledger, budget, leases: [...ledger.leases, fresh] }, fresh)
}

/** Charges a lease. Repeating an id charges once, and what expired or was released can no longer be spent. */
export function spendOf(
  before: Ledger,
  p: { readonly lease: string; readonly id: string; readonly amount: Usd },
  now: number,
): { readonly ledger: Ledger; readonly answer: SpendAnswer } {
  const ledger = advance(before, now)
  const refuse = (why: Extract<SpendAnswer, { type: 'refused' }>['why']) =>
    ({ ledger, answer: { type: 'refused', why } }) as const
  const lease = ledger.leases.find(({ id }) => id === p.lease)
  if (lease === undefined) return refuse('no-lease')
  const known = lease.spends.find(({ id }) => id === p.id)
  if (known !== undefined) return { ledger, answer: spent(ledger, lease, known) }
  if (!lease.open) return refuse('released')
  if (!(p.amount >= 0n) || lease.spentFirst + lease.spentLate + p.amount > lease.granted)
    return refuse('exceeds')
  const spending = { id: p.id, amount: p.amount, slot: ledger.slot }
  if (p.amount === 0n) return { ledger, answer: spent(ledger, lease, spending) }
  const late = ledger.slot > lease.slot
  const charged: LedgerLease = {
    ...lease,
    spentFirst: late ? lease.spentFirst : usd(lease.spentFirst + p.amount),
    spentLate: late ? usd(lease.spentLate + p.amount) : lease.spentLate,
    spends: [...lease.spends, spending],
  }
  return {
    ledger: {
      ...ledger,
      leases: ledger.leases.map((each) => (each === lease ? charged : each)),
      recent: addRecent(ledger, p.amount),
      flow: addFlow(decayFlow(ledger.flow, ledger.time - ledger.flowAt), numberFromUsd(p.amount)),
      flowAt: ledger.time,
      spent: usd(ledger.spent + p.amount),
    },
    answer: spent(ledger, charged, spending),
  }
}

/** Asks, and charges what is left of the lease, up to the amount asked for. Repeating a spending charges once. */
export function takeOf(
  before: Ledger,
  request: BudgetRequest,
  spending: string,
  now: number,
): { readonly ledger: Ledger; readonly answer: TakeAnswer } {
  const { ledger, answer } = requestOf(before, request, now)
  if (answer.type !== 'granted') return { ledger, answer }
  const { id, granted, spent } = answer.lease
  const amount = usd(leastOf(request.amount, granted - spent))
  return spendOf(ledger, { lease: id, id: spending, amount }, now)
}

/** Gives up what is left of a lease: others may have it from the next slot on. */
export function releaseOf(before: Ledger, lease: string, now: number): Ledger {
  const ledger = advance(before, now)
  if (ledger.leases.every(({ id, open }) => id !== lease || !open)) return ledger
  return {
    ...ledger,
    leases: ledger.leases.map((each) => (each.id === lease ? { ...each, open: false } : each)),
  }
}

/** The budget as it stands. */
export function statusOf(before: Ledger, now: number): BudgetStatus {
  const ledger = advance(before, now)
  const { granted, carried, spentInSlot } = sumsOf(ledger)
  return {
    key: ledger.key,
    terms: ledger.terms,
    slot: ledger.slot,
    budget: ledger.budget,
    granted,
    carried,
    available: leftOf(ledger.budget, { granted, carried }),
    recent: usd(ledger.recent.reduce((sum, { spent }) => sum + spent, 0n)),
    flow: decayFlow(ledger.flow, ledger.time - ledger.flowAt),
    spentInSlot,
    spent: ledger.spent,
    leases: ledger.leases.length,
    now: ledger.time,
  }
}

/** Allocates what was gathered in this slot. */
function settleBids(ledger: Ledger): Ledger {
  if (ledger.allocated) return ledger
  if (ledger.bids.length === 0) return { ...ledger, allocated: true }
  const shares = allocate(ledger.bids, availableIn(ledger))
  const leases = ledger.bids.flatMap(({ id, agent }) => {
    const share = shares.get(id)
    return share === undefined ? [] : [leaseOf(ledger, id, agent, share)]
  })
  return { ...ledger, allocated: true, bids: [], leases: [...ledger.leases, ...leases] }
}

/** What a slot's leases add up to. [USD 1e8] */
type Sums = {
  /** Leases of this slot, in full: what is given back is not granted again within it. */
  readonly granted: Usd
  /** What leases of earlier slots have traded in this one or still may. */
  readonly carried: Usd
  /** Spent under leases of this slot, which is within it. */
  readonly spentInSlot: Usd
}

function sumsOf({ leases, slot }: Ledger): Sums {
  let granted = 0n
  let carried = 0n
  let spentInSlot = 0n
  for (const lease of leases)
    if (lease.slot === slot) {
      granted += lease.granted
      spentInSlot += lease.spentFirst
    } else carried += lease.open ? lease.granted - lease.spentFirst : lease.spentLate
  return { granted: usd(granted), carried: usd(carried), spentInSlot: usd(spentInSlot) }
}

const availableIn = (ledger: Ledger): Usd => leftOf(ledger.budget, sumsOf(ledger))

function leftOf(budget: Usd, { granted, carried }: Pick<Sums, 'granted' | 'carried'>): Usd {
  const left = budget - granted - carried
  return usd(left > 0n ? left : 0n)
}

const leaseOf = ({ slot }: Ledger, id: string, agent: string, share: Usd): LedgerLease => ({
  id,
  agent,
  slot,
  granted: share,
  spentFirst: usd(0n),
  spentLate: usd(0n),
  open: true,
  spends: [],
})

function shown({ terms }: Ledger, lease: LedgerLease): Lease {
  const { id, agent, slot } = lease
  const spent = usd(lease.spentFirst + lease.spentLate)
  return {
    id,
    agent,
    slot,
    granted: lease.open ? lease.granted : spent,
    spent,
    expiresAt: (slot + terms.leaseSlots) * terms.slotMs,
  }
}

const spent = (ledger: Ledger, lease: LedgerLease, { amount, slot }: Spending): SpendAnswer => ({
  type: 'spent',
  lease: shown(ledger, lease),
  amount,
  until: (slot + 1) * ledger.terms.slotMs,
  now: ledger.time,
})

const granted = (ledger: Ledger, lease: LedgerLease) =>
  ({
    ledger,
    answer: { type: 'granted', lease: shown(ledger, lease), now: ledger.time },
  }) as const

function addRecent({ recent, slot }: Ledger, amount: Usd): Ledger['recent'] {
  const last = recent.at(-1)
  return last?.slot === slot
    ? [...recent.slice(0, -1), { slot, spent: usd(last.spent + amount) }]
    : [...recent, { slot, spent: amount }]
}

function assertRequest({ id, amount, least, urgency, budget }: BudgetRequest): void {
  const check = (field: string, found: unknown, isAllowed: boolean, allowed: string): void => {
    if (!isAllowed) throw new InvalidInputError({ field: `request.${field}`, found, allowed })
  }
  check('id', id, id !== '', 'not empty')
  check('amount', amount, amount > 0n, 'above 0')
  check('least', least, least >= 0n && least <= amount, 'from 0 to the amount')
  check('urgency', urgency, Number.isFinite(urgency) && urgency >= 0, '0 or more, finite')
  check('budget', budget, budget >= 0n, '0 or more')
}
