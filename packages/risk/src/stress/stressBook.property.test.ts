import { equity, healthFactorOf } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { USDC, WBTC, WETH, type WorldSketch, world } from '../../test/world.ts'
import { compileBook } from './compileBook.ts'
import type { Scenario } from './Scenario.ts'
import { stressBook } from './stressBook.ts'

const amount = (max: number) => fc.double({ min: 0.01, max, noNaN: true })
const loan = (venue: string) =>
  fc
    .record({ eth: amount(100), btc: amount(5), usdc: amount(100_000), owedEth: amount(20) })
    .map(({ eth, btc, usdc, owedEth }) => ({
      venue,
      collateral: [
        { token: WETH, amount: eth },
        { token: WBTC, amount: btc },
      ],
      debt: [
        { token: USDC, amount: usdc },
        { token: WETH, amount: owedEth },
      ],
    }))
const perp = fc
  .record({
    equity: fc.double({ min: 1, max: 50_000, noNaN: true }),
    size: fc.double({ min: -50, max: 50, noNaN: true }),
  })
  .map((held) => ({
    venue: 'perp',
    equity: held.equity,
    legs: [{ asset: 'ETH', size: held.size }],
  }))
const sketch: fc.Arbitrary<WorldSketch> = fc.record({
  loans: fc.tuple(loan('aave'), loan('morpho')),
  perps: fc.tuple(perp),
  reserve: fc.constant([
    { token: WETH, amount: 3 },
    { token: USDC, amount: 10_000 },
  ]),
  depth: fc.double({ min: 1e3, max: 1e8, noNaN: true }),
  markets: fc.constant([{ venue: 'perp', asset: 'ETH', depth: 1e5 }]),
})
const factor = fc.double({ min: 0.3, max: 2, noNaN: true })
const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    eth: factor,
    btc: factor,
    usdc: fc.double({ min: 0.85, max: 1.1, noNaN: true }),
    depth: fc.double({ min: 0.05, max: 2, noNaN: true }),
  })
  .map(({ eth, btc, usdc, depth }) => ({
    name: 'random',
    kind: 'tail',
    prices: { ETH: eth, BTC: btc, USDC: usdc },
    marks: {},
    depth,
  }))

test('property: marks and healths are what the domains themselves say at the shocked prices', () => {
  fc.assert(
    fc.property(sketch, scenario, (book, shock) => {
      const frame = world(book)
      const [outcome] = stressBook(compileBook(frame), [shock]).outcomes
      const moved = new Map(
        [...frame.marketPrices].map(([asset, price]) => [
          asset,
          price * (shock.prices[asset] ?? 1),
        ]),
      )
      expect(outcome!.equityAtMarks).toBeCloseTo(equity(frame.portfolio, moved), 4)
      frame.portfolio.domains.forEach((domain, i) => {
        const own = healthFactorOf(domain.health(moved))
        // As a share of what it must cover: a perp of next to no size has a health of 1e18.
        if (own > 1) expect(1 / outcome!.health[i]!).toBeCloseTo(1 / own, 9)
        else expect(outcome!.health[i]).toBeCloseTo(own, 9)
      })
    }),
  )
})

test('property: liquidations never make equity, and their costs add up to the loss', () => {
  fc.assert(
    fc.property(sketch, scenario, (book, shock) => {
      const report = stressBook(compileBook(world(book)), [shock])
      const [outcome] = report.outcomes
      const { equityAtMarks, equityAfter, loss, bonus, impact, closed, badDebt, rounds } = outcome!
      expect(equityAfter).toBeLessThanOrEqual(equityAtMarks)
      expect(bonus).toBeGreaterThanOrEqual(0)
      expect(impact).toBeGreaterThanOrEqual(-1e-6)
      expect(badDebt).toBeGreaterThanOrEqual(0)
      expect(loss).toBeCloseTo(report.equity - equityAfter, 4)
      expect(equityAtMarks - equityAfter).toBeCloseTo(bonus + impact, 4)
      expect(rounds).toBeLessThan(64)
      if (outcome!.first === null) expect(closed).toBe(0)
      if (outcome!.health.every((each) => each >= 1)) expect(rounds).toBe(0)
    }),
  )
})

test('property: on the way to its end the first domain stands at health 1, and none died before', () => {
  fc.assert(
    fc.property(sketch, scenario, (book, shock) => {
      const frame = world(book)
      const [outcome] = stressBook(compileBook(frame), [shock]).outcomes
      const { first } = outcome!
      if (first === null || first.at === 0) return
      const moved = new Map(
        [...frame.marketPrices].map(([asset, price]) => [
          asset,
          price * (1 + first.at * ((shock.prices[asset] ?? 1) - 1)),
        ]),
      )
      for (const domain of frame.portfolio.domains) {
        const health = healthFactorOf(domain.health(moved))
        if (domain.id === first.domain) expect(health).toBeCloseTo(1, 6)
        else expect(health).toBeGreaterThan(1 - 1e-6)
      }
    }),
  )
})

test('property: a book without debt loses what its marks lose, whatever the depth', () => {
  fc.assert(
    fc.property(scenario, fc.double({ min: 0.01, max: 1, noNaN: true }), (shock, depth) => {
      const held: WorldSketch = {
        reserve: [
          { token: WETH, amount: 3 },
          { token: USDC, amount: 10_000 },
        ],
        loans: [{ venue: 'aave', collateral: [{ token: WBTC, amount: 1 }], debt: [] }],
      }
      const report = stressBook(compileBook(world(held)), [shock, { ...shock, depth }])
      const [one, other] = report.outcomes
      expect(one).toEqual(other)
      expect(one).toMatchObject({ equityAfter: one!.equityAtMarks, rounds: 0, first: null })
    }),
  )
})

test('property: a long book loses in a fall, and more in a deeper one', () => {
  const long = fc.record({
    loans: fc.tuple(
      fc.record({ eth: amount(100), usdc: amount(50_000) }).map(({ eth, usdc }) => ({
        venue: 'aave',
        collateral: [{ token: WETH, amount: eth }],
        debt: [{ token: USDC, amount: usdc }],
      })),
    ),
  })
  const fall = fc.double({ min: 0.3, max: 1, noNaN: true })
  fc.assert(
    fc.property(long, fall, fall, (book, a, b) => {
      const at = (eth: number): Scenario => ({
        name: 'fall',
        kind: 'tail',
        prices: { ETH: eth },
        marks: {},
        depth: 1,
      })
      const { outcomes } = stressBook(compileBook(world(book)), [
        at(Math.max(a, b)),
        at(Math.min(a, b)),
      ])
      expect(outcomes[0]!.loss).toBeGreaterThanOrEqual(-1e-6)
      expect(outcomes[1]!.equityAtMarks).toBeLessThanOrEqual(outcomes[0]!.equityAtMarks + 1e-6)
    }),
  )
})
