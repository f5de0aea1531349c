import { type Event, type EventStore, price, usd } from '@plimsoll/domain'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** A store under test, and the way to open the same log again; null where it does not outlive its process. */
export type EventStoreHarness = {
  readonly store: EventStore
  reopen: (() => EventStore) | null
  close(): void
}

const stamp = { agent: 'keeper', at: 1_700_000_000_000, block: 12n } as const
const address = `0x${'a'.repeat(40)}` as const

/** One event of every type, with amounts beyond 2^53, endless health factors and text of every kind. */
export const SAMPLE_EVENTS: readonly Event[] = [
  {
    ...stamp,
    type: 'frame.observed',
    owner: address,
    time: 1_700_000_000n,
    equity: 123_456.789,
    health: [
      { domain: 'one', factor: 1.25 },
      { domain: 'two', factor: null },
    ],
    prices: [{ asset: 'ETH', price: 2_000.5 }],
  },
  { ...stamp, type: 'frame.refused', reason: 'a "quoted" reason\nof two lines, µ' },
  {
    ...stamp,
    type: 'plan.proposed',
    plan: {
      engine: 'test',
      why: 'because',
      actions: [
        {
          type: 'repay',
          domain: 'one',
          intents: [
            {
              type: 'repay',
              venue: 'v',
              domain: 'one',
              token: { chainId: 1, address, symbol: 'USDC', decimals: 6, asset: 'USDC' },
              raw: 2n ** 200n + 1n,
            },
          ],
          settlement: 'direct',
          flashLoan: null,
          cost: { slippage: usd(0n), fees: usd(-1n), gas: usd(5n) },
          healthBefore: Number.POSITIVE_INFINITY,
          healthAfter: -0,
          why: '',
        },
      ],
    },
  },
  {
    ...stamp,
    type: 'transaction.signed',
    order: 'keeper#1',
    hash: '0x01',
    raw: '0x02',
    nonce: 7,
    call: { to: address, data: '0x', value: 0n, venue: 'v', label: 'repay' },
    calls: 1,
    commits: [],
  },
  {
    ...stamp,
    type: 'transaction.settled',
    order: 'keeper#1',
    receipt: { hash: '0x01', status: 'success', block: 13n, gasUsed: 21_000n, gasPrice: 1n },
  },
  {
    ...stamp,
    type: 'trade.settled',
    order: 'keeper#1',
    settlement: {
      outcome: 'executed',
      domain: 'one',
      market: 'ETH',
      size: -(10n ** 18n),
      fillPrice: price(2_000n * 10n ** 18n),
      fee: 3n,
      hash: '0x03',
      block: 14n,
    },
  },
  { ...stamp, type: 'order.moved', order: 'keeper#1', state: 'settled', reason: null },
  { ...stamp, type: 'agent.moved', state: 'watching' },
]

/** The rules every event store keeps, as numbered cases. */
export function eventStoreSuite(p: {
  readonly name: string
  readonly create: () => EventStoreHarness
}): void {
  describe(`EventStore: ${p.name}`, () => {
    let on: EventStoreHarness
    beforeEach(() => {
      on = p.create()
    })
    afterEach(() => on.close())

    const fill = (): void => {
      for (const event of SAMPLE_EVENTS) on.store.append(event)
    }

    test('E01 numbers events from one without gaps', () => {
      const numbers = [...SAMPLE_EVENTS, ...SAMPLE_EVENTS].map((event) => on.store.append(event))
      expect(numbers).toEqual(numbers.map((_, i) => i + 1))
    })

    test('E02 reads every type of event back as it was', () => {
      fill()
      expect(on.store.read().map(({ event }) => event)).toEqual(SAMPLE_EVENTS)
    })

    test('E03 reads from a number on, in order', () => {
      fill()
      const all = on.store.read()
      for (let from = 1; from <= all.length + 1; from++)
        expect(on.store.read(from)).toEqual(all.slice(from - 1))
      expect(on.store.read(0)).toEqual(all)
    })

    test('E04 an empty log reads as nothing', () => {
      expect(on.store.read()).toEqual([])
    })

    test('E05 what is done to a returned event does not reach the log', () => {
      fill()
      const [first] = on.store.read()
      Object.assign(first!.event, { agent: 'someone else' })
      expect(on.store.read()[0]!.event).toEqual(SAMPLE_EVENTS[0])
    })

    test('E06 any number and any bigint survives', () => {
      let read = 0
      fc.assert(
        fc.property(
          fc.double(),
          fc.bigInt(),
          fc.string({ unit: 'binary' }),
          (equity, time, domain) => {
            const event: Event = {
              ...stamp,
              type: 'frame.observed',
              owner: address,
              time,
              equity,
              health: [{ domain, factor: equity }],
              prices: [],
            }
            read = on.store.append(event)
            expect(on.store.read(read)).toEqual([{ sequence: read, event }])
          },
        ),
        { seed: 6, numRuns: 100 },
      )
    })

    test('E07 a closed log takes and gives nothing', () => {
      fill()
      on.store.close()
      expect(() => on.store.append(SAMPLE_EVENTS[0]!)).toThrow()
      expect(() => on.store.read()).toThrow()
    })

    test('E08 a log opened again goes on where it ended', () => {
      fill()
      if (on.reopen === null) return
      on.store.close()
      const again = on.reopen()
      expect(again.read().map(({ event }) => event)).toEqual(SAMPLE_EVENTS)
      expect(again.append(SAMPLE_EVENTS[0]!)).toBe(SAMPLE_EVENTS.length + 1)
      again.close()
    })
  })
}
