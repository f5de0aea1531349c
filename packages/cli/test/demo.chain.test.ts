import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadBlackThursday, syntheticCrash } from '@plimsoll/devnet'
import { createSqliteEventStore } from '@plimsoll/kernel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAST_DAYS } from '../src/compose/composeForecasts.ts'
import { VENUES } from '../src/compose/VenueName.ts'
import { dataDir } from '../src/dataDir.ts'
import type { DemoRecord } from '../src/demo/DemoRecord.ts'
import type { EngineName } from '../src/demo/demoEngine.ts'
import { runDemo } from '../src/demo/runDemo.ts'
import { DEFAULT_MODEL } from '../src/model/DEFAULT_MODEL.ts'
import { renderReport } from '../src/report/renderReport.ts'

const NAMES = ['Aave v3', 'Morpho WBTC', 'Perp v2', 'Synthetix ETH']
const silent = { progress: () => {}, frame: () => {}, end: () => {} }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-demo-'))
})
afterAll(() => rm(folder, { recursive: true }))

const play = (seed: number, log: string, engine: EngineName = 'dp'): Promise<DemoRecord> =>
  runDemo({
    engine,
    path: syntheticCrash({ seed, pastDays: PAST_DAYS }),
    model: DEFAULT_MODEL,
    seed,
    venues: VENUES,
    speed: null,
    port: 0,
    eventLog: join(folder, log),
    view: silent,
  })

describe('the synthetic crash, by thresholds with hedges', () => {
  let record: DemoRecord
  beforeAll(async () => {
    record = await play(1, 'hedged.sqlite', 'hedged')
  })

  test('behavior: every lever is carried out on chain at least once, and nobody is liquidated', () => {
    const settled = record.frames
      .flatMap((frame) => frame.actions)
      .filter(({ transactions }) => transactions.some(({ status }) => status === 'success'))
    const levers = new Set(settled.map(({ type }) => type))
    for (const lever of ['deleverage', 'hedge', 'reduce', 'repay', 'transfer'])
      expect(levers).toContain(lever)
    expect(record.result.agent.liquidations).toBe(0)
  })

  test('behavior: margin moves between the two perps, through the pool of their tokens', () => {
    const moved = record.frames
      .flatMap((frame) => frame.actions)
      .filter(
        ({ type, venue, why }) =>
          type === 'transfer' && venue === 'Perp v2' && why.includes('sUSD'),
      )
    expect(moved.length).toBeGreaterThan(0)
    for (const { transactions } of moved)
      expect(new Set(transactions.map(({ status }) => status))).toEqual(new Set(['success']))
  })
})

describe('the synthetic crash, by dynamic programming', () => {
  let record: DemoRecord
  beforeAll(async () => {
    record = await play(1, 'first.sqlite')
  })

  test('default: a real liquidator takes the twin on every venue, the agent on none', () => {
    const liquidations = record.frames.flatMap((frame) => frame.liquidations)
    const venues = new Set(liquidations.filter((l) => l.side === 'twin').map((l) => l.venue))
    expect([...venues].sort()).toEqual(NAMES)
    expect(record.result.twin.venuesLiquidated).toEqual(NAMES)
    expect(liquidations.filter(({ side }) => side === 'agent')).toEqual([])
    expect(record.result.agent.equityEnd).toBeGreaterThan(record.result.twin.equityEnd)
  })

  test('behavior: orders that a keeper fills later are committed in one frame and executed in a later one', () => {
    const actions = record.frames.flatMap((frame) => frame.actions)
    const committed = actions.filter(({ outcome }) => outcome === 'committed')
    const executed = actions.filter(({ outcome }) => outcome === 'executed')
    expect(committed.length).toBeGreaterThan(0)
    expect(executed.map(({ order }) => order)).toEqual(committed.map(({ order }) => order))
  })

  test('behavior: the agent never halts, and what it sends succeeds', () => {
    const states = new Set(record.frames.map(({ state }) => state.replace(' (preserving)', '')))
    expect([...states]).toEqual(['watching'])
    const sent = record.frames.flatMap((f) => f.actions).flatMap((a) => a.transactions)
    expect(sent.length).toBeGreaterThan(10)
    expect(sent.filter(({ status }) => status !== 'success')).toEqual([])
  })

  test('behavior: both begin with the same portfolio and the same reserve', () => {
    const { agent, twin } = record.result
    expect(twin.equityStart / agent.equityStart).toBeCloseTo(1, 3)
  })

  test('behavior: the event log holds every transaction of the record, signed before it settled', () => {
    const store = createSqliteEventStore(join(folder, 'first.sqlite'))
    const events = store.read().map(({ event }) => event)
    store.close()
    const hashes = record.frames
      .flatMap((frame) => frame.actions)
      .flatMap((action) => action.transactions)
      .map(({ hash }) => hash)
    const signed = events.flatMap((event) =>
      event.type === 'transaction.signed' ? [event.hash] : [],
    )
    const settled = events.flatMap((event) =>
      event.type === 'transaction.settled' ? [event.receipt.hash] : [],
    )
    expect(signed).toEqual(hashes)
    expect(settled).toEqual(hashes)
  })

  test('replay: the same seed gives the same frames, decisions and transactions', async () => {
    expect(await play(1, 'second.sqlite')).toEqual(record)
  })

  test('behavior: every action says what it is worth, what it costs and what it was held against', () => {
    const store = createSqliteEventStore(join(folder, 'first.sqlite'))
    const plans = store
      .read()
      .flatMap(({ event }) => (event.type === 'plan.proposed' ? [event.plan] : []))
    store.close()
    const acting = plans.filter(({ actions }) => actions.length > 0)
    expect(acting.length).toBeGreaterThan(5)
    const judged = acting.flatMap(({ actions }) => actions).flatMap((each) => each.judgement ?? [])
    expect(judged.length).toBeGreaterThan(5)
    for (const { benefit } of judged) expect(benefit).toBeGreaterThan(0)
    // What is urgent, P(liquidation within 1 h) above its floor, may cost more than it is worth by the table.
    const worthy = judged.filter(({ benefit, cost }) => benefit > cost / 3)
    expect(worthy.length).toBeGreaterThan(judged.length / 2)
    expect(
      acting
        .flatMap(({ considered }) => considered ?? [])
        .filter(({ verdict }) => verdict !== 'chosen').length,
    ).toBeGreaterThan(acting.length)
  })

  test('behavior: the report shows every transaction and asks nothing of the network', () => {
    const html = renderReport(record)
    for (const { hash } of record.frames.flatMap((f) => f.actions).flatMap((a) => a.transactions))
      expect(html).toContain(hash)
    expect(html).not.toMatch(/(src|href)=|url\(|@import/)
  })
})

const data = dataDir()
test.runIf(data !== null)(
  'replay: March 2020 leaves the agent whole and the twin not',
  async () => {
    const record = await runDemo({
      engine: 'dp',
      path: await loadBlackThursday(data ?? '', { every: 1, pastDays: PAST_DAYS }),
      model: DEFAULT_MODEL,
      seed: 1,
      venues: VENUES,
      speed: null,
      port: 0,
      eventLog: ':memory:',
      view: silent,
    })
    expect(record.result.agent.liquidations).toBe(0)
    expect(record.result.twin.liquidations).toBeGreaterThan(2)
  },
  600_000,
)
