import { type Forecast, InvalidInputError, MissingPriceError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { domainId, USDC, WBTC, WETH, world } from '../test/world.ts'
import { type AssessConfig, DEFAULT_ASSESS_CONFIG } from './AssessConfig.ts'
import { assess } from './assess.ts'

const DAY = 86_400_000

const forecast = (asset: string, sigma: number): Forecast => ({
  asset,
  model: 'test',
  at: 0,
  horizons: [
    { ms: DAY / 24, variance: sigma ** 2 / 24 },
    { ms: DAY, variance: sigma ** 2 },
  ],
})

/** Health 0.8 × 10 × 2000 / 12500 = 1.28. */
const loan = {
  venue: 'aave',
  collateral: [{ token: WETH, amount: 10 }],
  debt: [{ token: USDC, amount: 12_500 }],
}

const run = (
  sketch: Parameters<typeof world>[0],
  forecasts: readonly Forecast[] = [forecast('ETH', 0.04)],
  config: Partial<AssessConfig> = {},
) => assess({ frame: world(sketch), forecasts, config: { ...DEFAULT_ASSESS_CONFIG, ...config } })

describe('a domain', () => {
  test('default: health, price of liquidation, distance in standard deviations of a day', () => {
    const { domains, weakest, regime } = run({ loans: [loan] })
    expect(domains[0]).toMatchObject({
      domain: domainId('aave'),
      type: 'lending',
      healthFactor: expect.closeTo(1.28, 9),
      worse: 'oracle',
      equity: 7_500,
      exposure: 12_500,
      sigma24h: expect.closeTo(0.04, 12),
      sigmas: expect.closeTo(Math.log(1.28) / 0.04, 9),
    })
    expect(domains[0]?.liquidationPrices.find(({ asset }) => asset === 'ETH')).toEqual({
      asset: 'ETH',
      price: expect.closeTo(1_562.5, 6),
      move: expect.closeTo(-0.21875, 9),
    })
    expect(weakest).toBe(domainId('aave'))
    expect(regime).toBe('calm')
  })

  test('behavior: health is the worse of oracle and market prices, each way round', () => {
    const below = run({ loans: [loan], market: { ETH: 1_900 } }).domains[0]
    expect(below).toMatchObject({ worse: 'market', healthFactor: expect.closeTo(1.216, 9) })
    const above = run({ loans: [loan], market: { ETH: 2_100 } }).domains[0]
    expect(above).toMatchObject({ worse: 'oracle', healthFactor: expect.closeTo(1.28, 9) })
  })

  test('behavior: no forecast of an asset that matters, no distance', () => {
    expect(run({ loans: [loan] }, []).domains[0]).toMatchObject({ sigma24h: null, sigmas: null })
  })

  test('behavior: an unlevered domain has neither distance nor price of liquidation', () => {
    const [domain] = run({ loans: [{ ...loan, debt: [] }] }).domains
    expect(domain).toMatchObject({ healthFactor: Number.POSITIVE_INFINITY, sigmas: null })
    expect(domain?.liquidationPrices.every(({ price }) => price === null)).toBe(true)
  })

  test('behavior: correlation; a spread between two assets hedges unless the worst is assumed', () => {
    const spread = { ...loan, debt: [{ token: WBTC, amount: 0.3125 }] } // ETH against BTC
    const both = [forecast('ETH', 0.04), forecast('BTC', 0.03)]
    const sigma = (correlation: AssessConfig['correlation']) =>
      run({ loans: [spread] }, both, { correlation }).domains[0]?.sigma24h
    expect(sigma('worst')).toBeCloseTo(0.07, 9)
    expect(sigma(1)).toBeCloseTo(0.01, 9)
    expect(sigma(0)).toBeCloseTo(0.05, 9)
    expect(sigma(-1)).toBeCloseTo(0.07, 9)
  })

  test('behavior: a perp at leverage L moves L − 1 times its asset', () => {
    const { domains } = run({
      perps: [{ venue: 'perp', equity: 4_000, legs: [{ asset: 'ETH', size: 10 }] }],
    })
    expect(domains[0]?.sigma24h).toBeCloseTo(0.04 * (20_000 / 4_000 - 1), 9)
    expect(domains[0]?.healthFactor).toBeCloseTo(4_000 / 1_250, 9)
  })
})

describe('the book', () => {
  test('default: equity and delta over domains and reserve at market prices', () => {
    const { equity, delta } = run({
      loans: [loan],
      perps: [{ venue: 'perp', equity: 4_000, legs: [{ asset: 'ETH', size: -2 }] }],
      reserve: [{ token: USDC, amount: 100 }],
    })
    expect(equity).toBeCloseTo(7_500 + 4_000 + 100, 6)
    expect(delta.get('ETH')).toBeCloseTo(20_000 - 4_000, 6)
  })

  test('behavior: the weakest counts insolvent as nearest and leaves unlevered out', () => {
    const { weakest } = run({
      loans: [loan, { ...loan, venue: 'idle', debt: [] }],
      perps: [{ venue: 'perp', equity: -1, legs: [{ asset: 'ETH', size: 1 }] }],
    })
    expect(weakest).toBe(domainId('perp'))
    expect(run({ loans: [{ ...loan, debt: [] }] }).weakest).toBeNull()
  })

  test('behavior: divergence above its limit is stress', () => {
    const { divergence, diverged, regime } = run({ loans: [loan], market: { ETH: 1_950 } })
    expect(divergence.find(({ asset }) => asset === 'ETH')?.share).toBeCloseTo(
      2_000 / 1_950 - 1,
      12,
    )
    expect([diverged, regime]).toEqual([true, 'stress'])
    expect(run({ loans: [loan], market: { ETH: 1_970 } }).diverged).toBe(false)
  })

  test('behavior: a volatile forecast is stress', () => {
    expect(run({ loans: [loan] }, [forecast('ETH', 0.051)]).regime).toBe('stress')
  })

  test('behavior: a day is read off between and beyond the horizons of a forecast', () => {
    const of = (horizons: Forecast['horizons']) =>
      run({ loans: [loan] }, [{ asset: 'ETH', model: 'test', at: 0, horizons }]).sigma24h.get('ETH')
    expect(of([{ ms: DAY / 24, variance: 0.0001 }])).toBeCloseTo(Math.sqrt(0.0024), 12)
    expect(of([{ ms: 2 * DAY, variance: 0.004 }])).toBeCloseTo(Math.sqrt(0.002), 12)
    expect(
      of([
        { ms: DAY * 2, variance: 0.005 },
        { ms: DAY / 2, variance: 0.002 },
      ]),
    ).toBeCloseTo(Math.sqrt(0.003), 12)
  })
})

test('error: MissingPriceError', () => {
  const frame = world({ loans: [loan] })
  const marketPrices = new Map(frame.marketPrices)
  marketPrices.delete('ETH')
  expect(() =>
    assess({ frame: { ...frame, marketPrices }, forecasts: [], config: DEFAULT_ASSESS_CONFIG }),
  ).toThrow(MissingPriceError)
})

test('error: InvalidInputError', () => {
  for (const config of [
    { correlation: 1.5 },
    { correlation: Number.NaN },
    { maxDivergence: 0 },
    { stressSigma24h: Number.NaN },
  ])
    expect(() => run({ loans: [loan] }, [], config)).toThrow(InvalidInputError)
  for (const horizons of [[], [{ ms: 0, variance: 1 }], [{ ms: DAY, variance: Number.NaN }]])
    expect(() => run({ loans: [loan] }, [{ asset: 'ETH', model: 'x', at: 0, horizons }])).toThrow(
      InvalidInputError,
    )
})
