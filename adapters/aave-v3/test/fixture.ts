import type { Address, LendingPosition, Token } from '@plimsoll/domain'
import { bps, price, ray, valueDown, valueUp, wad, wadFromBps } from '@plimsoll/domain'
import { type AaveV3Config, domainIdOf, venueIdOf } from '../src/config.ts'
import { legsOf } from '../src/quote.ts'
import { accountData, closeFactor } from '../src/risk.ts'

/** The n-th address of a row of made-up ones. */
const addressOf = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

const token = (n: number, symbol: string, decimals: number, asset: string): Token => ({
  chainId: 31_337,
  address: addressOf(n),
  symbol,
  decimals,
  asset,
})

export const weth = token(0x11, 'WETH', 18, 'ETH')
export const wbtc = token(0x12, 'WBTC', 8, 'BTC')
export const usdc = token(0x13, 'USDC', 6, 'USDC')
export const owner = addressOf(0xa1)
export const executor = addressOf(0xa2)
export const stranger = addressOf(0xa3)

/** A market that exists nowhere, for what needs no chain. */
export const config: AaveV3Config = {
  chainId: 31_337,
  pool: addressOf(0x01),
  addressesProvider: addressOf(0x02),
  oracle: addressOf(0x03),
  flashLoanPremium: 5n,
  reserves: [weth, wbtc, usdc].map((each, id) => ({
    token: each,
    id,
    aToken: addressOf(0x20 + id),
    stableDebtToken: addressOf(0x30 + id),
    variableDebtToken: addressOf(0x40 + id),
  })),
}

export const venue = venueIdOf(config.pool)
export const domain = domainIdOf(config.pool, owner)

/** What an account holds of one token. */
export type Holding = {
  readonly token: Token
  /** [token decimals] */
  readonly supplied: bigint
  /** [token decimals] */
  readonly owed: bigint
  /** [USD 1e8] */
  readonly priceE8: bigint
  /** [bps] */
  readonly ltv: bigint
  /** [bps] */
  readonly threshold: bigint
}

/** A position as the adapter would read it. */
export function positionOf(holdings: readonly Holding[]): LendingPosition {
  const at = (each: Holding) => price(each.priceE8 * 10n ** 10n)
  const position: LendingPosition = {
    type: 'lending',
    venue,
    domain,
    account: owner,
    collateral: holdings.map((each) => ({
      token: each.token,
      raw: each.supplied,
      oraclePrice: at(each),
      value: valueDown(each.supplied, each.token.decimals, at(each)),
      liquidationThreshold: wadFromBps(bps(each.threshold)),
      maxLtv: wadFromBps(bps(each.ltv)),
      liquidationBonus: wadFromBps(bps(500n)),
      supplyRate: ray(0n),
    })),
    debt: holdings.map((each) => ({
      token: each.token,
      raw: each.owed,
      oraclePrice: at(each),
      value: valueUp(each.owed, each.token.decimals, at(each)),
      borrowRate: ray(0n),
    })),
    healthFactor: wad(0n),
    closeFactor: wad(0n),
  }
  const { healthFactor } = accountData(legsOf(position))
  return {
    ...position,
    healthFactor: wad(healthFactor),
    closeFactor: wadFromBps(bps(closeFactor(healthFactor))),
  }
}

/** 10 WETH at $2000 against 8000 USDC. */
export const holdings = {
  weth: {
    token: weth,
    supplied: 10n ** 19n,
    owed: 0n,
    priceE8: 2_000_00000000n,
    ltv: 8_000n,
    threshold: 8_300n,
  },
  wbtc: {
    token: wbtc,
    supplied: 0n,
    owed: 0n,
    priceE8: 40_000_00000000n,
    ltv: 7_300n,
    threshold: 7_800n,
  },
  usdc: {
    token: usdc,
    supplied: 0n,
    owed: 8_000_000000n,
    priceE8: 1_00000000n,
    ltv: 7_700n,
    threshold: 8_000n,
  },
} as const satisfies Record<string, Holding>
