import { type TakeAnswer, usd } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ledger } from './Ledger.ts'
import { decodeLedger, encodeLedger } from './ledgerJson.ts'
import { releaseOf, requestOf, spendOf, statusOf, takeOf } from './ledgerLaw.ts'
import { changeTerms, openLedger } from './openLedger.ts'

const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
const SLOT = 10
const LIMIT = 100n
const terms = { limit: usd(LIMIT), slotMs: SLOT, gatherMs: 3, leaseSlots: 2 }

const id = fc.constantFrom('a', 'b', 'c', 'd')
const amount = fc.bigInt({ min: 1n, max: 120n })
const step = fc.oneof(
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: -3, max: 8 }) }),
  fc.record({
    type: fc.constant('request' as const),
    id,
    amount,
    urgency: fc.integer({ min: 0, max: 5 }),
    budget: fc.bigInt({ min: 0n, max: 200n }),
    spending: fc.option(id),
  }),
  fc.record({
    type: fc.constant('spend' as const),
    lease: id,
    id,
    amount: fc.bigInt({ min: 1n, max: 20n }),
  }),
  fc.record({ type: fc.constant('release' as const), lease: id }),
  fc.record({ type: fc.constant('limit' as const), limit: fc.bigInt({ min: 0n, max: LIMIT }) }),
  fc.constant({ type: 'restart' as const }),
)

test('property: grants of a slot never exceed its budget, trades in a slot neither, whatever the order of events', () => {
  let seenLate = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 60, size: 'max' }), (steps) => {
      let ledger: Ledger = openLedger(key, terms, 0)
      let now = 0
      const granted = new Map<number, Map<string, bigint>>()
      const traded = new Map<number, bigint>()
      const spends = new Set<string>()
      const charge = (id: string, slot: number, answer: TakeAnswer): void => {
        if (answer.type !== 'spent' || answer.amount === 0n) return
        const name = `${answer.lease.id}.${id}.${answer.lease.slot}`
        if (spends.has(name)) return
        spends.add(name)
        expect(answer.until).toBe((slot + 1) * SLOT)
        traded.set(slot, (traded.get(slot) ?? 0n) + answer.amount)
        if (answer.lease.slot < slot) seenLate += 1
      }
      for (const each of steps) {
        switch (each.type) {
          case 'wait':
            now = Math.max(0, now + each.ms)
            break
          case 'request': {
            const request = {
              key,
              id: each.id,
              agent: each.id,
              amount: usd(each.amount),
              least: usd(0n),
              urgency: each.urgency,
              budget: usd(each.budget),
            }
            const slot = Math.floor(Math.max(now, ledger.time) / SLOT)
            if (each.spending === null) ledger = requestOf(ledger, request, now).ledger
            else {
              const taken = takeOf(ledger, request, each.spending, now)
              charge(each.spending, slot, taken.answer)
              ledger = taken.ledger
            }
            for (const lease of ledger.leases) {
              const of = granted.get(lease.slot) ?? new Map<string, bigint>()
              of.set(lease.id, lease.granted)
              granted.set(lease.slot, of)
            }
            break
          }
          case 'spend': {
            const slot = Math.floor(Math.max(now, ledger.time) / SLOT)
            const { ledger: after, answer } = spendOf(
              ledger,
              { lease: each.lease, id: each.id, amount: usd(each.amount) },
              now,
            )
            charge(each.id, slot, answer)
            ledger = after
            break
          }
          case 'release':
            ledger = releaseOf(ledger, each.lease, now)
            break
          case 'limit':
            ledger = changeTerms(ledger, { ...terms, limit: usd(each.limit) })
            break
          case 'restart':
            expect(decodeLedger('test', key, encodeLedger(ledger))).toEqual(ledger)
            ledger = decodeLedger('test', key, encodeLedger(ledger))
            break
          default:
            each satisfies never
        }
        const { granted: sum, carried, available, budget } = statusOf(ledger, now)
        expect(
          available <= budget && (available === 0n || sum + carried + available === budget),
        ).toBe(true)
      }
      for (const leases of granted.values())
        expect([...leases.values()].reduce((sum, each) => sum + each, 0n)).toBeLessThanOrEqual(
          LIMIT,
        )
      for (const sum of traded.values()) expect(sum).toBeLessThanOrEqual(LIMIT)
    }),
    { numRuns: 800 },
  )
  expect(seenLate).toBeGreaterThan(20)
})
