import { describe, expect, test } from 'vitest'
import { type OrderEvent, parseSettlements } from './parseSettlements.ts'

const at = (block: bigint, logIndex: number, domain = 'a') =>
  ({ market: 'M', domain, block, logIndex, hash: `0x${block}` }) as const
const submitted = (block: bigint, logIndex = 9): OrderEvent => ({
  ...at(block, logIndex),
  type: 'submitted',
  keeperDeposit: 4n,
})
const modified = (block: bigint, logIndex: number, tradeSize: bigint): OrderEvent => ({
  ...at(block, logIndex),
  type: 'modified',
  tradeSize,
  lastPrice: 100n,
  fee: 3n,
})
const removed = (block: bigint, logIndex = 9): OrderEvent => ({
  ...at(block, logIndex),
  type: 'removed',
  keeperDeposit: 4n,
})
const none = new Map<string, bigint>()

describe('parseSettlements', () => {
  test('default: a trade and the removal of its order in one transaction', () => {
    expect(parseSettlements([submitted(1n), modified(2n, 1, -5n), removed(2n)], none)).toEqual([
      {
        outcome: 'executed',
        domain: 'a',
        market: 'M',
        size: -5n,
        fillPrice: 100n,
        fee: 7n,
        hash: '0x2',
        block: 2n,
      },
    ])
  })
  test('behavior: what the owner executes or cancels costs no keeper’s fee', () => {
    const executed = [modified(2n, 1, 0n), modified(2n, 2, 5n), removed(2n)]
    expect(parseSettlements(executed, none)).toMatchObject([{ outcome: 'executed', fee: 3n }])
    const cancelled = [modified(2n, 1, 0n), removed(2n)]
    expect(parseSettlements(cancelled, none)).toMatchObject([{ outcome: 'expired', fee: 0n }])
    expect(parseSettlements([removed(2n)], none)).toMatchObject([{ outcome: 'expired', fee: 4n }])
  })
  test('behavior: events come in the order of the chain, whatever order they are given in', () => {
    const events = [removed(3n), modified(2n, 1, 5n), removed(2n, 2), modified(3n, 0, 7n)]
    expect(parseSettlements(events, none).map(({ size }) => size)).toEqual([5n, 7n])
  })
  test('behavior: a change of margin belongs to the order that is submitted with it, in one transaction', () => {
    const events = [
      modified(2n, 1, 5n), // executed by a keeper
      removed(2n, 2),
      modified(2n, 3, 0n), // and the next one submitted
      submitted(2n, 4),
      modified(2n, 5, 0n), // another transaction of that block, by the owner
      removed(2n, 6),
    ]
    expect(parseSettlements(events, none).map(({ fee }) => fee)).toEqual([7n, 0n])
  })
  test('behavior: a change in another transaction or domain is not the order’s', () => {
    const elsewhere = { ...modified(2n, 1, 5n), domain: 'b' }
    const before = modified(1n, 1, 5n)
    expect(parseSettlements([before, elsewhere, removed(2n)], none)).toMatchObject([
      { outcome: 'expired', fee: 4n },
    ])
  })
  test('behavior: a flag drops an order that waits, and tells nothing where none does', () => {
    const flagged: OrderEvent = { ...at(5n, 0), type: 'flagged' }
    const dropped = [{ outcome: 'cancelled', size: 0n, fillPrice: null, fee: 4n, block: 5n }]
    expect(parseSettlements([submitted(1n), flagged], none)).toMatchObject(dropped)
    expect(parseSettlements([flagged], new Map([['a', 4n]]))).toMatchObject(dropped)
    expect(parseSettlements([flagged], none)).toEqual([])
    const gone = [modified(2n, 1, 5n), removed(2n), flagged]
    expect(parseSettlements(gone, new Map([['a', 4n]]))).toHaveLength(1)
  })
})
