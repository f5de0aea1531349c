import { type PerpLeg, type PerpPosition, price, wad } from '@plimsoll/domain'

const ONE = 10n ** 18n

/** A leg of some USD at a mark price of 100. */
const leg = (market: string, notional: bigint): PerpLeg => ({
  market,
  asset: market,
  size: (notional * ONE) / 100n,
  openNotional: -notional * ONE,
  markPrice: price(100n * ONE),
  indexPrice: price(100n * ONE),
  fundingOwed: 0n,
  fundingRate: wad(0n),
  fundingInterval: 86_400n,
  maintenanceMarginRatio: wad(ONE / 16n),
})

/** A position with legs worth some USD each; negative is short. */
export const perpPosition = (...notionals: readonly bigint[]): PerpPosition => ({
  type: 'perp',
  venue: 'perp-v2:0x1',
  domain: 'perp-v2:0x1/0x2',
  account: '0x2',
  marginToken: { chainId: 1, address: '0x3', symbol: 'USDC', decimals: 6, asset: 'USDC' },
  margin: 0n,
  freeCollateral: 0n,
  legs: notionals.map((notional, i) => leg(`M${i}`, notional)),
  equity: ONE,
  maintenanceMargin: ONE,
  liquidationFee: wad(ONE / 40n),
  pending: null,
})
