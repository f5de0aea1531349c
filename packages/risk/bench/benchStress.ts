import { createLinearDomain, InvariantError, type MarginDomain, usd } from '@plimsoll/domain'
import { compileBook } from '../src/stress/compileBook.ts'
import { DEFAULT_STRESS_CONFIG } from '../src/stress/StressConfig.ts'
import { scenarioGrid } from '../src/stress/scenarioGrid.ts'
import { stressBook } from '../src/stress/stressBook.ts'
import { WETH, world } from '../test/world.ts'

/** What a stress grid costs: the best of several rounds. [ms] */
export type StressBench = {
  /** Forty scenarios over eight compiled domains of ten assets each, a fifth of them with liquidations. */
  readonly fortyScenariosMs: number
  /** Compiling the book and building the grid, once a frame. */
  readonly compileMs: number
}

const ASSETS = ['ETH', 'BTC', 'SOL', 'LINK', 'ARB', 'UNI', 'AVAX', 'DOGE', 'USDC', 'DAI']
const VOLATILE = ASSETS.slice(0, 8)
const PRICES = new Map(ASSETS.map((asset, i) => [asset, i < 8 ? 100 * (i + 1) : 1]))
const ROUNDS = 20
const RUNS = 200

/**
 * Measures a stress grid on different books of loans and perps.
 *
 * @param p.now - Time that only rises. [ms]
 */
export function benchStress(p: { now(): number }): StressBench {
  const frames = Array.from({ length: 8 }, (_, i) => frameOf(i))
  const sigma24h = new Map(VOLATILE.map((asset) => [asset, 0.04]))
  const gridOf = () => scenarioGrid({ assets: ASSETS, sigma24h, config: DEFAULT_STRESS_CONFIG })
  // Every fifth scenario left out: all kinds stay in.
  const forty = gridOf()
    .filter((_, i) => i % 5 !== 4)
    .slice(0, 40)
  const books = frames.map(compileBook)
  return {
    fortyScenariosMs: best(p.now, (i) => numberOf(stressBook(at(books, i), forty).worst?.loss)),
    compileMs: best(p.now, (i) => compileBook(at(frames, i)).equity + gridOf().length),
  }
}

function best(now: () => number, run: (i: number) => number): number {
  let fastest = Number.POSITIVE_INFINITY
  let sum = 0
  for (let round = 0; round < ROUNDS; round++) {
    const from = now()
    for (let i = 0; i < RUNS; i++) sum += run(i)
    fastest = Math.min(fastest, (now() - from) / RUNS)
  }
  return Number.isFinite(sum) ? fastest : Number.NaN
}

const numberOf = (value: number | undefined): number => value ?? Number.NaN

function at<T>(all: readonly T[], i: number): T {
  const found = all[i % all.length]
  if (found === undefined)
    throw new InvariantError({ expected: 'a book to measure', found: 'none' })
  return found
}

function frameOf(seed: number) {
  const depth = usd(1_000_000_00000000n)
  const domains = Array.from({ length: 8 }, (_, n) => domainOf(n, seed))
  return {
    ...world({}),
    portfolio: { domains, spot: [] },
    oraclePrices: PRICES,
    marketPrices: PRICES,
    depth: world({}).depth.flatMap((reading, i) =>
      i > 0
        ? []
        : VOLATILE.map((asset) => ({
            ...reading,
            asset,
            base: { ...WETH, asset },
            depthDown: depth,
            depthUp: depth,
          })),
    ),
  }
}

function domainOf(n: number, seed: number): MarginDomain {
  const isPerp = n % 3 === 2
  const value = (i: number) => 100_000 * (1 + ((7 * i + n + seed) % 5))
  const held = new Map(VOLATILE.map((asset, i) => [asset, value(i) / (PRICES.get(asset) ?? 1)]))
  const total = VOLATILE.reduce((sum, _, i) => sum + value(i), 0)
  const owed = (0.8 * total) / (1.1 + 0.1 * n) / 2
  const debt = new Map([
    ['USDC', owed],
    ['DAI', owed],
  ])
  const scaled = (by: number) => new Map([...held].map(([asset, tokens]) => [asset, by * tokens]))
  const equity = new Map([...held, ['USDC', -owed] as const, ['DAI', -owed] as const])
  return createLinearDomain({
    id: `domain ${n}`,
    venue: `venue ${n}`,
    type: isPerp ? 'perp' : 'lending',
    venuePrices: PRICES,
    liquidation: { closeFactor: 0.5, fullCloseHealth: 0.95, bonus: 0.05, partial: true },
    linear: {
      backing: { constant: 0, perToken: isPerp ? equity : scaled(0.8) },
      requirement: { constant: 0, perToken: isPerp ? scaled(0.05) : debt },
      equity: { constant: 0, perToken: equity },
      exposure: { constant: 0, perToken: isPerp ? held : debt },
    },
  })
}
