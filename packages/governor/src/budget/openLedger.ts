import { type BudgetKey, type BudgetTerms, InvalidInputError, least, usd } from '@plimsoll/domain'
import { NO_FLOW } from '../impact/FlowState.ts'
import type { Ledger } from './Ledger.ts'

/**
 * Opens a budget that nothing was granted of.
 *
 * @throws InvalidInputError when the terms contradict themselves.
 */
export function openLedger(key: BudgetKey, terms: BudgetTerms, now: number): Ledger {
  assertTerms(terms)
  return {
    key,
    terms,
    limit: terms.limit,
    time: now,
    slot: Math.floor(now / terms.slotMs),
    budget: terms.limit,
    allocated: false,
    bids: [],
    leases: [],
    recent: [],
    flow: NO_FLOW,
    flowAt: now,
    spent: usd(0n),
  }
}

/**
 * Changes the limit of a budget: at once where it falls, from the next slot on where it rises.
 *
 * @throws InvalidInputError when the terms contradict themselves or change more than the limit: leases are counted in slots.
 */
export function changeTerms(ledger: Ledger, terms: BudgetTerms): Ledger {
  assertTerms(terms)
  const { slotMs, leaseSlots } = ledger.terms
  if (slotMs !== terms.slotMs || leaseSlots !== terms.leaseSlots)
    throw new InvalidInputError({
      field: `terms of ${ledger.key.asset} on ${ledger.key.venue}`,
      found: `slots of ${terms.slotMs} ms, leases of ${terms.leaseSlots} slots`,
      allowed: `${slotMs} ms and ${leaseSlots} slots, as its leases were counted; make another store for others`,
    })
  const limit = usd(least(terms.limit, ledger.limit))
  return { ...ledger, terms, limit, budget: usd(least(limit, ledger.budget)) }
}

function assertTerms(terms: BudgetTerms): void {
  const check = (field: keyof BudgetTerms, isAllowed: boolean, allowed: string): void => {
    if (!isAllowed)
      throw new InvalidInputError({ field: `budget.${field}`, found: terms[field], allowed })
  }
  const { limit, slotMs, gatherMs, leaseSlots } = terms
  check('limit', limit >= 0n, '0 or more')
  check('slotMs', Number.isSafeInteger(slotMs) && slotMs > 0, 'whole milliseconds above 0')
  check(
    'gatherMs',
    Number.isSafeInteger(gatherMs) && gatherMs >= 0 && gatherMs < slotMs,
    'whole milliseconds from 0, fewer than slotMs',
  )
  check(
    'leaseSlots',
    leaseSlots === 1 || leaseSlots === 2,
    '1 or 2: a lease may reach into the slot after its own and no further',
  )
}
