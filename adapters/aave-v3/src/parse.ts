import {
  bps,
  type CollateralLeg,
  type DebtLeg,
  InvariantError,
  type LendingPosition,
  price,
  ray,
  valueDown,
  valueUp,
  wad,
  wadFromBps,
} from '@plimsoll/domain'
import { type AaveV3Config, domainIdOf, venueIdOf } from './config.ts'
import { UnsupportedByAdapterError, VenueChangedError } from './errors.ts'
import { normalizedDebt, normalizedIncome, rayMul } from './interest.ts'
import type { RawAccount, RawReserve } from './read.ts'
import { usageOf } from './reserveConfiguration.ts'
import { type AccountData, type AccountLeg, accountData, closeFactor } from './risk.ts'

/** Aave's prices have 8 decimals, the domain's 18. */
const PRICE_SCALE = 10n ** 10n

/** Carries a price in Aave's unit over to the domain's. Exact. */
const priceFromBase = (priceE8: bigint) => price(priceE8 * PRICE_SCALE)
/** The way back, exact for every price that came from {@link priceFromBase}. */
export const baseFromPrice = (priceE18: bigint): bigint => priceE18 / PRICE_SCALE

/**
 * Computes an account's legs at a time from what is stored: interest since the last update included.
 *
 * An asset that nothing is supplied of counts as collateral when a first supply would make it collateral, so its terms
 * are known beforehand.
 */
export function accountLegs(raw: RawAccount, timestamp: bigint): readonly AccountLeg[] {
  return raw.reserves.map((each) => {
    const { configuration, indexes } = each
    const isCollateral =
      each.scaledCollateral === 0n
        ? configuration.ltv > 0n && configuration.debtCeiling === 0n
        : usageOf(raw.userConfiguration, each.reserve.id).collateral
    return {
      collateral: isCollateral ? suppliedAmount(each, timestamp) : 0n,
      debt: rayMul(each.scaledDebt, normalizedDebt(indexes, timestamp)),
      price: each.price,
      decimals: configuration.decimals,
      ltv: isCollateral ? configuration.ltv : 0n,
      liquidationThreshold: isCollateral ? configuration.liquidationThreshold : 0n,
    }
  })
}

const suppliedAmount = (raw: RawReserve, timestamp: bigint): bigint =>
  rayMul(raw.scaledCollateral, normalizedIncome(raw.indexes, timestamp))

/**
 * Turns an account as read into the position of its one margin domain.
 *
 * The health factor is the pool's own; ours must agree with it to the last unit, else nothing is returned.
 *
 * @param timestamp - Time of the block that was read. [s]
 * @throws {@link VenueChangedError} when the pool asks another oracle than it did at the start.
 * @throws {@link UnsupportedByAdapterError} on an e-mode, stable debt, an isolated asset or debt in an asset not configured.
 * @throws {@link InvariantError} when our arithmetic contradicts the pool's.
 */
export function parsePosition(
  config: AaveV3Config,
  raw: RawAccount,
  timestamp: bigint,
): LendingPosition {
  assertSupported(config, raw)
  const legs = accountLegs(raw, timestamp)
  const theirs = raw.accountData
  assertAgreement(config, raw, accountData(legs))
  return {
    type: 'lending',
    venue: venueIdOf(config.pool),
    domain: domainIdOf(config.pool, raw.account),
    account: raw.account,
    collateral: raw.reserves.map((each, i) => collateralLeg(each, legs[i], timestamp)),
    debt: raw.reserves.map((each, i) => debtLeg(each, legs[i]?.debt ?? 0n)),
    healthFactor: wad(theirs.healthFactor),
    closeFactor: wadFromBps(bps(closeFactor(theirs.healthFactor))),
  }
}

function collateralLeg(
  raw: RawReserve,
  leg: AccountLeg | undefined,
  timestamp: bigint,
): CollateralLeg {
  const { token } = raw.reserve
  const oraclePrice = priceFromBase(raw.price)
  const supplied = suppliedAmount(raw, timestamp)
  const { liquidationBonus } = raw.configuration
  return {
    token,
    raw: supplied,
    oraclePrice,
    value: valueDown(supplied, token.decimals, oraclePrice),
    liquidationThreshold: wadFromBps(bps(leg?.liquidationThreshold ?? 0n)),
    maxLtv: wadFromBps(bps(leg?.ltv ?? 0n)),
    liquidationBonus: wadFromBps(bps(liquidationBonus > 10_000n ? liquidationBonus - 10_000n : 0n)),
    supplyRate: ray(raw.indexes.liquidityRate),
  }
}

function debtLeg(raw: RawReserve, owed: bigint): DebtLeg {
  const { token } = raw.reserve
  const oraclePrice = priceFromBase(raw.price)
  return {
    token,
    raw: owed,
    oraclePrice,
    value: valueUp(owed, token.decimals, oraclePrice),
    borrowRate: ray(raw.indexes.variableBorrowRate),
  }
}

function assertSupported(config: AaveV3Config, raw: RawAccount): void {
  const venue = venueIdOf(config.pool)
  if (raw.oracle.toLowerCase() !== config.oracle.toLowerCase())
    throw new VenueChangedError({
      venue,
      what: 'price oracle',
      found: raw.oracle,
      expected: config.oracle,
    })
  const refuse = (found: string, allowed: string): never => {
    throw new UnsupportedByAdapterError({ venue, found: `${found} for ${raw.account}`, allowed })
  }
  if (raw.eModeCategory !== 0n) refuse(`e-mode ${raw.eModeCategory}`, 'no e-mode')
  for (const { reserve, configuration, stableDebt } of raw.reserves) {
    if (stableDebt > 0n) refuse(`stable-rate debt in ${reserve.token.symbol}`, 'variable-rate debt')
    if (configuration.debtCeiling > 0n && usageOf(raw.userConfiguration, reserve.id).collateral)
      refuse(`isolated collateral ${reserve.token.symbol}`, 'collateral without a debt ceiling')
  }
  if (unknownUsage(raw).borrowing)
    refuse(
      'debt in a reserve that is not configured',
      config.reserves.map(({ token }) => token.symbol).join(', '),
    )
}

/**
 * Anyone may supply any asset in the account's name, so collateral that is not configured cannot be refused: it is
 * left out of the legs, which only makes the position look less safe.
 */
function assertAgreement(config: AaveV3Config, raw: RawAccount, ours: AccountData): void {
  const theirs = raw.accountData
  const agrees = unknownUsage(raw).collateral
    ? ours.totalDebtBase === theirs.totalDebtBase &&
      ours.totalCollateralBase <= theirs.totalCollateralBase
    : ours.totalDebtBase === theirs.totalDebtBase &&
      ours.totalCollateralBase === theirs.totalCollateralBase &&
      ours.healthFactor === theirs.healthFactor
  const show = (data: RawAccount['accountData']): string =>
    `collateral ${data.totalCollateralBase}, debt ${data.totalDebtBase}, health ${data.healthFactor}`
  if (!agrees)
    throw new InvariantError({
      expected: `${show(theirs)} of ${raw.account}, as ${venueIdOf(config.pool)} says`,
      found: show(ours),
    })
}

/** Whether the account uses reserves that are not configured. */
function unknownUsage(raw: RawAccount): {
  readonly borrowing: boolean
  readonly collateral: boolean
} {
  let known = 0n
  for (const { reserve } of raw.reserves) known |= 3n << BigInt(2 * reserve.id)
  const unknown = raw.userConfiguration & ~known
  const pairs = 2n ** 256n / 3n // the lower bit of every pair
  return { borrowing: (unknown & pairs) !== 0n, collateral: ((unknown >> 1n) & pairs) !== 0n }
}
