import {
  barrierProbability,
  type ExcursionLaw,
  type Forecast,
  type MarginDomain,
  type PriceLaw,
  type Prices,
} from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { USDC, WBTC, WETH, world } from '../test/world.ts'
import { createOutlook } from './createOutlook.ts'
import { DEFAULT_LAW } from './LawConfig.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SIGMA_24H = 0.06

/** Ten times as likely below as the mixture has it, and steeper above. */
const excursion = (scale: number, hours: number): ExcursionLaw => ({
  points: [
    { probability: 0.5, distance: scale * Math.sqrt(hours) * 0.01 },
    { probability: 0.1, distance: scale * Math.sqrt(hours) * 0.03 },
    { probability: 0.01, distance: scale * Math.sqrt(hours) * 0.07 },
  ],
  tailIndex: 3,
})
const lawOf = (hours: number): PriceLaw => ({
  returns: [{ probability: 0.5, value: 0 }],
  fall: excursion(1.5, hours),
  rise: excursion(0.5, hours),
})
const forecast = (asset: string, hours: readonly number[], lawful: boolean): Forecast => ({
  asset,
  model: 'test',
  at: 0,
  horizons: hours.map((each) => ({
    ms: each * HOUR,
    variance: (SIGMA_24H ** 2 * each) / 24,
    ...(lawful ? { law: lawOf(each) } : {}),
  })),
})
const outlookOf = (forecasts: readonly Forecast[], nuFactor = 1) =>
  createOutlook({
    assets: ['ETH', 'BTC', 'USDC'],
    forecasts,
    stable: ['USDC'],
    config: DEFAULT_LAW,
    nuFactor,
  })
const LAWFUL = [forecast('ETH', [1, 4, 24], true), forecast('BTC', [1, 4, 24], true)]
const BARE = [forecast('ETH', [1, 4, 24], false), forecast('BTC', [1, 4, 24], false)]

type Sketch = Parameters<typeof world>[0]
const long: Sketch = {
  loans: [
    {
      venue: 'aave',
      collateral: [{ token: WETH, amount: 10 }],
      debt: [{ token: USDC, amount: 12_500 }],
    },
  ],
}
const short: Sketch = {
  loans: [
    {
      venue: 'aave',
      collateral: [{ token: USDC, amount: 30_000 }],
      debt: [{ token: WETH, amount: 10 }],
    },
  ],
}
const pair: Sketch = {
  loans: [
    {
      venue: 'aave',
      collateral: [
        { token: WETH, amount: 10 },
        { token: WBTC, amount: 0.5 },
      ],
      debt: [{ token: USDC, amount: 25_000 }],
    },
  ],
}
const ahead = (sketch: Sketch, forecasts: readonly Forecast[], nuFactor = 1) => {
  const { domain, prices } = placed(sketch)
  const { probabilities } = outlookOf(forecasts, nuFactor).ahead(domain, {
    worse: prices,
    venue: prices,
  })
  if (probabilities === null) throw new Error('every asset has a forecast')
  return probabilities
}
const placed = (sketch: Sketch): { readonly domain: MarginDomain; readonly prices: Prices } => {
  const { portfolio, oraclePrices } = world(sketch)
  return { domain: portfolio.domains[0]!, prices: oraclePrices }
}
/** How far the price of ETH is from liquidation. */
const distance = (sketch: Sketch): number => {
  const { domain, prices } = placed(sketch)
  return Math.abs(Math.log(domain.liquidationPrice('ETH', prices)! / prices.get('ETH')!))
}

describe('a domain that one asset moves', () => {
  test('default: the law of the running minimum at the price of liquidation of a long', () => {
    const { h1, h4, h24 } = ahead(long, LAWFUL)
    for (const [hours, found] of [
      [1, h1],
      [4, h4],
      [24, h24],
    ] as const)
      expect(found).toBeCloseTo(barrierProbability(lawOf(hours).fall, distance(long)), 12)
  })

  test('behavior: the running maximum for a short', () => {
    const { h24 } = ahead(short, LAWFUL)
    expect(h24).toBeCloseTo(barrierProbability(lawOf(24).rise, distance(short)), 12)
    expect(h24).toBeLessThan(barrierProbability(lawOf(24).fall, distance(short)))
  })

  test('behavior: 15 minutes, and a horizon without a law, keep the mixture', () => {
    const mixture = ahead(long, BARE)
    expect(ahead(long, LAWFUL).m15).toBe(mixture.m15)
    const day = [forecast('ETH', [24], true), ...BARE.slice(1)]
    const partly = ahead(long, day)
    expect(partly.h4).toBe(ahead(long, [forecast('ETH', [24], false), ...BARE.slice(1)]).h4)
    expect(partly.h24).toBeCloseTo(barrierProbability(lawOf(24).fall, distance(long)), 12)
  })

  test('behavior: never below the probability of a shorter horizon', () => {
    const calm: PriceLaw = { ...lawOf(24), fall: { ...excursion(1e-4, 24), tailIndex: 40 } }
    const [eth, btc] = LAWFUL
    const horizons = eth!.horizons.map((each) =>
      each.ms === 24 * HOUR ? { ...each, law: calm } : each,
    )
    const { h4, h24 } = ahead(long, [{ ...eth!, horizons }, btc!])
    expect(h4).toBeGreaterThan(1e-4)
    expect(h24).toBe(h4)
  })

  test('behavior: while prices are not trusted, never below the mixture either', () => {
    const mixture = ahead(short, BARE, 1.5)
    const both = ahead(short, LAWFUL, 1.5)
    expect(both.h24).toBe(Math.max(mixture.h24, ahead(short, LAWFUL).h24))
    expect(mixture.h24).toBeGreaterThan(ahead(short, LAWFUL).h24)
  })

  test('behavior: what can be liquidated now is certain', () => {
    const [loan] = long.loans!
    const lost = { loans: [{ ...loan!, debt: [{ token: USDC, amount: 17_000 }] }] }
    expect(ahead(lost, LAWFUL)).toEqual({ m15: 1, h1: 1, h4: 1, h24: 1 })
  })
})

test('behavior: a domain that two assets move keeps the mixture', () => {
  expect(ahead(pair, LAWFUL)).toEqual(ahead(pair, BARE))
})

describe('any of several domains', () => {
  const books = [long, short, pair].map(placed)
  const any = (forecasts: readonly Forecast[], of = books) => {
    const outlook = outlookOf(forecasts)
    return outlook.any24h(
      of.map(({ domain, prices }) => ({
        ...{ domain, prices },
        probability: outlook.ahead(domain, { worse: prices, venue: prices }).probabilities!.h24,
      })),
    )
  }

  test('behavior: bounds hold what the domains’ own probabilities allow', () => {
    const each = [long, short].map((sketch) => ahead(sketch, LAWFUL).h24)
    const { lower, upper, estimate } = any(LAWFUL)
    const pairs = any(LAWFUL, books.slice(2)).estimate
    const most = Math.max(...each, pairs)
    expect(lower).toBeGreaterThanOrEqual(most)
    expect(estimate).toBeGreaterThanOrEqual(lower)
    expect(upper).toBeGreaterThanOrEqual(estimate)
    expect(upper).toBeLessThanOrEqual(each[0]! + each[1]! + pairs + 1e-15)
  })

  test('behavior: what is a thousand times less likely is added to the upper bound alone, and half of it to the estimate', () => {
    const outlook = outlookOf(BARE)
    const each = books.map(({ domain, prices }) => ({
      ...{ domain, prices },
      probability: outlook.ahead(domain, { worse: prices, venue: prices }).probabilities!.h24,
    }))
    const likely = outlook.any24h(each)
    const [first] = each
    if (first === undefined) throw expect.unreachable()
    const most = Math.max(...each.map(({ probability }) => probability))
    const rare = { ...first, probability: most / 1_001 }
    const { lower, upper, estimate } = outlook.any24h([...each, rare])
    expect(lower).toBe(likely.lower)
    expect(upper).toBeCloseTo(likely.upper + rare.probability, 12)
    expect(estimate).toBeCloseTo(likely.estimate + rare.probability / 2, 12)
  })

  test('behavior: without laws nothing is scaled, with likelier ones it is likelier', () => {
    const bare = any(BARE)
    expect(bare.lower).toBeLessThanOrEqual(bare.estimate)
    expect(any(LAWFUL).estimate).toBeGreaterThan(bare.estimate)
  })
})
