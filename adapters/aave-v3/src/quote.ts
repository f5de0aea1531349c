import {
  InvalidIntentError,
  type LendingPosition,
  type MarginIntent,
  type MarginQuote,
  numberFromWad,
  sameAddress,
  usd,
  wad,
} from '@plimsoll/domain'
import { formatUnits } from 'viem'
import type { AaveV3Config } from './config.ts'
import { reserveOf } from './intents.ts'
import { percentDiv } from './interest.ts'
import { baseFromPrice } from './parse.ts'
import { type AccountData, type AccountLeg, accountData, LIQUIDATION_HEALTH } from './risk.ts'

const WAD_PER_BPS = 10n ** 14n

/**
 * Says what an intent would do to a position, by the pool's own rules at the position's block.
 *
 * Rules that do not show in a position are left to the simulation before signing: liquidity, caps, pauses.
 *
 * @throws {@link InvalidIntentError} when the intent is not about this position.
 */
export function quoteIntent(
  config: AaveV3Config,
  intent: MarginIntent,
  position: LendingPosition,
): MarginQuote {
  const { token } = reserveOf(config, intent)
  if (intent.domain !== position.domain)
    throw new InvalidIntentError({
      venue: position.venue,
      intent: intent.type,
      found: `domain ${intent.domain}`,
      allowed: `domain ${position.domain}`,
    })
  const legs = legsOf(position)
  const index = position.collateral.findIndex((leg) =>
    sameAddress(leg.token.address, token.address),
  )
  const leg = legs[index]
  const supplied = position.collateral[index]?.raw
  if (leg === undefined || supplied === undefined)
    throw new InvalidIntentError({
      venue: position.venue,
      intent: intent.type,
      found: `a position without ${token.symbol}`,
      allowed: 'a position read from this venue',
    })
  const raw = intent.type === 'repay' && intent.raw > leg.debt ? leg.debt : intent.raw
  const after = accountData(legs.with(index, changed(leg, intent.type, raw)))
  const amount = (value: bigint): string => `${formatUnits(value, token.decimals)} ${token.symbol}`
  const reason =
    intent.raw <= 0n
      ? `amount ${intent.raw} is not above zero`
      : refusal({ intent, leg, supplied, before: accountData(legs), after, amount })
  return {
    type: 'margin',
    raw,
    fee: usd(0n),
    healthAfter: wad(after.healthFactor),
    feasible: reason === null,
    reason,
  }
}

/** Legs of a position in Aave's units, in the position's order. */
export function legsOf(position: LendingPosition): readonly AccountLeg[] {
  return position.collateral.map((leg, i) => ({
    collateral: leg.liquidationThreshold === 0n ? 0n : leg.raw,
    debt: position.debt[i]?.raw ?? 0n,
    price: baseFromPrice(leg.oraclePrice),
    decimals: leg.token.decimals,
    ltv: leg.maxLtv / WAD_PER_BPS,
    liquidationThreshold: leg.liquidationThreshold / WAD_PER_BPS,
  }))
}

function changed(leg: AccountLeg, type: MarginIntent['type'], raw: bigint): AccountLeg {
  const less = (from: bigint): bigint => (raw > from ? 0n : from - raw)
  const isCollateral = leg.liquidationThreshold > 0n
  switch (type) {
    case 'supply':
      return isCollateral ? { ...leg, collateral: leg.collateral + raw } : leg
    case 'withdraw':
      return { ...leg, collateral: less(leg.collateral) }
    case 'borrow':
      return { ...leg, debt: leg.debt + raw }
    case 'repay':
      return { ...leg, debt: less(leg.debt) }
    default:
      return type satisfies never
  }
}

/** Why the pool would refuse; null when it would not. @see Aave v3.0.2 `ValidationLogic` */
function refusal(p: {
  readonly intent: MarginIntent
  readonly leg: AccountLeg
  /** Supplied amount, used as collateral or not. */
  readonly supplied: bigint
  readonly before: AccountData
  readonly after: AccountData
  readonly amount: (raw: bigint) => string
}): string | null {
  const { intent, leg, before, after, amount } = p
  switch (intent.type) {
    case 'supply':
      return null
    case 'repay':
      return leg.debt === 0n ? `nothing is owed in ${intent.token.symbol}` : null
    case 'withdraw': {
      if (intent.raw > p.supplied)
        return `${amount(intent.raw)} asked, ${amount(p.supplied)} supplied`
      if (leg.liquidationThreshold === 0n || before.totalDebtBase === 0n) return null
      if (after.healthFactor < LIQUIDATION_HEALTH)
        return `health would fall to ${health(after)}, the pool asks for 1`
      if (after.hasZeroLtvCollateral && leg.ltv > 0n)
        return 'collateral that cannot be borrowed against must be withdrawn first'
      return null
    }
    case 'borrow': {
      if (before.totalCollateralBase === 0n) return 'there is no collateral'
      if (before.ltv === 0n) return 'no collateral can be borrowed against'
      if (before.healthFactor <= LIQUIDATION_HEALTH)
        return `health is ${health(before)}, the pool asks for more than 1`
      const wanted = (leg.price * intent.raw) / 10n ** BigInt(leg.decimals)
      const needed = percentDiv(before.totalDebtBase + wanted, before.ltv)
      return needed > before.totalCollateralBase
        ? `collateral of $${formatUnits(needed, 8)} needed, $${formatUnits(before.totalCollateralBase, 8)} held`
        : null
    }
    default:
      return intent satisfies never
  }
}

const health = (data: AccountData): string => numberFromWad(wad(data.healthFactor)).toFixed(4)
