import { BaseError, type Hex, RevertedError, type VenueId } from '@plimsoll/domain'
import { decodeRevertData } from '@plimsoll/evm'

/** The market's price is stale, zero or suspended while a position depends on it. */
export class InvalidPriceError extends BaseError {
  override readonly code = 'DATA_INVALID_PRICE'
  override readonly recovery = 'refresh'

  constructor(p: { readonly venue: VenueId; readonly market: string; readonly price: bigint }) {
    super(
      `${p.venue} has no valid price of ${p.market}: found ${p.price} [USD 1e18], stale or suspended; allowed: one that the market trades on. Nobody trades or liquidates at it: read the next block.`,
    )
  }
}

/** The account has what this adapter does not handle. */
export class UnsupportedAccountError extends BaseError {
  override readonly code = 'VENUE_UNSUPPORTED_ACCOUNT'
  override readonly recovery = 'halt'

  constructor(p: { readonly account: string; readonly found: string; readonly allowed: string }) {
    super(`Account ${p.account} has ${p.found}; allowed: ${p.allowed}. Execute or cancel it first.`)
  }
}

/** The node has not come to the block that was asked for. */
export class LaggingNodeError extends BaseError {
  override readonly code = 'VENUE_NODE_LAGS'
  override readonly recovery = 'retry'

  constructor(p: { readonly head: bigint; readonly asked: bigint }) {
    super(
      `The node is at block ${p.head}; asked for: ${p.asked}. Ask again once it has come to it.`,
    )
  }
}

type Meaning = readonly [code: string, words: string | null, recovery?: 'halt']

const MARGIN = 'VENUE_INSUFFICIENT_MARGIN'
const LIMIT = 'VENUE_LIMIT_EXCEEDED'
const PRICE = 'VENUE_INVALID_PRICE'
const CLOSED = 'VENUE_MARKET_CLOSED'
const ORDER = 'VENUE_ORDER_PENDING'
const NO_ORDER = 'VENUE_NO_ORDER'
const EARLY = 'VENUE_TOO_EARLY'
const EXPIRED = 'VENUE_EXPIRED'
const FLAGGED = 'VENUE_FLAGGED'
const AMOUNT = 'VENUE_INVALID_AMOUNT'
const DENIED = 'VENUE_DENIED'
const NOT_LIQUIDATABLE = 'VENUE_NOT_LIQUIDATABLE'

/** The protocol's own messages, and what they leave unsaid. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  'Invalid price': [PRICE, 'the feed is stale, zero or suspended'],
  'Invalid order type': [AMOUNT, null, 'halt'],
  'Price out of acceptable range': [PRICE, null],
  'Position can be liquidated': [MARGIN, 'before the trade or after it'],
  'Position cannot be liquidated': [NOT_LIQUIDATABLE, null],
  'Max market size exceeded': ['VENUE_INSUFFICIENT_LIQUIDITY', 'this side of the market is full'],
  'Max leverage exceeded': [MARGIN, null],
  'Insufficient margin': [MARGIN, 'less than the initial or the liquidation margin would be left'],
  'Not permitted by this address': [DENIED, null, 'halt'],
  'Cannot submit empty order': [AMOUNT, 'the size is zero', 'halt'],
  'No position open': [AMOUNT, null],
  'Price too volatile': [PRICE, 'the dynamic fee is above its limit'],
  'Price impact exceeded': [LIMIT, 'the fill price is worse than the one desired'],
  'Position flagged': [FLAGGED, 'it waits to be liquidated, nothing else is left'],
  'Position not flagged': [NOT_LIQUIDATABLE, 'flag it first'],
  'previous order exists': [ORDER, 'execute or cancel it first'],
  'Pending order exists': [ORDER, 'margin and size stand still until it is gone'],
  'no previous order': [NO_ORDER, null],
  'use offchain method': [DENIED, null, 'halt'],
  'use onchain method': [DENIED, null, 'halt'],
  'cannot cancel yet': [EARLY, 'an order can be cancelled once it is too old to be executed'],
  'price not updated': [EARLY, 'the price bytes are older than the order'],
  'executability not reached': [EARLY, 'the price bytes are too close to the order'],
  'order too old, use cancel': [EXPIRED, null],
  'price divergence too high': [PRICE, 'the feed and the price bytes are too far apart'],
  'invalid, price is 0': [PRICE, null],
  'delay out of bounds': [AMOUNT, null, 'halt'],
  'price impact of liquidation exceeded': [NOT_LIQUIDATABLE, 'too large to go at once'],
  'instantaneous P/D exceeded': [NOT_LIQUIDATABLE, 'the skew is too large'],
  'Market suspended': [CLOSED, null],
  'Futures markets are suspended. Operation prohibited': [CLOSED, null],
  'Exchange is suspended. Operation prohibited': [CLOSED, null],
  'Synth is suspended. Operation prohibited': [CLOSED, null],
  'Synthetix is suspended. Operation prohibited': [CLOSED, null],
  'Synthetix is suspended, upgrade in progress... please stand by': [CLOSED, null],
  'Not enough eth for paying the fee': [AMOUNT, 'the oracle asks for more'],
}

/** The protocol's own reason for a revert, with what it means; null when the data is not the protocol's. */
export function decodeSynthetixRevert(venue: VenueId, data: Hex): RevertedError | null {
  const message = decodeRevertData(data)
  return message !== null && Object.hasOwn(MEANINGS, message) ? refused(venue, message) : null
}

/** The error of one of the protocol's messages. */
export function refused(venue: VenueId, message: string): RevertedError {
  const [code, words, recovery] = MEANINGS[message] ?? []
  return new RevertedError({
    venue,
    reason: words == null ? message : `${message}: ${words}`,
    ...(code === undefined ? {} : { code }),
    ...(recovery === undefined ? {} : { recovery }),
  })
}
