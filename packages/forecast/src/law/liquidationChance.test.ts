import {
  barrierProbability,
  createLinearDomain,
  type HorizonForecast,
  type MarginDomain,
} from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { withLaw } from '../classical/createLinearModel.ts'
import { liquidationChance } from './liquidationChance.ts'

const HOUR = 3_600_000
const prices = new Map([
  ['BTC', 50_000],
  ['ETH', 2_500],
  ['USDC', 1],
])
const forecast = (sigma: number): HorizonForecast => withLaw(HOUR, sigma ** 2, null)
const forecasts = new Map([
  ['BTC', forecast(0.02)],
  ['ETH', forecast(0.03)],
])

/** A domain by its backing and requirement in tokens. */
function domainOf(
  backing: readonly [string, number][],
  requirement: readonly [string, number][],
  constant = 0,
): MarginDomain {
  const linear = (tokens: readonly [string, number][], at = 0) => ({
    constant: at,
    perToken: new Map(tokens),
  })
  return createLinearDomain({
    id: 'd',
    venue: 'v',
    type: 'lending',
    linear: {
      backing: linear(backing, constant),
      requirement: linear(requirement),
      equity: linear(backing, constant),
      exposure: linear(requirement),
    },
    venuePrices: prices,
    liquidation: { closeFactor: 0.5, fullCloseHealth: null, bonus: 0.05, partial: true },
  })
}
const chance = (domain: MarginDomain, correlation = 0.8): number =>
  liquidationChance({ domain, prices, forecasts, correlation, updates: null })

describe('default', () => {
  test('a loan: the price falls to where it is liquidated', () => {
    const loan = domainOf([['ETH', 0.8]], [['USDC', 1_900]])
    const distance = Math.log(2_000 / 1_900)
    expect(chance(loan)).toBeCloseTo(
      barrierProbability(forecasts.get('ETH')!.law!.fall, distance),
      12,
    )
  })

  test('a debt in the volatile asset: the price rises to it', () => {
    const short = domainOf([['USDC', 2_600]], [['ETH', 1]])
    const distance = Math.log(2_600 / 2_500)
    expect(chance(short)).toBeCloseTo(
      barrierProbability(forecasts.get('ETH')!.law!.rise, distance),
      12,
    )
  })

  test('a perp long: margin and gains against the maintenance requirement', () => {
    // 10 ETH at 2500 on 2500 of margin, 5 % to keep: liquidated at (25000 − 2500) / (10 · 0.95).
    const perp = domainOf([['ETH', 10]], [['ETH', 0.5]], 2_500 - 25_000)
    const distance = Math.log(2_500 / (22_500 / 9.5))
    expect(chance(perp)).toBeCloseTo(
      barrierProbability(forecasts.get('ETH')!.law!.fall, distance),
      9,
    )
  })
})

describe('behavior', () => {
  test('two like collaterals, perfectly correlated, are as one', () => {
    const same = new Map([
      ['BTC', forecast(0.03)],
      ['ETH', forecast(0.03)],
    ])
    const two = domainOf(
      [
        ['BTC', 0.02],
        ['ETH', 0.4],
      ],
      [['USDC', 1_900]],
    )
    const one = domainOf([['ETH', 0.8]], [['USDC', 1_900]])
    const p = { prices, forecasts: same, correlation: 1, updates: null }
    expect(liquidationChance({ domain: two, ...p })).toBeCloseTo(
      liquidationChance({ domain: one, ...p }),
      5,
    )
  })

  test('spreading collateral lowers it, correlation raises it', () => {
    const two = domainOf(
      [
        ['BTC', 0.02],
        ['ETH', 0.4],
      ],
      [['USDC', 1_900]],
    )
    expect(chance(two, 0.2)).toBeLessThan(chance(two, 0.9))
  })

  test('debt in a like asset: what is common cancels', () => {
    const pair = domainOf([['ETH', 0.8]], [['BTC', 0.039]])
    expect(chance(pair, 0.95)).toBeLessThan(chance(pair, 0.3))
  })

  test('a venue that looks seldom liquidates less', () => {
    const domain = domainOf([['ETH', 0.8]], [['USDC', 1_900]])
    const by = (updates: number | null) =>
      liquidationChance({ domain, prices, forecasts, correlation: 1, updates })
    expect(by(12)).toBeLessThan(by(60))
    expect(by(60)).toBeLessThan(by(null))
  })

  test('liquidatable is 1, nothing owed is 0, nothing that moves is 0', () => {
    expect(chance(domainOf([['ETH', 0.8]], [['USDC', 2_100]]))).toBe(1)
    expect(chance(domainOf([['ETH', 0.8]], []))).toBe(0)
    expect(chance(domainOf([['USDC', 110]], [['USDC', 100]]))).toBe(0)
  })
})
