import { type Amount, sameAddress } from './Asset.ts'
import { InvalidIntentError } from './errors.ts'
import type { CancelIntent, Intent, MarginIntent, TradeIntent } from './Intent.ts'
import type { CollateralLeg, DebtLeg, LendingPosition, PerpLeg, PerpPosition } from './Position.ts'
import { mulDivDown, mulDivUp } from './rounding.ts'
import { MAX_HEALTH_FACTOR, valueDown, valueUp, WAD, type Wad, wad } from './units.ts'

/**
 * Projects intents onto a position: what it would be afterwards at unchanged prices. Pure, for planning.
 *
 * Intents of other domains and swaps leave it as it is. Loans are revalued at their oracle prices. Trades fill at the
 * mark price less `tradeCost` of the notional. What cannot be known is never overstated: `closeFactor` stays, and
 * `freeCollateral` does not rise by a trade and is zero after one that enlarges the position.
 *
 * @param tradeCost - Fees and impact of trades as a share of notional. [WAD]
 * @throws InvalidIntentError when a token or market is not part of the position, or more is taken out than is there.
 */
export function applyIntents<P extends LendingPosition | PerpPosition>(
  position: P,
  intents: readonly Intent[],
  tradeCost?: Wad,
): P
export function applyIntents(
  position: LendingPosition | PerpPosition,
  intents: readonly Intent[],
  tradeCost: Wad = wad(0n),
): LendingPosition | PerpPosition {
  let next = position
  for (const intent of intents) {
    if (intent.type === 'swap' || intent.domain !== position.domain) continue
    if (intent.type === 'cancel') {
      next = cancelled(next, intent)
      continue
    }
    if (next.type === 'lending') next = applyToLoan(next, intent)
    else next = applyToPerp(next, intent, tradeCost)
  }
  return next
}

function applyToLoan(position: LendingPosition, intent: MarginIntent | TradeIntent) {
  switch (intent.type) {
    case 'supply':
      return withCollateral(position, intent, intent.raw)
    case 'withdraw':
      return withCollateral(position, intent, -intent.raw)
    case 'borrow':
      return withDebt(position, intent, intent.raw)
    case 'repay': {
      const owed = position.debt.find((leg) => sameAddress(leg.token.address, intent.token.address))
      const raw = owed !== undefined && owed.raw < intent.raw ? owed.raw : intent.raw
      return withDebt(position, intent, -raw)
    }
    case 'trade':
      throw refuse(position, intent, 'a trade', 'supply, withdraw, borrow or repay')
    default:
      return intent satisfies never
  }
}

function withCollateral(
  position: LendingPosition,
  intent: MarginIntent,
  change: bigint,
): LendingPosition {
  const collateral = changed(position, intent, position.collateral, change, (leg, raw) => ({
    ...leg,
    raw,
    value: valueDown(raw, leg.token.decimals, leg.oraclePrice),
  }))
  return { ...position, collateral, healthFactor: healthFactor(collateral, position.debt) }
}

function withDebt(
  position: LendingPosition,
  intent: MarginIntent,
  change: bigint,
): LendingPosition {
  // How many shares the change is worth is the venue's affair: a projected debt has none.
  const debt = changed(position, intent, position.debt, change, ({ shares: _, ...leg }, raw) => ({
    ...leg,
    raw,
    value: valueUp(raw, leg.token.decimals, leg.oraclePrice),
  }))
  return { ...position, debt, healthFactor: healthFactor(position.collateral, debt) }
}

function changed<Leg extends Amount>(
  position: LendingPosition,
  intent: MarginIntent,
  legs: readonly Leg[],
  change: bigint,
  resize: (leg: Leg, raw: bigint) => Leg,
): readonly Leg[] {
  const index = legs.findIndex((leg) => sameAddress(leg.token.address, intent.token.address))
  const leg = legs[index]
  if (leg === undefined)
    throw refuse(
      position,
      intent,
      intent.token.symbol,
      legs.map((each) => each.token.symbol).join(', ') || 'none',
    )
  const raw = leg.raw + change
  if (raw < 0n) throw refuse(position, intent, `${intent.raw} raw`, `at most ${leg.raw}`)
  return legs.with(index, resize(leg, raw))
}

function healthFactor(collateral: readonly CollateralLeg[], debt: readonly DebtLeg[]): Wad {
  let capacity = 0n // [USD 1e8 × WAD]
  for (const leg of collateral) capacity += leg.value * leg.liquidationThreshold
  const owed = debt.reduce((sum, leg) => sum + leg.value, 0n)
  return owed === 0n ? MAX_HEALTH_FACTOR : wad(mulDivDown(capacity, 1n, owed))
}

function applyToPerp(
  position: PerpPosition,
  intent: MarginIntent | TradeIntent,
  tradeCost: Wad,
): PerpPosition {
  switch (intent.type) {
    case 'supply':
      return withMargin(position, intent, intent.raw)
    case 'withdraw':
      return withMargin(position, intent, -intent.raw)
    case 'trade':
      return traded(position, intent, tradeCost)
    case 'borrow':
    case 'repay':
      throw refuse(position, intent, `a ${intent.type}`, 'supply, withdraw or trade')
    default:
      return intent satisfies never
  }
}

function cancelled(position: LendingPosition | PerpPosition, intent: CancelIntent) {
  const pending = position.type === 'perp' ? position.pending : null
  if (position.type !== 'perp' || pending?.market !== intent.market)
    throw refuse(
      position,
      intent,
      `a trade in ${intent.market}`,
      pending === null ? 'nothing, as no trade is pending' : `the trade in ${pending.market}`,
    )
  return { ...position, pending: null }
}

function withMargin(position: PerpPosition, intent: MarginIntent, change: bigint): PerpPosition {
  const token = position.marginToken
  if (!sameAddress(intent.token.address, token.address))
    throw refuse(position, intent, intent.token.symbol, token.symbol)
  const freeCollateral = position.freeCollateral + change
  if (change < 0n && freeCollateral < 0n)
    throw refuse(position, intent, `${intent.raw} raw`, `at most ${position.freeCollateral}`)
  const equity = position.equity + mulDivDown(change, WAD, 10n ** BigInt(token.decimals))
  return { ...position, margin: position.margin + change, freeCollateral, equity }
}

function traded(position: PerpPosition, intent: TradeIntent, tradeCost: Wad): PerpPosition {
  const index = position.legs.findIndex((leg) => leg.market === intent.market)
  const leg = position.legs[index]
  if (leg === undefined)
    throw refuse(
      position,
      intent,
      intent.market,
      position.legs.map((each) => each.market).join(', ') || 'no market',
    )
  const size = leg.size + intent.size
  const shrinks = leg.size > 0n !== intent.size > 0n && abs(intent.size) <= abs(leg.size)
  if (intent.reduceOnly && !shrinks)
    throw refuse(position, intent, `${intent.size} on ${leg.size}`, 'a trade that only shrinks')

  const cost = mulDivUp(mulDivUp(abs(intent.size), leg.markPrice, WAD), tradeCost, WAD)
  const paid = mulDivDown(-intent.size, leg.markPrice, WAD)
  const { openNotional, realised } = settle(leg, size, intent.size, paid)
  const legs = position.legs.with(index, { ...leg, size, openNotional })
  const scale = 10n ** BigInt(position.marginToken.decimals)
  const grows = abs(size) > abs(leg.size)
  const freeCollateral = position.freeCollateral - mulDivUp(cost, scale, WAD)
  return {
    ...position,
    legs,
    margin: position.margin + mulDivDown(realised - cost, scale, WAD),
    freeCollateral: grows || freeCollateral < 0n ? 0n : freeCollateral,
    equity: position.equity - cost,
    maintenanceMargin: legs.every((each) => each.size === 0n)
      ? 0n
      : proportional(legs) + fixedRequirement(position),
  }
}

/** Maintenance margin that moves with notional, rounded up. [USD 1e18] */
const proportional = (legs: readonly PerpLeg[]): bigint =>
  legs.reduce(
    (sum, each) =>
      sum +
      mulDivUp(mulDivUp(abs(each.size), each.markPrice, WAD), each.maintenanceMarginRatio, WAD),
    0n,
  )

/** What the venue asks for whatever the size; it is given up only with the last leg. [USD 1e18] */
function fixedRequirement({ maintenanceMargin, legs }: PerpPosition): bigint {
  const fixed = maintenanceMargin - proportional(legs)
  return fixed > 0n ? fixed : 0n
}

/** Splits what a trade pays into the open notional of what is left and the profit of what was closed. */
function settle(leg: PerpLeg, size: bigint, change: bigint, paid: bigint) {
  const closes = leg.size !== 0n && leg.size > 0n !== change > 0n
  if (!closes) return { openNotional: leg.openNotional + paid, realised: 0n }
  const flips = size !== 0n && size > 0n !== leg.size > 0n
  const openNotional = flips
    ? mulDivDown(paid, size, change)
    : mulDivDown(leg.openNotional, size, leg.size)
  return { openNotional, realised: leg.openNotional + paid - openNotional }
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value)

function refuse(
  position: LendingPosition | PerpPosition,
  intent: MarginIntent | TradeIntent | CancelIntent,
  found: string,
  allowed: string,
): InvalidIntentError {
  return new InvalidIntentError({
    venue: position.venue,
    intent: `${intent.type} in ${position.domain}`,
    found,
    allowed,
  })
}
