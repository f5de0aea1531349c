import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Action, type Event, usd } from '@plimsoll/domain'
import { createSqliteEventStore } from '@plimsoll/kernel'
import { policyTable } from '@plimsoll/risk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './runCli.ts'

const PATIENCE = 60_000

const BOOK = {
  prices: { ETH: 2_000, BTC: 40_000, USDC: 1 },
  volatility: { ETH: 0.8, BTC: 0.6 },
  domains: [
    {
      id: 'aave',
      type: 'lending',
      collateral: [{ asset: 'ETH', amount: 10, liquidationThreshold: 0.83 }],
      debt: [{ asset: 'USDC', amount: 14_000 }],
      fullCloseHealth: 0.95,
    },
    {
      id: 'perp',
      type: 'perp',
      equity: 5_000,
      legs: [{ asset: 'ETH', size: 10, maintenanceMarginRatio: 0.0625 }],
    },
  ],
  reserve: { USDC: 1_000 },
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-risk-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function save(name: string, content: unknown): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

describe('assess', () => {
  test('default: a portfolio of a file, for people', { timeout: PATIENCE }, async () => {
    const { code, out } = await runCli(['assess', '--file', await save('book.json', BOOK)])
    expect(code).toBe(0)
    expect(out).toContain('Equity $12,000')
    expect(out).toMatch(/aave +1\.186 .*ETH \$1,687 \(-15\.7 %\)/)
    expect(out).toMatch(/any of them +\S+ %/)
    expect(out).toMatch(/all −50 % +-\$[\d,]+ +aave is liquidated first/)
  })

  test('default: the same for machines', { timeout: PATIENCE }, async () => {
    const file = await save('book.json', BOOK)
    const { out } = await runCli(['assess', '--file', file, '--json'])
    const { type, equity, domains, any24h, delta, stress, breakers } = JSON.parse(out)
    expect([type, equity, delta.ETH]).toEqual(['assessment', 12_000, 40_000])
    const [aave, perp] = domains
    expect(aave.healthFactor).toBeCloseTo(1.1857, 4)
    expect(perp.healthFactor).toBeCloseTo(4, 9)
    const { m15, h1, h4, h24 } = aave.probabilities
    expect(m15 < h1 && h1 < h4 && h4 < h24 && h24 < 0.01).toBe(true)
    expect(any24h.lower).toBeLessThanOrEqual(any24h.estimate)
    expect(any24h.estimate).toBeLessThanOrEqual(any24h.upper)
    expect(stress.worst).toBe('all −50 %')
    expect(stress.outcomes.length).toBeGreaterThan(30)
    expect(breakers.alarms).toEqual([])
  })

  test('behavior: a wilder market is more dangerous, and no forecast is no probability', {
    timeout: PATIENCE,
  }, async () => {
    const file = await save('book.json', BOOK)
    const chance = async (...more: readonly string[]) =>
      JSON.parse((await runCli(['assess', '--file', file, '--json', ...more])).out).domains[0]
        .probabilities?.h24
    expect(await chance('--volatility', 'ETH=1.6')).toBeGreaterThan(3 * (await chance()))
    const { volatility: _, ...silent } = BOOK
    const other = await save('silent.json', silent)
    const { out } = await runCli(['assess', '--file', other])
    expect(out).toContain('No probability for aave, perp')
  })

  test.each([
    ['a key that is misspelt', { ...BOOK, domians: [] }, 'portfolio key is "domians"'],
    ['an asset without a price', { ...BOOK, prices: { USDC: 1 } }, 'ETH'],
    [
      'a threshold above one',
      {
        ...BOOK,
        domains: [
          {
            ...BOOK.domains[0],
            collateral: [{ asset: 'ETH', amount: 1, liquidationThreshold: 83 }],
          },
        ],
      },
      'liquidationThreshold is 83',
    ],
    ['the same id twice', { ...BOOK, domains: [BOOK.domains[0], BOOK.domains[0]] }, 'aave twice'],
    ['no JSON', '{', 'allowed: JSON'],
  ])('error: %s', { timeout: PATIENCE }, async (_, content, words) => {
    const { code, err } = await runCli(['assess', '--file', await save('wrong.json', content)])
    expect(code).not.toBe(0)
    expect(err).toContain(words)
  })
})

describe('explain', () => {
  const action: Action = {
    type: 'repay',
    domain: 'aave',
    intents: [],
    settlement: 'direct',
    flashLoan: null,
    cost: { slippage: usd(0n), fees: usd(0n), gas: usd(3_00000000n) },
    healthBefore: 1.1,
    healthAfter: 1.4,
    why: 'Repay what is owed.',
    judgement: { benefit: 120, cost: 8, probability24h: { before: 0.2, after: 0.01 } },
  }
  const stamp = { agent: 'keeper', at: 0, block: 7n }
  const EVENTS: readonly Event[] = [
    {
      ...stamp,
      type: 'frame.observed',
      owner: '0x0',
      time: 1_700_000_000n,
      equity: 5_000,
      health: [{ domain: 'aave', factor: 1.1 }],
      prices: [{ asset: 'ETH', price: 2_000 }],
    },
    {
      ...stamp,
      type: 'plan.proposed',
      plan: {
        engine: 'dynamic-programming',
        why: 'aave has left its band.',
        actions: [action],
        considered: [
          {
            type: 'repay',
            domain: 'aave',
            verdict: 'chosen',
            benefit: 120,
            cost: 8,
            healthAfter: 1.4,
            why: action.why,
          },
          {
            type: 'deleverage',
            domain: 'aave',
            verdict: 'runner-up',
            benefit: 130,
            cost: 60,
            healthAfter: 1.4,
            why: 'Sell.',
          },
          {
            type: 'hedge',
            domain: 'aave',
            verdict: 'refused',
            benefit: 0,
            cost: 0,
            healthAfter: null,
            why: 'hedge: no perp',
          },
        ],
      },
    },
    {
      ...stamp,
      type: 'order.governed',
      order: 'o1',
      grant: {
        type: 'allowed',
        action,
        checks: [{ rule: 'no-footprint', asked: 0, limit: 0, unit: 'USD' }],
      },
    },
    { ...stamp, type: 'order.moved', order: 'o1', state: 'settled', reason: null },
    {
      ...stamp,
      block: 8n,
      type: 'plan.proposed',
      plan: { engine: 'dynamic-programming', why: 'Hold.', actions: [], considered: [] },
    },
  ]

  const log = (): string => {
    const file = join(folder, `log-${Math.trunc(performance.now() * 1e3)}.sqlite`)
    const store = createSqliteEventStore(file)
    for (const event of EVENTS) store.append(event)
    store.close()
    return file
  }

  test('default: the last decision that did something, with runners-up, grant and outcome', {
    timeout: PATIENCE,
  }, async () => {
    const { code, out } = await runCli(['explain', '--log', log()])
    expect(code).toBe(0)
    for (const words of [
      'Decision of keeper at block 7',
      'aave has left its band.',
      /Chosen\n {2}repay +benefit +\$120, cost +\$8/,
      /Runners-up\n {2}deleverage/,
      'hedge: no perp',
      'P(liquidation within 24 h) 20 % → 1 %',
      'governor: allowed (no-footprint 0 of 0 USD)',
      'outcome: settled',
    ])
      expect(out).toMatch(
        words instanceof RegExp ? words : new RegExp(words.replace(/[().$]/g, '\\$&')),
      )
  })

  test('behavior: a decision by its block, for machines', { timeout: PATIENCE }, async () => {
    const { out } = await runCli(['explain', '--log', log(), '--block', '8', '--json'])
    expect(JSON.parse(out)).toMatchObject({ type: 'decision', block: '8', plan: { why: 'Hold.' } })
  })

  test.each([
    ['no log', ['explain'], '--log is "nothing"'],
    [
      'a log that is not there',
      ['explain', '--log', '/nowhere.sqlite'],
      'an event log that exists',
    ],
  ])('error: %s', { timeout: PATIENCE }, async (_, args, words) => {
    const { code, err } = await runCli(args)
    expect([code, err]).toEqual([2, expect.stringContaining(words)])
  })

  test('error: a block without a decision', { timeout: PATIENCE }, async () => {
    const { code, err } = await runCli(['explain', '--log', log(), '--block', '9'])
    expect([code, err]).toEqual([2, expect.stringContaining('a block from 7 to 8')])
  })
})

describe('policy', () => {
  test('default: bands of the table that comes with the package, from calm to stress', {
    timeout: PATIENCE,
  }, async () => {
    const { out } = await runCli(['policy', 'show', '--json'])
    const { hash, bands } = JSON.parse(out)
    expect(hash).toBe(policyTable('balanced').hash)
    const below = bands.map((row: { deleverBelow: number }) => row.deleverBelow)
    expect(below).toEqual([...below].sort((a, b) => b - a)) // act early while trading is cheap
    expect(bands.at(-1).releverAbove).toBeNull()
  })

  test('behavior: a table of a file is shown only when its hash is that of its content', {
    timeout: PATIENCE,
  }, async () => {
    const whole = await readFile(
      new URL('../../risk/policies/balanced.json', import.meta.url),
      'utf8',
    )
    const good = await save('table.json', whole)
    expect((await runCli(['policy', 'show', '--file', good])).code).toBe(0)
    const bad = await save('forged.json', {
      ...JSON.parse(whole),
      values: [...JSON.parse(whole).values.slice(1), 1],
    })
    const { code, err } = await runCli(['policy', 'show', '--file', bad])
    expect([code, err]).toEqual([2, expect.stringContaining('INPUT_POLICY_HASH')])
  })

  test('error: a leverage that the threshold cannot carry', { timeout: PATIENCE }, async () => {
    const { code, err } = await runCli(['policy', 'show', '--leverage', '6', '--threshold', '0.8'])
    expect([code, err]).toEqual([2, expect.stringContaining('policy.targetLeverage')])
  })
})
