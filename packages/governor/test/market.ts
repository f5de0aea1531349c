import {
  type Action,
  type Address,
  bps,
  type DepthReading,
  type Frame,
  type Intent,
  type LendingPosition,
  lendingDomain,
  type PerpMarketReading,
  type PerpPosition,
  perpDomain,
  price,
  ray,
  type Token,
  usd,
  WAD,
  wad,
  wadFromBps,
} from '@plimsoll/domain'

const address = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

const OWNER = address(0xa11ce)
export const WETH: Token = {
  chainId: 31337,
  address: address(1),
  symbol: 'WETH',
  decimals: 18,
  asset: 'ETH',
}
export const USDC: Token = {
  ...WETH,
  address: address(3),
  symbol: 'USDC',
  decimals: 6,
  asset: 'USDC',
}

/** Whole dollars. [USD 1e8] */
const dollars = (value: number) => usd(BigInt(Math.round(value * 1e8)))

export type MarketSketch = {
  /** Of a loan of 100 WETH at 2000 and threshold 80 %. */
  readonly health?: number
  /** Of the perp account. */
  readonly perpHealth?: number
  readonly depthDown?: number
  readonly depthUp?: number
  readonly volume5m?: number
  readonly readings?: readonly DepthReading[]
  readonly marketPrices?: ReadonlyMap<string, number>
  /** Depth below the price where the perp venue reports its market of ETH; above it there is one dollar. [USD] */
  readonly perpDepth?: number
  /** What its keeper takes. [USD] */
  readonly fixedFee?: number
}

/** One loan and one perp account (long 20 ETH, health 1.2) beside a WETH/USDC pool. */
export function market(sketch: MarketSketch = {}): Frame {
  const reading: DepthReading = {
    venue: 'pool',
    asset: 'ETH',
    base: WETH,
    quote: USDC,
    spot: price(2_000n * WAD),
    fee: 0.0005,
    depthDown: dollars(sketch.depthDown ?? 1_000_000),
    depthUp: dollars(sketch.depthUp ?? 1_000_000),
    volume5m: dollars(sketch.volume5m ?? 1_000_000),
  }
  const lending = loan(sketch.health ?? 1.2)
  const perp = account(sketch.perpHealth ?? 1.2)
  return {
    block: { number: 1n, hash: '0x01', timestamp: 0n, gasPrice: 1n },
    owner: OWNER,
    lending: [lending],
    perps: [perp],
    portfolio: {
      domains: [
        lendingDomain({ position: lending, fullCloseHealth: 0.95 }),
        perpDomain({
          position: perp,
          liquidation: { closeFactor: 0.5, fullCloseHealth: 0.5, bonus: 0.0125, partial: true },
        }),
      ],
      spot: [],
    },
    oraclePrices: new Map([
      ['ETH', 2_000],
      ['USDC', 1],
    ]),
    marketPrices:
      sketch.marketPrices ??
      new Map([
        ['ETH', 2_000],
        ['USDC', 1],
      ]),
    prices: [],
    depth: sketch.readings ?? [reading],
    perpMarkets:
      sketch.perpDepth === undefined ? [] : [perpMarket(sketch.perpDepth, sketch.fixedFee)],
  }
}

function perpMarket(depth: number, fixedFee = 0): PerpMarketReading {
  return {
    venue: 'perp',
    market: 'vETH',
    asset: 'ETH',
    markPrice: price(2_000n * WAD),
    maintenanceMarginRatio: wadFromBps(bps(625n)),
    fundingRate: wad(0n),
    fundingInterval: 86_400n,
    fillPrice: price(2_000n * WAD),
    buyFee: 0.001,
    sellFee: 0.001,
    fixedFee: dollars(fixedFee),
    depthDown: dollars(depth),
    depthUp: dollars(1),
  }
}

function loan(health: number): LendingPosition {
  const raw = BigInt(Math.round((160_000 / health) * 1e6))
  return {
    type: 'lending',
    venue: 'aave',
    domain: 'aave/owner',
    account: OWNER,
    collateral: [
      {
        token: WETH,
        raw: 100n * WAD,
        oraclePrice: price(2_000n * WAD),
        value: dollars(200_000),
        liquidationThreshold: wadFromBps(bps(8_000n)),
        maxLtv: wadFromBps(bps(7_500n)),
        liquidationBonus: wadFromBps(bps(500n)),
        supplyRate: ray(0n),
      },
    ],
    debt: [
      { token: USDC, raw, oraclePrice: price(WAD), value: usd(raw * 100n), borrowRate: ray(0n) },
    ],
    healthFactor: wad(0n),
    closeFactor: wadFromBps(bps(5_000n)),
  }
}

function account(health: number): PerpPosition {
  const equity = BigInt(Math.round(2_500 * health * 1e6))
  return {
    type: 'perp',
    venue: 'perp',
    domain: 'perp/owner',
    account: OWNER,
    marginToken: USDC,
    margin: equity,
    freeCollateral: 0n,
    legs: [
      {
        market: 'vETH',
        asset: 'ETH',
        size: 20n * WAD,
        openNotional: -40_000n * WAD,
        markPrice: price(2_000n * WAD),
        indexPrice: price(2_000n * WAD),
        fundingOwed: 0n,
        fundingRate: wad(0n),
        fundingInterval: 86_400n,
        maintenanceMarginRatio: wadFromBps(bps(625n)),
      },
    ],
    equity: equity * 10n ** 12n,
    maintenanceMargin: 2_500n * WAD,
    liquidationFee: wadFromBps(bps(250n)),
    pending: null,
  }
}

const plain = {
  settlement: 'direct',
  flashLoan: null,
  cost: { slippage: usd(0n), fees: usd(0n), gas: dollars(5) },
  healthBefore: 1.2,
  healthAfter: 1.5,
  why: 'a test',
} as const

/** Sells this much collateral atomically, repaying 99 % of it. [USD] */
export function deleverage(value: number, change: Partial<Action> = {}): Action {
  const raw = (BigInt(Math.round(value * 1e6)) * WAD) / 2_000n / 10n ** 6n
  const repaid = BigInt(Math.round(value * 0.99 * 1e6))
  const base = { venue: 'aave', domain: 'aave/owner' } as const
  return {
    ...plain,
    type: 'deleverage',
    domain: 'aave/owner',
    intents: [
      { type: 'repay', ...base, token: USDC, raw: repaid },
      { type: 'withdraw', ...base, token: WETH, raw },
      {
        type: 'swap',
        venue: 'pool',
        tokenIn: WETH,
        tokenOut: USDC,
        amountIn: raw,
        minOut: repaid + repaid / 2_000n + 2n,
      },
    ],
    settlement: 'atomic',
    flashLoan: { token: USDC, raw: repaid },
    cost: { slippage: dollars(value / 1_000), fees: dollars(value / 2_000), gas: dollars(5) },
    ...change,
  }
}

/** Closes this much of the perp. [USD] */
export function reduce(value: number, change: Partial<Action> = {}): Action {
  const size = -((BigInt(Math.round(value * 1e6)) * WAD) / 2_000n / 10n ** 6n)
  return {
    ...plain,
    type: 'reduce',
    domain: 'perp/owner',
    intents: [
      {
        type: 'trade',
        venue: 'perp',
        domain: 'perp/owner',
        market: 'vETH',
        asset: 'ETH',
        size,
        limit: (-size * 1_990n * 1n) / 1n,
        reduceOnly: true,
      },
    ],
    healthAfter: 2,
    ...change,
  }
}

/** Withdraws this much collateral of another domain, sells it and repays with what it brings. [USD] */
export function transfer(value: number): Action {
  const { intents } = deleverage(value)
  const [repay, withdraw, swap] = intents
  if (repay?.type !== 'repay' || withdraw?.type !== 'withdraw' || swap === undefined)
    throw new TypeError('deleverage is repay, withdraw, swap')
  const donated = { ...withdraw, venue: 'lender', domain: 'lender/owner' }
  return quiet('transfer', [donated, swap, repay])
}

/** An action of one intent that trades nothing. */
export const quiet = (type: Action['type'], intents: readonly Intent[]): Action => ({
  ...plain,
  type,
  domain: 'aave/owner',
  intents,
})
