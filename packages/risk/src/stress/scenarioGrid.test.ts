import { InvalidInputError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import type { Scenario, ScenarioKind } from './Scenario.ts'
import { DEFAULT_STRESS_CONFIG } from './StressConfig.ts'
import { scenarioGrid } from './scenarioGrid.ts'

const config = { ...DEFAULT_STRESS_CONFIG, alts: ['LINK'] }
const sigma24h = new Map([
  ['ETH', 0.04],
  ['BTC', 0.03],
  ['LINK', 0.06],
])
const grid = (assets: readonly string[], change: Partial<typeof config> = {}) =>
  scenarioGrid({ assets, sigma24h, config: { ...config, ...change } })
const of = (all: readonly Scenario[], kind: ScenarioKind) =>
  all.filter((each) => each.kind === kind)
const named = (all: readonly Scenario[], name: string): Scenario =>
  all.find((each) => each.name === name)!

const usual = grid(['ETH', 'BTC', 'USDC', 'DAI', 'wstETH'])

test('default: about 40 scenarios, each with its own name, all factors above zero', () => {
  expect(usual).toHaveLength(43)
  expect(new Set(usual.map(({ name }) => name)).size).toBe(43)
  for (const { prices, marks, depth } of usual)
    for (const factor of [...Object.values(prices), ...Object.values(marks), depth])
      expect(factor).toBeGreaterThan(0)
})

test('behavior: 16 like SPAN, by each range, in wide and narrow markets', () => {
  expect(of(usual, 'span')).toHaveLength(16)
  const third = named(usual, '−33.3 % of range, wide markets')
  expect(third.depth).toBe(0.5)
  expect(third.prices).toEqual({
    BTC: expect.closeTo(Math.exp(-0.03), 12),
    ETH: expect.closeTo(Math.exp(-0.04), 12),
    wstETH: expect.closeTo(Math.exp(-0.04), 12),
  })
  expect(named(usual, '+200 % of range').prices).toMatchObject({
    BTC: expect.closeTo(Math.exp(0.18), 12),
  })
  expect(named(usual, '+0 % of range, narrow markets')).toMatchObject({
    depth: 1.5,
    prices: { ETH: 1 },
  })
})

test('behavior: tails of 24, 36 and 50 %, and by class', () => {
  const all = grid(['ETH', 'LINK', 'PEPE'])
  expect(of(all, 'tail')).toHaveLength(8)
  expect(named(all, 'all −36 %').prices).toEqual({
    ETH: expect.closeTo(0.64, 12),
    LINK: expect.closeTo(0.64, 12),
    PEPE: expect.closeTo(0.64, 12),
  })
  expect(named(all, 'extreme of class down').prices).toEqual({
    ETH: expect.closeTo(0.76, 12),
    LINK: expect.closeTo(0.64, 12),
    PEPE: expect.closeTo(0.5, 12),
  })
})

test('behavior: correlation drives all by the calmest major', () => {
  const [down] = of(grid(['ETH', 'BTC', 'LINK']), 'correlation')
  const own = Math.log(0.76)
  expect(down!.prices).toEqual({
    BTC: expect.closeTo(0.76, 12),
    ETH: expect.closeTo(Math.exp((0.95 * own * 0.04) / 0.03), 12),
    LINK: expect.closeTo(Math.exp((0.95 * own * 0.06) / 0.03), 12),
  })
})

test('behavior: each asset alone breaks a hedge', () => {
  expect(named(usual, 'ETH alone −100 % of range').prices).toEqual({
    BTC: 1,
    ETH: expect.closeTo(Math.exp(-0.12), 12),
    wstETH: expect.closeTo(Math.exp(-0.12), 12),
  })
  expect(of(grid(['ETH', 'USDC']), 'alone')).toEqual([])
})

test('behavior: stable tokens part from each other, receipts from their base', () => {
  expect(of(usual, 'stable-depeg').map(({ prices }) => prices)).toEqual([
    { DAI: 0.88, USDC: 1.02 },
    { DAI: 1.05 },
    { DAI: 1.02, USDC: 0.88 },
    { USDC: 1.05 },
  ])
  const [calm, fallen] = of(usual, 'lst-depeg')
  expect(calm!.prices).toEqual({ wstETH: 0.93 })
  expect(fallen!.prices).toMatchObject({
    ETH: expect.closeTo(0.76, 12),
    wstETH: expect.closeTo(0.93 * 0.76, 12),
  })
})

test('behavior: a receipt brings its base along when the book has none', () => {
  expect(named(grid(['wstETH']), 'all −24 %').prices).toEqual({
    ETH: expect.closeTo(0.76, 12),
    wstETH: expect.closeTo(0.76, 12),
  })
})

test('behavior: depth and marks', () => {
  expect(of(usual, 'depth').map(({ depth }) => depth)).toEqual([0.1, 0.1, 0.1])
  expect(of(usual, 'mark-index').map(({ marks }) => marks.ETH)).toEqual([0.95, 0.98, 1.02, 1.05])
  expect(of(usual, 'mark-index').every(({ prices }) => Object.keys(prices).length === 0)).toBe(true)
})

test('behavior: without a forecast the range is that of the class', () => {
  const blind = scenarioGrid({ assets: ['ETH', 'LINK', 'PEPE'], sigma24h: new Map(), config })
  expect(named(blind, '−100 % of range, wide markets').prices).toEqual({
    ETH: expect.closeTo(0.88, 12),
    LINK: expect.closeTo(0.82, 12),
    PEPE: expect.closeTo(0.75, 12),
  })
})

test('behavior: nothing volatile leaves what there is to say', () => {
  expect(of(grid(['USDC']), 'correlation')).toEqual([])
  expect(of(grid([]), 'stable-depeg')).toEqual([])
})

describe('error', () => {
  test.for([
    ['no range', { rangeSigmas: 0 }],
    ['NaN for a range', { rangeSigmas: Number.NaN }],
    ['a correlation above 1', { correlation: 1.1 }],
    [
      'two bases of a receipt',
      {
        receipts: [
          { asset: 'a', base: 'b' },
          { asset: 'a', base: 'c' },
        ],
      },
    ],
  ] as const)('error: InvalidInputError for %s', ([, change]) => {
    expect(() => grid(['ETH'], change)).toThrow(InvalidInputError)
  })

  test('error: InvalidInputError for a volatility that is none', () => {
    const bad = new Map([['ETH', -0.1]])
    expect(() => scenarioGrid({ assets: ['ETH'], sigma24h: bad, config })).toThrow(
      InvalidInputError,
    )
  })
})
