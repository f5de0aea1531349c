import {
  type Address,
  bps,
  type DebtLeg,
  type DepthReading,
  type Frame,
  healthFactorOf,
  type LendingPosition,
  lendingDomain,
  type PerpLeg,
  type PerpPosition,
  perpDomain,
  price,
  priceFromNumber,
  rawFromNumber,
  ray,
  type SpotPosition,
  type Token,
  usd,
  valueDown,
  valueUp,
  wad,
  wadFromBps,
  wadFromNumber,
} from '@plimsoll/domain'
import type { Routes } from '../src/index.ts'

const address = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

const OWNER = address(0xa11ce)
export const WETH: Token = token(1, 'WETH', 18, 'ETH')
export const WBTC: Token = token(2, 'WBTC', 8, 'BTC')
export const USDC: Token = token(3, 'USDC', 6, 'USDC')

function token(n: number, symbol: string, decimals: number, asset: string): Token {
  return { chainId: 31337, address: address(n), symbol, decimals, asset }
}

/** A loan of whole tokens. Prices default to ETH 2000, BTC 40000, USDC 1. */
type LoanSketch = {
  readonly venue: string
  readonly collateral: readonly {
    readonly token: Token
    readonly amount: number
    readonly thresholdBps?: bigint
  }[]
  readonly debt: readonly { readonly token: Token; readonly amount: number }[]
}

/** A perp account in whole units. */
type PerpSketch = {
  readonly venue: string
  readonly equity: number
  readonly free?: number
  readonly legs: readonly {
    readonly asset: string
    readonly size: number
    readonly mark?: number
  }[]
}

export type WorldSketch = {
  readonly oracle?: Readonly<Record<string, number>>
  readonly market?: Readonly<Record<string, number>>
  readonly loans?: readonly LoanSketch[]
  readonly perps?: readonly PerpSketch[]
  readonly reserve?: readonly { readonly token: Token; readonly amount: number }[]
  /** Value that moves a pool's price by 1 %. [USD] */
  readonly depth?: number
}

export const domainId = (venue: string): string => `${venue}/${OWNER}`

const PRICES = { ETH: 2_000, BTC: 40_000, USDC: 1 }
const MAINTENANCE = 0.0625

/** A frame of whole numbers. */
export function world(sketch: WorldSketch): Frame {
  const oraclePrices = new Map(Object.entries({ ...PRICES, ...sketch.oracle }))
  const marketPrices = new Map(Object.entries({ ...PRICES, ...sketch.oracle, ...sketch.market }))
  const lending = (sketch.loans ?? []).map((loan) => loanOf(loan, oraclePrices))
  const perps = (sketch.perps ?? []).map((perp) => perpOf(perp, oraclePrices))
  const spot = (sketch.reserve ?? []).map(
    (held): SpotPosition => ({
      type: 'spot',
      account: OWNER,
      token: held.token,
      raw: rawFromNumber(held.amount, held.token.decimals),
    }),
  )
  const domains = [
    ...lending.map((position) => lendingDomain({ position, fullCloseHealth: 0.95 })),
    ...perps.map((position) =>
      perpDomain({
        position,
        liquidation: { closeFactor: 0.5, fullCloseHealth: 0.5, bonus: 0.0125, partial: true },
      }),
    ),
  ]
  return {
    block: { number: 7n, hash: '0x07', timestamp: 1_700_000_000n, gasPrice: 20n * 10n ** 9n },
    owner: OWNER,
    lending,
    perps,
    portfolio: { domains, spot },
    oraclePrices,
    marketPrices,
    prices: [],
    depth: [WETH, WBTC].map((base) => depthOf(base, marketPrices, sketch.depth ?? 10_000_000)),
    perpMarkets: [],
  }
}

/** Everything that can be done in {@link world}. */
export function routes(change: Partial<Routes> = {}): Routes {
  return {
    swaps: [
      { venue: 'pool', tokens: [WETH, USDC] },
      { venue: 'pool', tokens: [USDC, WBTC] },
    ],
    flashLoan: { tokens: [USDC.address], fee: 0.0005 },
    reserve: [USDC.address, WETH.address],
    transfers: [],
    perps: [
      {
        venue: 'perp',
        domain: domainId('perp'),
        market: 'vETH',
        asset: 'ETH',
        maintenanceMarginRatio: MAINTENANCE,
      },
    ],
    ...change,
  }
}

function loanOf(sketch: LoanSketch, prices: ReadonlyMap<string, number>): LendingPosition {
  const at = (held: Token) => priceFromNumber(prices.get(held.asset) ?? 0)
  const collateral = sketch.collateral.map(({ token: held, amount, thresholdBps }) => {
    const raw = rawFromNumber(amount, held.decimals)
    return {
      token: held,
      raw,
      oraclePrice: at(held),
      value: valueDown(raw, held.decimals, at(held)),
      liquidationThreshold: wadFromBps(bps(thresholdBps ?? 8_000n)),
      maxLtv: wadFromBps(bps((thresholdBps ?? 8_000n) - 500n)),
      liquidationBonus: wadFromBps(bps(500n)),
      supplyRate: ray(0n),
    }
  })
  const debt = sketch.debt.map(({ token: owed, amount }): DebtLeg => {
    const raw = rawFromNumber(amount, owed.decimals)
    return {
      token: owed,
      raw,
      oraclePrice: at(owed),
      value: valueUp(raw, owed.decimals, at(owed)),
      borrowRate: ray(0n),
    }
  })
  const base = {
    type: 'lending',
    venue: sketch.venue,
    domain: domainId(sketch.venue),
    account: OWNER,
    collateral,
    debt,
    closeFactor: wadFromBps(bps(5_000n)),
  } as const
  const bare = { ...base, healthFactor: wad(0n) }
  const health = lendingDomain({ position: bare, fullCloseHealth: null }).health(prices)
  const factor = healthFactorOf(health)
  return { ...base, healthFactor: wadFromNumber(Number.isFinite(factor) ? factor : 1e9) }
}

function perpOf(sketch: PerpSketch, prices: ReadonlyMap<string, number>): PerpPosition {
  const legs = sketch.legs.map(({ asset, size, mark }): PerpLeg => {
    const here = mark ?? prices.get(asset) ?? 0
    return {
      market: `v${asset}`,
      asset,
      size: wadFromNumber(size),
      openNotional: wadFromNumber(-size * here),
      markPrice: priceFromNumber(here),
      indexPrice: price(priceFromNumber(here)),
      fundingOwed: 0n,
      fundingRate: wad(0n),
      fundingInterval: 86_400n,
      maintenanceMarginRatio: wadFromNumber(MAINTENANCE),
    }
  })
  const maintenance = sketch.legs.reduce(
    (sum, { asset, size, mark }) =>
      sum + Math.abs(size) * (mark ?? prices.get(asset) ?? 0) * MAINTENANCE,
    0,
  )
  return {
    type: 'perp',
    venue: sketch.venue,
    domain: domainId(sketch.venue),
    account: OWNER,
    marginToken: USDC,
    margin: rawFromNumber(sketch.equity, 6),
    freeCollateral: rawFromNumber(sketch.free ?? Math.max(0, sketch.equity - 1.6 * maintenance), 6),
    legs,
    equity: wadFromNumber(sketch.equity),
    maintenanceMargin: wadFromNumber(maintenance),
    liquidationFee: wadFromBps(bps(250n)),
    pending: null,
  }
}

function depthOf(base: Token, prices: ReadonlyMap<string, number>, depth: number): DepthReading {
  const value = usd(BigInt(Math.round(depth * 1e8)))
  return {
    venue: 'pool',
    asset: base.asset,
    base,
    quote: USDC,
    spot: priceFromNumber((prices.get(base.asset) ?? 0) / (prices.get('USDC') ?? 1)),
    fee: 0.0005,
    depthDown: value,
    depthUp: value,
    volume5m: value,
  }
}
