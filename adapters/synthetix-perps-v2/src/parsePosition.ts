import {
  type Address,
  mulDivUp,
  type PendingTrade,
  type PerpLeg,
  type PerpPosition,
  price as priceOf,
  type Token,
  type VenueId,
  WAD,
  wad,
} from '@plimsoll/domain'
import { FUNDING_PERIOD, type SynthetixMarket } from './config.ts'
import { domainId } from './domainId.ts'
import { InvalidPriceError, UnsupportedAccountError } from './errors.ts'
import type { OrderWindow } from './readParameters.ts'
import {
  accessibleMargin,
  equity as equityOf,
  type Holding,
  liquidationFee,
  liquidationThreshold,
  maintenanceRatio,
  notional,
  type Parameters,
} from './risk.ts'

/** An order as stored; its size is 0 where there is none. */
type StoredOrder = {
  readonly isOffchain: boolean
  /** [base 1e18] */
  readonly sizeDelta: bigint
  /** [s] */
  readonly intentionTime: bigint
}

/** One account in one market at a block, in native units. */
export type PositionReading = {
  readonly of: SynthetixMarket
  readonly account: Address
  readonly parameters: Parameters
  readonly window: OrderWindow
  /** [USD 1e18] */
  readonly price: bigint
  readonly isInvalid: boolean
  readonly holding: Holding
  readonly order: StoredOrder
  readonly isFlagged: boolean
  /** Negative is owed by the position. [USD 1e18] */
  readonly funding: bigint
  /** [1e18 per day] */
  readonly fundingRate: bigint
}

/**
 * Native units to domain units. Pure.
 *
 * @throws {@link InvalidPriceError} when there is a position and nothing valid to value it at.
 * @throws {@link UnsupportedAccountError} when an order waits that is not an off-chain one.
 */
export function parsePosition(
  venue: VenueId,
  marginToken: Token,
  reading: PositionReading,
): PerpPosition {
  const { of, account, holding, price, funding, isFlagged, parameters } = reading
  const { size } = holding
  if (size !== 0n && reading.isInvalid)
    throw new InvalidPriceError({ venue, market: of.name, price })
  const pending = parsePending(reading)
  const equity = equityOf(holding, price, funding)
  return {
    type: 'perp',
    venue,
    domain: domainId(venue, of.name, account),
    account,
    marginToken,
    margin: holding.margin,
    freeCollateral: pending !== null || isFlagged ? 0n : withdrawable(reading, equity),
    legs: size === 0n ? [] : [parseLeg(reading)],
    equity,
    maintenanceMargin: requirement(reading, equity),
    liquidationFee: wad(
      size === 0n
        ? parameters.liquidationFeeRatio
        : mulDivUp(
            liquidationFee(size, price, parameters) + parameters.keeperLiquidationFee,
            WAD,
            notional(size, price) || 1n,
          ),
    ),
    pending,
  }
}

function parseLeg({
  of,
  holding,
  price,
  funding,
  fundingRate,
  parameters,
}: PositionReading): PerpLeg {
  const { size, lastPrice } = holding
  return {
    market: of.name,
    asset: of.asset,
    size,
    openNotional: (-size * lastPrice) / WAD,
    markPrice: priceOf(price),
    indexPrice: priceOf(price),
    fundingOwed: -funding,
    fundingRate: wad(fundingRate),
    fundingInterval: FUNDING_PERIOD,
    maintenanceMarginRatio: wad(maintenanceRatio(size, price, parameters)),
  }
}

/**
 * Equity below this can be liquidated: one unit more than what the contract compares with "at or below".
 *
 * A flagged position is liquidated whatever its equity, so it is below its requirement, whatever that is.
 */
function requirement(
  { holding, price, isFlagged, parameters }: PositionReading,
  equity: bigint,
): bigint {
  const { size } = holding
  if (size === 0n) return 0n
  const least = liquidationThreshold(size, price, parameters) + 1n
  return isFlagged && equity >= least ? equity + 1n : least
}

/** What the contract really lets go: the accessible margin, but for what keeps the rest above liquidation. */
function withdrawable(
  { holding, price, funding, parameters }: PositionReading,
  equity: bigint,
): bigint {
  const accessible = accessibleMargin(holding, price, funding, parameters)
  if (holding.size === 0n) return accessible
  const spare = equity - liquidationThreshold(holding.size, price, parameters) - 1n
  return spare < 0n ? 0n : spare < accessible ? spare : accessible
}

/** An order is filled at a price published more than `minAge` after it, in a block less than `maxAge` after it. */
function parsePending({ of, account, order, window }: PositionReading): PendingTrade | null {
  const { sizeDelta, intentionTime, isOffchain } = order
  if (sizeDelta === 0n) return null
  if (!isOffchain)
    throw new UnsupportedAccountError({
      account,
      found: `an order in ${of.name} that waits for the next price of the feed`,
      allowed: 'off-chain delayed orders',
    })
  return {
    market: of.name,
    asset: of.asset,
    size: sizeDelta,
    committedAt: intentionTime,
    executableAt: intentionTime + window.minAge + 1n,
    expiresAt: intentionTime + window.maxAge - 1n,
  }
}
