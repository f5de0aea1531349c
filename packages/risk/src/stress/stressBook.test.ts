import { InvalidInputError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { domainId, USDC, WBTC, WETH, type WorldSketch, world } from '../../test/world.ts'
import { compileBook } from './compileBook.ts'
import type { Scenario } from './Scenario.ts'
import type { ScenarioOutcome } from './StressReport.ts'
import { stressBook } from './stressBook.ts'

const scenario = (prices: Scenario['prices'], change: Partial<Scenario> = {}): Scenario => ({
  name: 'test',
  kind: 'span',
  prices,
  marks: {},
  depth: 1,
  ...change,
})
/** 10 ETH at $2,000 with a threshold of 80 % against $12,000: health 4/3. Half closes; all below 0.95; bonus 5 %. */
const loan = (venue = 'aave', debt = 12_000) => ({
  venue,
  collateral: [{ token: WETH, amount: 10 }],
  debt: [{ token: USDC, amount: debt }],
})
const run = (
  sketch: WorldSketch,
  prices: Scenario['prices'],
  change: Partial<Scenario> = {},
): ScenarioOutcome =>
  stressBook(compileBook(world(sketch)), [scenario(prices, change)]).outcomes[0]!

const DEEP = 1e15
const book: WorldSketch = {
  loans: [loan()],
  reserve: [{ token: USDC, amount: 1_000 }],
  depth: DEEP,
}

test('default: a fall that liquidates nothing only moves marks', () => {
  expect(run(book, { ETH: 0.76 })).toMatchObject({
    equityAtMarks: expect.closeTo(4_200, 6),
    equityAfter: expect.closeTo(4_200, 6),
    loss: expect.closeTo(4_800, 6),
    health: [expect.closeTo(12_160 / 12_000, 9)],
    first: null,
    closed: 0,
    rounds: 0,
    liquidated: [],
  })
})

test('behavior: a gain is a negative loss', () => {
  expect(run(book, { ETH: 1.1 }).loss).toBeCloseTo(-2_000, 6)
})

test('behavior: above 0.95 half of the debt is closed, and that is enough', () => {
  const outcome = run(book, { ETH: 0.74 })
  expect(outcome).toMatchObject({
    equityAtMarks: expect.closeTo(3_800, 6),
    equityAfter: expect.closeTo(3_500, 6),
    closed: expect.closeTo(6_000, 6),
    bonus: expect.closeTo(300, 6),
    rounds: 1,
    badDebt: 0,
    liquidated: [
      { domain: domainId('aave'), closed: expect.closeTo(6_000, 6), bonus: expect.closeTo(300, 6) },
    ],
  })
  expect(outcome.first).toEqual({ domain: domainId('aave'), at: expect.closeTo(4_000 / 4_160, 9) })
})

test('behavior: below 0.95 all of it is closed at once', () => {
  expect(run(book, { ETH: 0.7 })).toMatchObject({
    health: [expect.closeTo(11_200 / 12_000, 9)],
    equityAfter: expect.closeTo(3_000 - 600, 6),
    closed: expect.closeTo(12_000, 6),
    bonus: expect.closeTo(600, 6),
    rounds: 1,
  })
})

test('behavior: collateral that does not suffice is taken whole, the rest is bad debt', () => {
  const repaid = 10_000 / 1.05
  expect(run(book, { ETH: 0.5 })).toMatchObject({
    equityAtMarks: expect.closeTo(-1_000, 6),
    closed: expect.closeTo(repaid, 6),
    bonus: expect.closeTo(0.05 * repaid, 6),
    badDebt: expect.closeTo(12_000 - repaid, 6),
    equityAfter: expect.closeTo(-1_000 - 0.05 * repaid, 6),
  })
})

test('behavior: a second half follows where the first leaves it below 1', () => {
  // Threshold 95 %, bonus 5 %: 20,000 × 0.95 / 18,900. At −2 % health is 0.985; half of the debt for 9,922.5 leaves
  // (19,600 − 9,922.5) × 0.95 / 9,450 = 0.9729, lower than before: liquidation does not heal it.
  const steep = {
    ...loan('aave', 18_900),
    collateral: [{ token: WETH, amount: 10, thresholdBps: 9_500n }],
  }
  const outcome = run({ loans: [steep], depth: DEEP }, { ETH: 0.98 })
  // Halves until health is below 0.95, then the rest: 9,450 + 4,725 + the remaining 4,725.
  expect(outcome.rounds).toBe(3)
  const most = 19_600 / 1.05
  expect(outcome.closed).toBeCloseTo(Math.min(18_900, most), 6)
  expect(outcome.badDebt).toBeCloseTo(18_900 - most, 6)
})

describe('impact', () => {
  test('default: what is left falls by e^(−1 % of value over depth)', () => {
    const outcome = run({ ...book, depth: 10_000 }, { ETH: 0.7 }, { depth: 0.1 })
    // 12,600 of collateral is sold where 1,000 moves 1 %: 1,400 is left and falls by 12.6 %, to first order.
    const fall = 1_400 * (1 - Math.exp(-0.126))
    expect(outcome.impact).toBeCloseTo(fall, 6)
    expect(outcome.equityAfter).toBeCloseTo(2_400 - fall, 6)
  })

  test('behavior: a sale of one domain pulls the next below its limit', () => {
    const two: WorldSketch = {
      loans: [loan('aave', 12_000), loan('morpho', 10_800)],
      depth: 10_000,
    }
    const deep = run({ ...two, depth: DEEP }, { ETH: 0.7 })
    expect(deep.health[1]).toBeGreaterThan(1)
    expect(deep.liquidated.map(({ domain }) => domain)).toEqual([domainId('aave')])
    const thin = run(two, { ETH: 0.7 }, { depth: 0.1 })
    expect(thin.health).toEqual(deep.health)
    expect(thin.liquidated.map(({ domain }) => domain)).toEqual([
      domainId('aave'),
      domainId('morpho'),
    ])
    expect(thin.equityAfter).toBeLessThan(deep.equityAfter)
  })

  test('behavior: tokens in the wallet fall with it', () => {
    const holding = { ...book, reserve: [{ token: WETH, amount: 1 }], depth: 100_000 }
    const fall = 1 - Math.exp(-0.126)
    expect(run(holding, { ETH: 0.7 }, { depth: 0.01 }).impact).toBeCloseTo(2_800 * fall, 6)
  })

  test('behavior: debt that is bought back rises', () => {
    const short: WorldSketch = {
      loans: [
        {
          venue: 'aave',
          collateral: [{ token: USDC, amount: 20_000 }],
          debt: [{ token: WETH, amount: 6 }],
        },
        {
          venue: 'morpho',
          collateral: [{ token: USDC, amount: 20_000 }],
          debt: [{ token: WETH, amount: 5.4 }],
        },
      ],
      depth: 100_000,
    }
    const outcome = run(short, { ETH: 1.4 }, { depth: 0.01 })
    expect(outcome.health[1]).toBeGreaterThan(1)
    expect(outcome.liquidated).toHaveLength(2)
  })

  test('behavior: however thin, one sale moves a price by a half at most', () => {
    const outcome = run({ ...book, depth: 1 }, { ETH: 0.7 }, { depth: 0.1 })
    expect(outcome.impact).toBeCloseTo(700, 6)
  })

  test('behavior: what a forced sale moves in our favour is not counted', () => {
    const hedged: WorldSketch = {
      loans: [loan()],
      perps: [{ venue: 'perp', equity: 20_000, legs: [{ asset: 'ETH', size: -10 }] }],
      depth: 10_000,
    }
    const outcome = run(hedged, { ETH: 0.7 }, { depth: 0.1 })
    expect(outcome.impact).toBeCloseTo(1_400 * (1 - Math.exp(-0.126)), 6)
  })

  test('behavior: what is sold after the price was pushed up sells no better than at the marks', () => {
    const squeeze: WorldSketch = {
      loans: [
        {
          venue: 'short',
          collateral: [{ token: USDC, amount: 10_000 }],
          debt: [{ token: WETH, amount: 4.5 }],
        },
        loan('long', 18_000),
      ],
      depth: 10_000,
    }
    // The short is bought back first and lifts ETH; the long is closed after it, at a better price than the scenario's.
    const outcome = run(squeeze, {})
    expect(outcome.liquidated.map(({ domain }) => domain)).toEqual([
      domainId('short'),
      domainId('long'),
    ])
    expect(outcome.impact).toBeGreaterThanOrEqual(0)
    const alone = run({ loans: [squeeze.loans![0]!], depth: 10_000 }, {})
    expect(outcome.impact).toBeGreaterThanOrEqual(alone.impact - 1e-9)
  })

  test('behavior: says which volatile assets have no depth', () => {
    const frame = world({
      ...book,
      perps: [{ venue: 'p', equity: 1, legs: [{ asset: 'BTC', size: 1 }] }],
    })
    expect(compileBook(frame).withoutDepth).toEqual(['BTC'])
    expect(compileBook({ ...frame, depth: [] }).withoutDepth).toEqual(['BTC', 'ETH', 'USDC'])
  })
})

describe('perps', () => {
  /** Long 10 ETH at $2,000 on $3,000: health 3,000 / 1,250. Half closes, all below 0.5, fee 1.25 %. */
  const long: WorldSketch = {
    perps: [{ venue: 'perp', equity: 3_000, legs: [{ asset: 'ETH', size: 10 }] }],
  }

  test('default: half is closed at the mark, less the fee', () => {
    const outcome = run(long, { ETH: 0.9 })
    expect(outcome).toMatchObject({
      equityAtMarks: expect.closeTo(1_000, 6),
      health: [expect.closeTo(1_000 / 1_125, 9)],
      closed: expect.closeTo(9_000, 6),
      bonus: expect.closeTo(112.5, 6),
      impact: expect.closeTo(0, 9),
      equityAfter: expect.closeTo(887.5, 6),
      rounds: 1,
    })
  })

  test('behavior: closing slips by half of its impact, and what is left by all of it', () => {
    const thin = { ...long, markets: [{ venue: 'perp', asset: 'ETH', depth: 90_000 }] }
    const move = Math.exp(-0.01)
    const outcome = run(thin, { ETH: 0.9 }, { depth: 0.1 })
    expect(outcome.impact).toBeCloseTo((9_000 * (1 - move)) / 2 + 9_000 * (1 - move), 6)
  })

  test('behavior: marks that leave the index hurt perps alone', () => {
    const both = { ...long, loans: [loan()], depth: DEEP }
    const outcome = run(both, {}, { marks: { ETH: 0.9 } })
    expect(outcome.health).toEqual([expect.closeTo(4 / 3, 9), expect.closeTo(1_000 / 1_125, 9)])
    expect(outcome.first?.domain).toBe(domainId('perp'))
    expect(outcome.equityAtMarks).toBeCloseTo(9_000, 6)
  })

  test('behavior: below 0.5 everything is closed, and a loss beyond the margin is bad debt', () => {
    const outcome = run(long, { ETH: 0.8 })
    expect(outcome).toMatchObject({
      health: [0],
      closed: expect.closeTo(16_000, 6),
      bonus: expect.closeTo(200, 6),
      badDebt: expect.closeTo(1_200, 6),
    })
  })
})

describe('first', () => {
  test('default: the domain that dies earliest on the way, not the one that ends lowest', () => {
    const two: WorldSketch = {
      loans: [
        loan('early', 14_500),
        {
          venue: 'late',
          collateral: [{ token: WBTC, amount: 1 }],
          debt: [{ token: USDC, amount: 20_000 }],
        },
      ],
      depth: DEEP,
    }
    const outcome = run(two, { ETH: 0.85, BTC: 0.5 })
    expect(outcome.health[1]).toBeLessThan(outcome.health[0]!)
    expect(outcome.first).toEqual({
      domain: domainId('early'),
      at: expect.closeTo(1_500 / (0.15 * 16_000), 9),
    })
  })

  test('behavior: what can be liquidated now dies at once', () => {
    expect(run({ loans: [loan('aave', 17_000)] }, {}).first).toEqual({
      domain: domainId('aave'),
      at: 0,
    })
  })
})

test('behavior: health at the worse of two prices, equity at the market', () => {
  const apart: WorldSketch = { loans: [loan()], oracle: { ETH: 1_900 }, market: { ETH: 2_000 } }
  const outcome = run(apart, {})
  expect(outcome.health[0]).toBeCloseTo(15_200 / 12_000, 9)
  expect(outcome.equityAtMarks).toBeCloseTo(8_000, 6)
})

test('behavior: the report names the worst scenario', () => {
  const report = stressBook(compileBook(world(book)), [
    scenario({ ETH: 0.9 }, { name: 'mild' }),
    scenario({ ETH: 0.6 }, { name: 'wild' }),
    scenario({ ETH: 1.5 }, { name: 'up' }),
  ])
  expect(report.equity).toBeCloseTo(9_000, 6)
  expect(report.domains).toEqual([domainId('aave')])
  expect(report.worst?.scenario).toBe('wild')
  expect(stressBook(compileBook(world(book)), []).worst).toBeNull()
})

test('behavior: an empty book loses nothing', () => {
  expect(run({}, { ETH: 0.5 })).toMatchObject({
    equityAtMarks: 0,
    loss: 0,
    health: [],
    first: null,
  })
})

test.for([
  ['a price of zero', scenario({ ETH: 0 })],
  ['a negative price', scenario({ ETH: -1 })],
  ['no number', scenario({ ETH: Number.NaN })],
  ['an infinite mark', scenario({}, { marks: { ETH: Number.POSITIVE_INFINITY } })],
  ['no depth', scenario({}, { depth: 0 })],
] as const)('error: InvalidInputError for %s', ([, bad]) => {
  expect(() => stressBook(compileBook(world(book)), [bad])).toThrow(InvalidInputError)
})
