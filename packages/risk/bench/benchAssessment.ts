import {
  type Address,
  bps,
  type Forecast,
  type Frame,
  type LendingPosition,
  lendingDomain,
  type PerpPosition,
  perpDomain,
  priceFromNumber,
  rawFromNumber,
  ray,
  type Token,
  usd,
  valueDown,
  valueUp,
  wad,
  wadFromBps,
  wadFromNumber,
} from '@plimsoll/domain'
import {
  type AssessConfig,
  assess,
  createDynamicProgramming,
  DEFAULT_ASSESS_CONFIG,
  DYNAMIC_PROGRAMMING,
  policyTable,
  type Routes,
} from '../src/index.ts'

/**
 * What judging and planning cost on one core. [ms]
 *
 * `P50` and `P99` are quantiles over frames of one run each: what a caller waits, and with it whatever else the machine
 * did in that time. `BestP99` is the quantile over the same frames of the best of five runs on each: what the slowest
 * frames cost by themselves. Where both are close the tail is the frames'; where they are far apart it is the neighbours'.
 */
export type AssessmentBench = {
  /** A whole assessment of eight domains and ten assets: probabilities, Greeks, scenario grid, breakers. */
  readonly assessP50Ms: number
  readonly assessP99Ms: number
  readonly assessBestP99Ms: number
  /** A whole plan by dynamic programming, with from none to all of the domains beyond their bands. */
  readonly planP50Ms: number
  readonly planP99Ms: number
  readonly planBestP99Ms: number
  readonly frames: number
}

const OWNER: Address = '0x00000000000000000000000000000000000a11ce'
const VOLATILE = ['ETH', 'BTC', 'SOL', 'LINK', 'AAVE', 'UNI', 'ARB', 'OP']
const ASSETS = [...VOLATILE, 'USDC', 'DAI']
const PRICE = new Map(ASSETS.map((asset, i) => [asset, i < 8 ? 2_000 / (i + 1) : 1]))
/** Both stables are pinned: every domain's probability is known, and that of any of them asked for. */
const CONFIG: AssessConfig = {
  ...DEFAULT_ASSESS_CONFIG,
  stable: [...DEFAULT_ASSESS_CONFIG.stable, 'DAI'],
}
const FRAMES = 1_000
const RUNS = 5
const WARM_UP = 60

const token = (asset: string): Token => ({
  chainId: 1,
  address: `0x${(ASSETS.indexOf(asset) + 1).toString(16).padStart(40, '0')}`,
  symbol: asset,
  decimals: 18,
  asset,
})

/**
 * Measures assessments and plans on different books of eight domains over ten assets.
 *
 * @param p.now - Time that only rises. [ms]
 */
export function benchAssessment(p: { now(): number }): AssessmentBench {
  const engine = createDynamicProgramming({
    config: DYNAMIC_PROGRAMMING.balanced,
    table: policyTable('balanced'),
    routes: ROUTES,
  })
  const assessing: number[][] = []
  const planning: number[][] = []
  for (let i = -WARM_UP; i < FRAMES; i++) {
    const assessed: number[] = []
    const planned: number[] = []
    for (let run = 0; run < RUNS; run++) {
      const frame = assessBenchFrames(i + WARM_UP) // a new one every run: nothing may be remembered of it
      const began = p.now()
      const assessment = assess({ frame, forecasts: FORECASTS, config: CONFIG })
      const judged = p.now()
      engine.plan(frame, assessment)
      assessed.push(judged - began)
      planned.push(p.now() - judged)
    }
    if (i < 0) continue
    assessing.push(assessed)
    planning.push(planned)
  }
  return {
    assessP50Ms: quantile(assessing.map(first), 0.5),
    assessP99Ms: quantile(assessing.map(first), 0.99),
    assessBestP99Ms: quantile(assessing.map(best), 0.99),
    planP50Ms: quantile(planning.map(first), 0.5),
    planP99Ms: quantile(planning.map(first), 0.99),
    planBestP99Ms: quantile(planning.map(best), 0.99),
    frames: FRAMES,
  }
}

const first = (runs: readonly number[]): number => runs[0] ?? Number.NaN
const best = (runs: readonly number[]): number => Math.min(...runs)

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN

export const FORECASTS: readonly Forecast[] = VOLATILE.map((asset, i) => ({
  asset,
  model: 'bench',
  at: 0,
  horizons: [3_600_000, 14_400_000, 86_400_000].map((ms) => ({
    ms,
    variance: ((0.6 + 0.08 * i) ** 2 * ms) / (365 * 86_400_000),
  })),
}))

const ROUTES: Routes = {
  swaps: VOLATILE.flatMap((asset) => [
    { venue: 'pool', tokens: [token(asset), token('USDC')] as const },
    { venue: 'pool', tokens: [token(asset), token('DAI')] as const },
  ]),
  flashLoan: { tokens: [token('USDC').address, token('DAI').address], fee: 0.0005 },
  reserve: [token('USDC').address],
  transfers: [0, 1, 2].flatMap((from) =>
    [3, 4].map((to) => ({ from: `loan ${from}`, to: `loan ${to}` })),
  ),
  perps: [{ venue: 'perp 0', domain: 'perp 0', market: 'ETH', asset: 'ETH' }],
}

/** Five loans of three collaterals and two debts, three perp accounts of four markets. Differs with `i`. */
export function assessBenchFrames(i: number): Frame {
  const vary = (n: number) => 0.85 + (0.3 * ((i * 7919 + n * 104_729) % 1_009)) / 1_009
  const lending = Array.from({ length: 5 }, (_, n) => loanOf(n, vary))
  const perps = Array.from({ length: 3 }, (_, n) => perpOf(n, vary))
  const marketPrices = new Map(
    [...PRICE].map(([asset, price], n) => [
      asset,
      n < 8 ? price * (1 + 0.001 * (vary(n) - 1)) : price,
    ]),
  )
  return {
    block: { number: BigInt(i), hash: '0x01', timestamp: 1_700_000_000n, gasPrice: 10n ** 10n },
    owner: OWNER,
    lending,
    perps,
    portfolio: {
      domains: [
        ...lending.map((position) => lendingDomain({ position, fullCloseHealth: 0.95 })),
        ...perps.map((position) =>
          perpDomain({
            position,
            liquidation: { closeFactor: 0.5, fullCloseHealth: 0.5, bonus: 0.0125, partial: true },
          }),
        ),
      ],
      spot: [
        { type: 'spot', account: OWNER, token: token('USDC'), raw: rawFromNumber(20_000, 18) },
      ],
    },
    oraclePrices: PRICE,
    marketPrices,
    prices: ASSETS.map((asset) => ({
      source: 'feed',
      asset,
      price: priceFromNumber(PRICE.get(asset) ?? 1),
      updatedAt: 1_700_000_000n,
      heartbeat: 3_600n,
    })),
    depth: VOLATILE.flatMap((asset) =>
      ['USDC', 'DAI'].map((quote) => ({
        venue: 'pool',
        asset,
        base: token(asset),
        quote: token(quote),
        spot: priceFromNumber(marketPrices.get(asset) ?? 1),
        fee: 0.0005,
        depthDown: usd(2_000_000_00000000n),
        depthUp: usd(2_000_000_00000000n),
        volume5m: usd(5_000_000_00000000n),
      })),
    ),
    perpMarkets: [],
  }
}

function loanOf(n: number, vary: (n: number) => number): LendingPosition {
  const collateral = [0, 1, 2].map((k) => {
    const held = token(VOLATILE[(n + 2 * k) % 8] ?? 'ETH')
    const oraclePrice = priceFromNumber(PRICE.get(held.asset) ?? 1)
    const raw = rawFromNumber((100_000 * vary(n + 10 * k)) / (PRICE.get(held.asset) ?? 1), 18)
    return {
      token: held,
      raw,
      oraclePrice,
      value: valueDown(raw, 18, oraclePrice),
      liquidationThreshold: wadFromBps(bps(8_000n)),
      maxLtv: wadFromBps(bps(7_500n)),
      liquidationBonus: wadFromBps(bps(500n)),
      supplyRate: ray(0n),
    }
  })
  const debt = [token('USDC'), token(n % 2 === 0 ? 'DAI' : 'BTC')].map((owed, k) => {
    const oraclePrice = priceFromNumber(PRICE.get(owed.asset) ?? 1)
    const raw = rawFromNumber(
      ((k === 0 ? 140_000 : 40_000) * vary(n + 50)) / (PRICE.get(owed.asset) ?? 1),
      18,
    )
    return {
      token: owed,
      raw,
      oraclePrice,
      value: valueUp(raw, 18, oraclePrice),
      borrowRate: ray(0n),
    }
  })
  return {
    type: 'lending',
    venue: `loan ${n}`,
    domain: `loan ${n}`,
    account: OWNER,
    collateral,
    debt,
    healthFactor: wad(0n),
    closeFactor: wadFromBps(bps(5_000n)),
  }
}

function perpOf(n: number, vary: (n: number) => number): PerpPosition {
  const legs = [0, 1, 2, 3].map((k) => {
    const asset = VOLATILE[(n + 2 * k) % 8] ?? 'ETH'
    const markPrice = priceFromNumber(PRICE.get(asset) ?? 1)
    const units = (50_000 * vary(n + k)) / (PRICE.get(asset) ?? 1)
    return {
      market: asset,
      asset,
      size: k === 3 ? -rawFromNumber(units, 18) : rawFromNumber(units, 18),
      openNotional: 0n,
      markPrice,
      indexPrice: markPrice,
      fundingOwed: 0n,
      fundingRate: wad(0n),
      fundingInterval: 86_400n,
      maintenanceMarginRatio: wadFromNumber(0.0625),
    }
  })
  return {
    type: 'perp',
    venue: `perp ${n}`,
    domain: `perp ${n}`,
    account: OWNER,
    marginToken: token('USDC'),
    margin: rawFromNumber(30_000 * vary(n + 90), 18),
    freeCollateral: 0n,
    legs,
    equity: wadFromNumber(30_000 * vary(n + 90)),
    maintenanceMargin: wadFromNumber(12_500),
    liquidationFee: wadFromBps(bps(125n)),
    pending: null,
  }
}
