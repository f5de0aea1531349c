import { BaseError, type Hex, RevertedError, type VenueId } from '@plimsoll/domain'
import { decodeRevertData } from '@plimsoll/evm'

/** An account or a market uses a part of Aave whose arithmetic is not implemented here. */
export class UnsupportedByAdapterError extends BaseError {
  override readonly code = 'INPUT_UNSUPPORTED'
  override readonly recovery = 'halt'

  constructor(p: { readonly venue: VenueId; readonly found: string; readonly allowed: string }) {
    super(
      `${p.venue} has ${p.found}; allowed: ${p.allowed}. Unwind that part by hand, or leave the venue out.`,
    )
  }
}

/** The pool no longer stands on the contracts that were read at the start. */
export class VenueChangedError extends BaseError {
  override readonly code = 'DATA_VENUE_CHANGED'
  override readonly recovery = 'halt'

  constructor(p: {
    readonly venue: VenueId
    readonly what: string
    readonly found: string
    readonly expected: string
  }) {
    super(
      `${p.venue} has changed its ${p.what} from ${p.expected} to ${p.found}. Check that governance did it, then load the venue again.`,
    )
  }
}

/** Aave's error codes that a caller of the pool can meet. @see Aave v3.0.2 `Errors` */
const NAMES: Readonly<Record<string, string>> = {
  '1': 'CALLER_NOT_POOL_ADMIN',
  '9': 'NOT_CONTRACT',
  '11': 'CALLER_NOT_ATOKEN',
  '13': 'INVALID_FLASHLOAN_EXECUTOR_RETURN',
  '23': 'CALLER_MUST_BE_POOL',
  '24': 'INVALID_MINT_AMOUNT',
  '25': 'INVALID_BURN_AMOUNT',
  '26': 'INVALID_AMOUNT',
  '27': 'RESERVE_INACTIVE',
  '28': 'RESERVE_FROZEN',
  '29': 'RESERVE_PAUSED',
  '30': 'BORROWING_NOT_ENABLED',
  '31': 'STABLE_BORROWING_NOT_ENABLED',
  '32': 'NOT_ENOUGH_AVAILABLE_USER_BALANCE',
  '33': 'INVALID_INTEREST_RATE_MODE_SELECTED',
  '34': 'COLLATERAL_BALANCE_IS_ZERO',
  '35': 'HEALTH_FACTOR_LOWER_THAN_LIQUIDATION_THRESHOLD',
  '36': 'COLLATERAL_CANNOT_COVER_NEW_BORROW',
  '37': 'COLLATERAL_SAME_AS_BORROWING_CURRENCY',
  '38': 'AMOUNT_BIGGER_THAN_MAX_LOAN_SIZE_STABLE',
  '39': 'NO_DEBT_OF_SELECTED_TYPE',
  '40': 'NO_EXPLICIT_AMOUNT_TO_REPAY_ON_BEHALF',
  '41': 'NO_OUTSTANDING_STABLE_DEBT',
  '42': 'NO_OUTSTANDING_VARIABLE_DEBT',
  '43': 'UNDERLYING_BALANCE_ZERO',
  '44': 'INTEREST_RATE_REBALANCE_CONDITIONS_NOT_MET',
  '45': 'HEALTH_FACTOR_NOT_BELOW_THRESHOLD',
  '46': 'COLLATERAL_CANNOT_BE_LIQUIDATED',
  '47': 'SPECIFIED_CURRENCY_NOT_BORROWED_BY_USER',
  '49': 'INCONSISTENT_FLASHLOAN_PARAMS',
  '50': 'BORROW_CAP_EXCEEDED',
  '51': 'SUPPLY_CAP_EXCEEDED',
  '53': 'DEBT_CEILING_EXCEEDED',
  '57': 'LTV_VALIDATION_FAILED',
  '58': 'INCONSISTENT_EMODE_CATEGORY',
  '59': 'PRICE_ORACLE_SENTINEL_CHECK_FAILED',
  '60': 'ASSET_NOT_BORROWABLE_IN_ISOLATION',
  '62': 'USER_IN_ISOLATION_MODE_OR_LTV_ZERO',
  '76': 'INCONSISTENT_PARAMS_LENGTH',
  '77': 'ZERO_ADDRESS_NOT_VALID',
  '78': 'INVALID_EXPIRATION',
  '79': 'INVALID_SIGNATURE',
  '80': 'OPERATION_NOT_SUPPORTED',
  '82': 'ASSET_NOT_LISTED',
  '89': 'SILOED_BORROWING_VIOLATION',
  '91': 'FLASHLOAN_DISABLED',
}

/** Codes that no newer state of the market can cure: the call itself is wrong. */
const OUR_FAULT = new Set(['1', '11', '13', '23', '26', '33', '40', '49', '76', '77', '80', '82'])

/** Aave reverts with a number as text. Null when the data is no such number. */
export function decodeAaveRevert(venue: VenueId, data: Hex): RevertedError | null {
  const message = decodeRevertData(data)
  if (message === null || !/^[1-9]\d?$/.test(message)) return null
  return new RevertedError({
    venue,
    reason: NAMES[message] ?? `error ${message} of Aave`,
    code: `VENUE_AAVE_${message}`,
    recovery: OUR_FAULT.has(message) ? 'halt' : 'refresh',
  })
}
