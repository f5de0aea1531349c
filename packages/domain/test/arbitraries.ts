import fc from 'fast-check'
import {
  type Address,
  bps,
  type CollateralLeg,
  type DebtLeg,
  type LendingPosition,
  lendingDomain,
  type MarginDomain,
  mulDivUp,
  type PerpLeg,
  type PerpPosition,
  type Prices,
  perpDomain,
  price,
  priceFromNumber,
  ray,
  type Token,
  usd,
  valueDown,
  valueUp,
  WAD,
  wad,
  wadFromBps,
  wadFromNumber,
} from '../src/index.ts'

/** Every property runs on the same examples each time. */
export const RUNS = { seed: 1_912_031_876, numRuns: 400 } as const

const address = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

export const OWNER = address(0xa11ce)

const token = (n: number, symbol: string, decimals: number, asset: string): Token => ({
  chainId: 31337,
  address: address(n),
  symbol,
  decimals,
  asset,
})

export const WETH = token(1, 'WETH', 18, 'ETH')
export const WBTC = token(2, 'WBTC', 8, 'BTC')
export const USDC = token(3, 'USDC', 6, 'USDC')
export const TOKENS = [WETH, WBTC, USDC] as const

/** A number even over a range: plain doubles are nearly all tiny. */
export const even = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1_000_000 }).map((step) => min + ((max - min) * step) / 1_000_000)

/** Prices of every asset a position can hold. */
export const prices: fc.Arbitrary<Prices> = fc
  .record({
    ETH: even(50, 20_000),
    BTC: even(500, 500_000),
    USDC: even(0.5, 1.5),
  })
  .map((each) => new Map(Object.entries(each)))

/** Raw amount of a token worth up to about ten million dollars at everyday prices. */
const raw = ({ decimals, asset }: Token, from: bigint): fc.Arbitrary<bigint> => {
  const whole = asset === 'ETH' ? 5_000n : asset === 'BTC' ? 250n : 10_000_000n
  return fc.bigInt({ min: from, max: whole * 10n ** BigInt(decimals) })
}

const oraclePrice = (of: Token) =>
  priceFromNumber(of.asset === 'ETH' ? 2_000 : of.asset === 'BTC' ? 40_000 : 1)

const collateralLeg = (of: Token): fc.Arbitrary<CollateralLeg> =>
  fc.record({ amount: raw(of, 0n), threshold: fc.bigInt({ min: 1n, max: 9_500n }) }).map((leg) => ({
    token: of,
    raw: leg.amount,
    oraclePrice: oraclePrice(of),
    value: valueDown(leg.amount, of.decimals, oraclePrice(of)),
    liquidationThreshold: wadFromBps(bps(leg.threshold)),
    maxLtv: wadFromBps(bps(leg.threshold)),
    liquidationBonus: wadFromBps(bps(500n)),
    supplyRate: ray(0n),
  }))

const debtLeg = (of: Token): fc.Arbitrary<DebtLeg> =>
  raw(of, 10n ** BigInt(of.decimals - 3)).map((amount) => ({
    token: of,
    raw: amount,
    oraclePrice: oraclePrice(of),
    value: valueUp(amount, of.decimals, oraclePrice(of)),
    borrowRate: ray(0n),
  }))

/** Loans with one to three collaterals and up to two debts. */
export const lendingPosition: fc.Arbitrary<LendingPosition> = fc
  .record({
    collateral: fc
      .subarray([...TOKENS], { minLength: 1 })
      .chain((tokens) => fc.tuple(...tokens.map(collateralLeg))),
    debt: fc
      .subarray([...TOKENS], { maxLength: 2 })
      .chain((tokens) => fc.tuple(...tokens.map(debtLeg))),
  })
  .map(({ collateral, debt }) => ({
    type: 'lending',
    venue: 'lender',
    domain: 'lender/owner',
    account: OWNER,
    collateral,
    debt,
    healthFactor: wad(0n),
    closeFactor: wadFromBps(bps(5_000n)),
  }))

const perpLeg = (asset: string, mark: number): fc.Arbitrary<PerpLeg> =>
  fc
    .record({
      size: fc.bigInt({ min: -(500n * WAD), max: 500n * WAD }),
      entry: even(0.5, 2),
      ratio: fc.bigInt({ min: 50n, max: 2_000n }),
    })
    .map(({ size, entry, ratio }) => ({
      market: `v${asset}`,
      asset,
      size,
      openNotional: (-size * priceFromNumber(mark * entry)) / WAD,
      markPrice: priceFromNumber(mark),
      indexPrice: price(priceFromNumber(mark)),
      fundingOwed: 0n,
      fundingRate: wad(0n),
      fundingInterval: 86_400n,
      maintenanceMarginRatio: wadFromBps(bps(ratio)),
    }))

/** Perp accounts whose equity is its margin and unrealised profit: far above, near and below zero. */
export const perpPosition: fc.Arbitrary<PerpPosition> = fc
  .record({
    margin: fc.bigInt({ min: -1_000_000_000_000n, max: 5_000_000_000_000n }),
    eth: perpLeg('ETH', 2_000),
    btc: perpLeg('BTC', 40_000),
    open: fc.subarray(['ETH', 'BTC']),
  })
  .map(({ margin, eth, btc, open }) =>
    perpOf(
      margin,
      [eth, btc].filter((l) => open.includes(l.asset)),
    ),
  )

function perpOf(margin: bigint, legs: readonly PerpLeg[]): PerpPosition {
  const value = (leg: PerpLeg): bigint => (leg.size * leg.markPrice) / WAD
  const abs = (x: bigint): bigint => (x < 0n ? -x : x)
  return {
    type: 'perp',
    venue: 'perp',
    domain: 'perp/owner',
    account: OWNER,
    marginToken: USDC,
    margin,
    freeCollateral: margin > 0n ? margin : 0n,
    legs,
    equity:
      margin * 10n ** 12n + legs.reduce((sum, leg) => sum + value(leg) + leg.openNotional, 0n),
    maintenanceMargin: legs.reduce(
      (sum, leg) => sum + mulDivUp(abs(value(leg)), leg.maintenanceMarginRatio, WAD),
      0n,
    ),
    pending: null,
    liquidationFee: wadFromBps(bps(250n)),
  }
}

/** The margin domain of either kind of position. */
export function domainOf(position: LendingPosition | PerpPosition): MarginDomain {
  return position.type === 'lending'
    ? lendingDomain({ position, fullCloseHealth: 0.95 })
    : perpDomain({
        position,
        liquidation: { closeFactor: 0.5, fullCloseHealth: 0.5, bonus: 0.0125, partial: true },
      })
}

/** Lending and perp domains alike. */
export const position: fc.Arbitrary<LendingPosition | PerpPosition> = fc.oneof(
  lendingPosition,
  perpPosition,
)

/** The same position with this much less backing: collateral leaves a loan, equity leaves a perp account. */
export function weakened(
  from: LendingPosition | PerpPosition,
  share: number,
  loss: number,
): LendingPosition | PerpPosition {
  if (from.type === 'perp') return { ...from, equity: from.equity - wadFromNumber(loss) }
  const part = BigInt(Math.round(share * 1e6))
  return {
    ...from,
    collateral: from.collateral.map((leg) => ({
      ...leg,
      raw: (leg.raw * part) / 1_000_000n,
      value: usd((leg.value * part) / 1_000_000n),
    })),
  }
}

/** Prices with one of them multiplied. */
export const moved = (at: Prices, asset: string, factor: number): Prices =>
  new Map([...at].map(([each, value]) => [each, each === asset ? value * factor : value]))
