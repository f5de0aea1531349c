import {
  type Action,
  type Address,
  bps,
  type Frame,
  type LendingPosition,
  lendingDomain,
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
const WETH: Token = { chainId: 1, address: address(1), symbol: 'WETH', decimals: 18, asset: 'ETH' }
const USDC: Token = { chainId: 1, address: address(2), symbol: 'USDC', decimals: 6, asset: 'USDC' }
const dollars = (value: number) => usd(BigInt(value) * 10n ** 8n)

const loan: LendingPosition = {
  type: 'lending',
  venue: 'lender',
  domain: 'lender/owner',
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
    {
      token: USDC,
      raw: 130_000n * 10n ** 6n,
      oraclePrice: price(WAD),
      value: dollars(130_000),
      borrowRate: ray(0n),
    },
  ],
  healthFactor: wad(0n),
  closeFactor: wadFromBps(bps(5_000n)),
}
const portfolio = { domains: [lendingDomain({ position: loan, fullCloseHealth: 0.95 })], spot: [] }
const prices = new Map([
  ['ETH', 2_000],
  ['USDC', 1],
])

/** One loan of $200,000 beside a pool that bears much, at a second of its own. */
export const benchFrame = (second: number): Frame => ({
  block: { number: BigInt(second), hash: '0x01', timestamp: BigInt(second), gasPrice: 1n },
  owner: OWNER,
  lending: [loan],
  perps: [],
  portfolio,
  oraclePrices: prices,
  marketPrices: prices,
  prices: [],
  depth: [
    {
      venue: 'pool',
      asset: 'ETH',
      base: WETH,
      quote: USDC,
      spot: price(2_000n * WAD),
      fee: 0.0005,
      depthDown: dollars(5_000_000),
      depthUp: dollars(5_000_000),
      volume5m: dollars(10_000_000),
    },
  ],
  perpMarkets: [],
})

/** Sells $1,000 of collateral and repays with it. */
export const benchAction: Action = {
  type: 'deleverage',
  domain: loan.domain,
  intents: [
    { type: 'repay', venue: 'lender', domain: loan.domain, token: USDC, raw: 990n * 10n ** 6n },
    { type: 'withdraw', venue: 'lender', domain: loan.domain, token: WETH, raw: WAD / 2n },
    {
      type: 'swap',
      venue: 'pool',
      tokenIn: WETH,
      tokenOut: USDC,
      amountIn: WAD / 2n,
      minOut: 991n * 10n ** 6n,
    },
  ],
  settlement: 'atomic',
  flashLoan: { token: USDC, raw: 990n * 10n ** 6n },
  cost: { slippage: dollars(1), fees: dollars(1), gas: dollars(5) },
  healthBefore: 1.23,
  healthAfter: 1.232,
  why: 'measurement',
}
