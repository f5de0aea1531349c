import {
  applyAction,
  type DomainId,
  type Frame,
  findDomain,
  healthFactorOf,
  lendingDomain,
  type Plan,
  perpDomain,
} from '@plimsoll/domain'
import fc from 'fast-check'
import type { Routes } from '../src/index.ts'
import { domainId, routes, SUSD, USDC, WBTC, WETH, type WorldSketch } from './world.ts'

/** How often a property is tried. */
export const RUNS = { seed: 20_200_312, numRuns: 600 } as const
/** Even over a range: plain doubles are nearly all tiny. */
export const amount = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((step) => min + ((max - min) * step) / 1_000_000)

const loan = (venue: string) =>
  fc
    .record({
      weth: amount(0, 100),
      wbtc: fc.option(amount(0, 5), { nil: 0 }),
      usdc: fc.option(amount(0, 20_000), { nil: 0 }),
      health: fc.oneof(amount(0.9, 1.5), amount(1.5, 4)),
      btcShare: fc.constantFrom(0, 0, 0, 0.3),
      thresholds: fc.tuple(
        fc.bigInt({ min: 6_000n, max: 9_000n }),
        fc.bigInt({ min: 6_000n, max: 9_000n }),
        fc.bigInt({ min: 6_000n, max: 9_000n }),
      ),
    })
    .map(({ weth, wbtc, usdc, health, btcShare, thresholds }) => {
      const [a, b, c] = thresholds.map((bps) => Number(bps) / 1e4) as [number, number, number]
      const debt = (weth * 2_000 * a + wbtc * 40_000 * b + usdc * c) / health
      return {
        venue,
        collateral: [
          { token: WETH, amount: weth, thresholdBps: thresholds[0] },
          { token: WBTC, amount: wbtc, thresholdBps: thresholds[1] },
          { token: USDC, amount: usdc, thresholdBps: thresholds[2] },
        ],
        debt: [
          { token: USDC, amount: debt * (1 - btcShare) },
          { token: WBTC, amount: (debt * btcShare) / 40_000 },
        ],
      }
    })

const pending = fc
  .record({ asset: fc.constant('ETH'), size: amount(-5, 5), expiresIn: fc.bigInt(-60n, 60n) })
  .filter(({ size }) => size !== 0)

const account = fc
  .record({
    eth: amount(-50, 50),
    btc: fc.option(amount(-2, 2), { nil: 0 }),
    health: fc.oneof(amount(-0.5, 2), amount(2, 10)),
    gap: amount(0.98, 1.02),
  })
  .map(({ eth, btc, health, gap }) => ({
    venue: 'perp',
    equity: (Math.abs(eth) * 2_000 + Math.abs(btc) * 40_000) * 0.0625 * health,
    legs: [
      { asset: 'ETH', size: eth, mark: 2_000 * gap },
      { asset: 'BTC', size: btc },
    ],
  }))

/** One market, margin in another dollar, a fixed part in its requirement. */
const secondAccount = fc
  .record({
    size: amount(-50, 50),
    health: fc.oneof(amount(-0.5, 2), amount(2, 10)),
    fixedRequirement: amount(0, 20),
  })
  .map(({ size, health, fixedRequirement }) => ({
    venue: 'snx',
    marginToken: SUSD,
    fixedRequirement,
    equity: (Math.abs(size) * 2_000 * 0.0625 + fixedRequirement) * health,
    legs: [{ asset: 'ETH', size }],
  }))

/** One account in four has an order that waits. */
const withPending = <A extends object>(of: fc.Arbitrary<A>) =>
  fc
    .tuple(of, pending, fc.nat({ max: 3 }))
    .map(([each, waits, quarter]) => (quarter === 0 ? { ...each, pending: waits } : each))

const market = (venue: string, asset: string) =>
  fc.record({
    venue: fc.constant(venue),
    asset: fc.constant(asset),
    fill: amount(0.99, 1.01).map((gap) => gap * (asset === 'ETH' ? 2_000 : 40_000)),
    buyFee: amount(0, 0.002),
    sellFee: amount(0, 0.002),
    fixedFee: fc.constantFrom(0, 2, 10),
    depth: fc.constantFrom(0, 50_000, 1_000_000, 1e12),
  })

/** Random books of two loans, two perp accounts and a reserve; oracle and market agree in two of three. */
export const sketch: fc.Arbitrary<WorldSketch> = fc.record({
  loans: fc.tuple(loan('aave'), loan('morpho')),
  perps: fc.tuple(withPending(account), withPending(secondAccount)),
  markets: fc
    .tuple(market('perp', 'ETH'), market('perp', 'BTC'), market('snx', 'ETH'))
    .chain((all) => fc.subarray(all)),
  reserve: fc.tuple(
    fc.record({ token: fc.constant(USDC), amount: amount(0, 50_000) }),
    fc.record({ token: fc.constant(WETH), amount: amount(0, 10) }),
  ),
  market: fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.record({ ETH: amount(1_900, 2_100), BTC: amount(38_000, 42_000) }),
    },
  ),
  depth: fc.constantFrom(50_000, 1_000_000, 50_000_000),
})

const ids = ['aave', 'morpho', 'perp', 'snx'].map(domainId)
/** Random things that can be done. */
export const options: fc.Arbitrary<Routes> = fc
  .record({
    flash: fc.boolean(),
    swaps: fc.boolean(),
    transfers: fc.subarray(
      ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => ({ from, to }))),
    ),
  })
  .map(({ flash, swaps, transfers }) =>
    routes({ transfers, ...(flash ? {} : { flashLoan: null }), ...(swaps ? {} : { swaps: [] }) }),
  )

/** Health of every domain after the actions, by the domains' own arithmetic: the worse of both sets of prices. */
export function healthsAfter(frame: Frame, plan: Plan): ReadonlyMap<DomainId, number> {
  const healths = new Map<DomainId, number>()
  for (const start of [...frame.lending, ...frame.perps]) {
    let position = start
    for (const action of plan.actions) position = applyAction(position, action)
    const known = findDomain(frame.portfolio, position.domain)?.liquidation
    if (known === undefined) continue
    const domain =
      position.type === 'lending'
        ? lendingDomain({ position, fullCloseHealth: known.fullCloseHealth })
        : perpDomain({ position, liquidation: known })
    healths.set(
      position.domain,
      Math.min(
        healthFactorOf(domain.health(new Map([...frame.oraclePrices, ...domain.venuePrices]))),
        healthFactorOf(domain.health(frame.marketPrices)),
      ),
    )
  }
  return healths
}

/** The same before anything is done. */
export const healthsBefore = (frame: Frame): ReadonlyMap<DomainId, number> =>
  healthsAfter(frame, { engine: '', actions: [], why: '' })
