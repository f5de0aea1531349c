import {
  type Address,
  bps,
  type DebtLeg,
  type DepthReading,
  type Frame,
  healthFactorOf,
  type LendingPosition,
  lendingDomain,
  type PendingTrade,
  type PerpLeg,
  type PerpMarketReading,
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
export const SUSD: Token = token(4, 'sUSD', 18, 'sUSD')

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
  readonly marginToken?: Token
  /** What it asks for beside a share of notional. [USD] */
  readonly fixedRequirement?: number
  /** A trade that waits to be filled, in seconds from the block of {@link world}. */
  readonly pending?: { readonly asset: string; readonly size: number; readonly expiresIn: bigint }
}

/** A perp market; its numbers are those of a deep one without fees unless given. */
type MarketSketch = {
  readonly venue: string
  readonly asset: string
  readonly mark?: number
  readonly fill?: number
  readonly buyFee?: number
  readonly sellFee?: number
  readonly fixedFee?: number
  readonly depth?: number
  /** Per day. */
  readonly funding?: number
}

export type WorldSketch = {
  readonly oracle?: Readonly<Record<string, number>>
  readonly market?: Readonly<Record<string, number>>
  readonly loans?: readonly LoanSketch[]
  readonly perps?: readonly PerpSketch[]
  readonly reserve?: readonly { readonly token: Token; readonly amount: number }[]
  /** Value that moves a pool's price by 1 %. [USD] */
  readonly depth?: number
  /** Perp markets that the frame reads; a venue that is not named reports none. */
  readonly markets?: readonly MarketSketch[]
}

export const domainId = (venue: string): string => `${venue}/${OWNER}`

const PRICES = { ETH: 2_000, BTC: 40_000, USDC: 1, sUSD: 1 }
const MAINTENANCE = 0.0625
const NOW = 1_700_000_000n

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
    block: { number: 7n, hash: '0x07', timestamp: NOW, gasPrice: 20n * 10n ** 9n },
    owner: OWNER,
    lending,
    perps,
    portfolio: { domains, spot },
    oraclePrices,
    marketPrices,
    prices: [],
    depth: [WETH, WBTC, SUSD].map((base) =>
      depthOf(base, marketPrices, sketch.depth ?? 10_000_000),
    ),
    perpMarkets: (sketch.markets ?? []).map((market) => marketOf(market, oraclePrices)),
  }
}

/** Everything that can be done in {@link world}. */
export function routes(change: Partial<Routes> = {}): Routes {
  return {
    swaps: [
      { venue: 'pool', tokens: [WETH, USDC] },
      { venue: 'pool', tokens: [USDC, WBTC] },
      { venue: 'pool', tokens: [SUSD, USDC], stable: true },
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
      },
      { venue: 'snx', domain: domainId('snx'), market: 'vETH', asset: 'ETH' },
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
    sketch.fixedRequirement ?? 0,
  )
  const marginToken = sketch.marginToken ?? USDC
  return {
    type: 'perp',
    venue: sketch.venue,
    domain: domainId(sketch.venue),
    account: OWNER,
    marginToken,
    margin: rawFromNumber(sketch.equity, marginToken.decimals),
    freeCollateral: rawFromNumber(
      sketch.free ?? Math.max(0, sketch.equity - 1.6 * maintenance),
      marginToken.decimals,
    ),
    legs,
    equity: wadFromNumber(sketch.equity),
    maintenanceMargin: wadFromNumber(maintenance),
    liquidationFee: wadFromBps(bps(250n)),
    pending: sketch.pending === undefined ? null : pendingOf(sketch.pending),
  }
}

function pendingOf({ asset, size, expiresIn }: NonNullable<PerpSketch['pending']>): PendingTrade {
  return {
    market: `v${asset}`,
    asset,
    size: wadFromNumber(size),
    committedAt: NOW - 60n,
    executableAt: NOW - 58n,
    expiresAt: NOW + expiresIn,
  }
}

function marketOf(sketch: MarketSketch, prices: ReadonlyMap<string, number>): PerpMarketReading {
  const mark = sketch.mark ?? prices.get(sketch.asset) ?? 0
  const depth = usd(BigInt(Math.round((sketch.depth ?? 1e9) * 1e8)))
  return {
    venue: sketch.venue,
    market: `v${sketch.asset}`,
    asset: sketch.asset,
    markPrice: priceFromNumber(mark),
    maintenanceMarginRatio: wadFromNumber(MAINTENANCE),
    fundingRate: wadFromNumber(sketch.funding ?? 0),
    fundingInterval: 86_400n,
    fillPrice: priceFromNumber(sketch.fill ?? mark),
    buyFee: sketch.buyFee ?? 0,
    sellFee: sketch.sellFee ?? 0,
    fixedFee: usd(BigInt(Math.round((sketch.fixedFee ?? 0) * 1e8))),
    depthDown: depth,
    depthUp: depth,
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
