import { createHash } from 'node:crypto'
import { type BudgetKey, reason, type Usd, usd } from '@plimsoll/domain'
import { CorruptBudgetError } from './errors.ts'
import { type Bid, type Ledger, type LedgerLease, ledgerName } from './Ledger.ts'

/** A ledger as text, and a digest that tells whether the text is still what was written. */
export type StoredLedger = { readonly body: string; readonly digest: string }

/** Writes a ledger as JSON; amounts become decimal strings. */
export function encodeLedger(ledger: Ledger): StoredLedger {
  // Spelt out, for a replacer would be called for every value on the way of every grant.
  const body = JSON.stringify({
    ...ledger,
    terms: { ...ledger.terms, limit: String(ledger.terms.limit) },
    limit: String(ledger.limit),
    budget: String(ledger.budget),
    bids: ledger.bids.map((bid) => ({
      ...bid,
      amount: String(bid.amount),
      least: String(bid.least),
    })),
    leases: ledger.leases.map((lease) => ({
      ...lease,
      granted: String(lease.granted),
      spentFirst: String(lease.spentFirst),
      spentLate: String(lease.spentLate),
      spends: lease.spends.map((spending) => ({ ...spending, amount: String(spending.amount) })),
    })),
    recent: ledger.recent.map(({ slot, spent }) => ({ slot, spent: String(spent) })),
    spent: String(ledger.spent),
  })
  return { body, digest: digestOf(body) }
}

/** Reads and writes ledgers, and knows again what it has just read or written. */
export type LedgerCodec = {
  encode(ledger: Ledger): StoredLedger
  /** @throws CorruptBudgetError as {@link decodeLedger}. */
  decode(key: BudgetKey, stored: StoredLedger): Ledger
}

/** Creates a codec: text that is letter for letter what it saw last of a budget is not read again. */
export function createLedgerCodec(store: string): LedgerCodec {
  const seen = new Map<string, { readonly stored: StoredLedger; readonly ledger: Ledger }>()
  const remember = (stored: StoredLedger, ledger: Ledger): void => {
    seen.set(ledgerName(ledger.key), { stored, ledger })
  }
  return {
    encode(ledger) {
      const stored = encodeLedger(ledger)
      remember(stored, ledger)
      return stored
    },
    decode(key, { body, digest }) {
      const last = seen.get(ledgerName(key))
      if (last !== undefined && last.stored.digest === digest && last.stored.body === body)
        return last.ledger
      const ledger = decodeLedger(store, key, { body, digest })
      remember({ body, digest }, ledger)
      return ledger
    },
  }
}

/**
 * Reads what {@link encodeLedger} wrote, and believes nothing of it unchecked.
 *
 * @throws {@link CorruptBudgetError} on another digest, another key, a missing field, or amounts that break the law.
 */
export function decodeLedger(store: string, key: BudgetKey, stored: StoredLedger): Ledger {
  const damaged = (found: string, cause?: unknown): CorruptBudgetError =>
    new CorruptBudgetError({ store, found: `${ledgerName(key)}: ${found}`, cause })
  if (digestOf(stored.body) !== stored.digest) throw damaged('text that its digest does not match')
  try {
    const ledger = parse(JSON.parse(stored.body))
    if (ledgerName(ledger.key) !== ledgerName(key))
      throw damaged(`the budget ${ledgerName(ledger.key)}`)
    const broken = brokenLaw(ledger)
    if (broken !== null) throw damaged(broken)
    return ledger
  } catch (cause) {
    if (cause instanceof CorruptBudgetError) throw cause
    throw damaged(reason(cause), cause)
  }
}

const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex')

/** What contradicts itself in a ledger; null when nothing does. */
function brokenLaw({ leases, limit, budget, terms, time, slot }: Ledger): string | null {
  if (limit > terms.limit || budget > limit)
    return `a budget of ${budget} above its limit ${terms.limit}`
  if (Math.floor(time / terms.slotMs) !== slot) return `slot ${slot} at ${time} ms`
  for (const lease of leases) {
    if (lease.spentFirst + lease.spentLate > lease.granted) return `lease ${lease.id} overspent`
    if (lease.slot > slot) return `lease ${lease.id} of a slot to come`
    const sum = lease.spends.reduce((total, { amount }) => total + amount, 0n)
    if (sum !== lease.spentFirst + lease.spentLate) return `lease ${lease.id} that does not add up`
  }
  return null
}

type Fields = Readonly<Record<string, unknown>>

function parse(value: unknown): Ledger {
  const of = fieldsOf(value)
  const terms = fieldsOf(of.terms)
  const key = fieldsOf(of.key)
  const flow = fieldsOf(of.flow)
  const purpose = text(key.purpose)
  if (purpose !== 'orders' && purpose !== 'bypass') throw new TypeError(`purpose ${purpose}`)
  return {
    key: { asset: text(key.asset), venue: text(key.venue), purpose },
    terms: {
      limit: amount(terms.limit),
      slotMs: number(terms.slotMs),
      gatherMs: number(terms.gatherMs),
      leaseSlots: number(terms.leaseSlots),
    },
    limit: amount(of.limit),
    time: number(of.time),
    slot: number(of.slot),
    budget: amount(of.budget),
    allocated: flag(of.allocated),
    bids: list(of.bids).map(bid),
    leases: list(of.leases).map(lease),
    recent: list(of.recent).map((each) => {
      const { slot, spent } = fieldsOf(each)
      return { slot: number(slot), spent: amount(spent) }
    }),
    flow: { fast: number(flow.fast), slow: number(flow.slow) },
    flowAt: number(of.flowAt),
    spent: amount(of.spent),
  }
}

function bid(value: unknown): Bid {
  const of = fieldsOf(value)
  return {
    id: text(of.id),
    agent: text(of.agent),
    amount: amount(of.amount),
    least: amount(of.least),
    urgency: number(of.urgency),
  }
}

function lease(value: unknown): LedgerLease {
  const of = fieldsOf(value)
  return {
    id: text(of.id),
    agent: text(of.agent),
    slot: number(of.slot),
    granted: amount(of.granted),
    spentFirst: amount(of.spentFirst),
    spentLate: amount(of.spentLate),
    open: flag(of.open),
    spends: list(of.spends).map((each) => {
      const { id, amount: charged, slot } = fieldsOf(each)
      return { id: text(id), amount: amount(charged), slot: number(slot) }
    }),
  }
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${JSON.stringify(value)} instead of an object`)
  return value as Fields
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${JSON.stringify(value)} instead of a list`)
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${JSON.stringify(value)} instead of text`)
  return value
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0))
    throw new TypeError(`${JSON.stringify(value)} instead of a number from 0`)
  return value
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${JSON.stringify(value)} instead of a flag`)
  return value
}

function amount(value: unknown): Usd {
  if (typeof value !== 'string' || !/^\d+$/.test(value))
    throw new TypeError(`${JSON.stringify(value)} instead of an amount`)
  return usd(BigInt(value))
}
