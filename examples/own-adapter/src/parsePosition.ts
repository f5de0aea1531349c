import {
  type Address,
  type CollateralLeg,
  type DebtLeg,
  type DomainId,
  type LendingPosition,
  MAX_HEALTH_FACTOR,
  mulDivDown,
  mulDivUp,
  price,
  ray,
  type Token,
  type VenueId,
  valueDown,
  valueUp,
  WAD,
  wad,
} from '@plimsoll/domain'
import type { PondAccount } from './pond/createPond.ts'
import { POND_TERMS } from './pond/runPond.ts'

/** Native units to domain units. Collateral rounds down, debt rounds up: a position never looks safer than it is. */
export function parsePosition(
  raw: PondAccount,
  p: {
    readonly venue: VenueId
    readonly domain: DomainId
    readonly account: Address
    readonly collateral: Token
    readonly loan: Token
  },
): LendingPosition {
  const { venue, domain, account, collateral, loan } = p
  const { liquidationThreshold, maxLtv, liquidationBonus, borrowRate } = POND_TERMS
  const collateralPrice = price(raw.prices.collateral * 10n ** 10n)
  const held: CollateralLeg = {
    token: collateral,
    raw: raw.collateral,
    oraclePrice: collateralPrice,
    value: valueDown(raw.collateral, collateral.decimals, collateralPrice),
    liquidationThreshold: wad(liquidationThreshold),
    maxLtv: wad(maxLtv),
    liquidationBonus: wad(liquidationBonus),
    supplyRate: ray(0n),
  }
  const loanPrice = price(raw.prices.loan * 10n ** 10n)
  const owed = mulDivUp(raw.shares, raw.index, WAD)
  const debt: DebtLeg = {
    token: loan,
    raw: owed,
    oraclePrice: loanPrice,
    value: valueUp(owed, loan.decimals, loanPrice),
    borrowRate: ray(borrowRate * 10n ** 9n),
    shares: raw.shares,
  }
  const healthFactor =
    owed === 0n ? MAX_HEALTH_FACTOR : wad(mulDivDown(held.value, liquidationThreshold, debt.value))
  const closeFactor = wad(WAD)
  return {
    type: 'lending',
    venue,
    domain,
    account,
    collateral: [held],
    debt: [debt],
    healthFactor,
    closeFactor,
  }
}
