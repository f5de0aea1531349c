import { BaseError, type Hex, RevertedError, type VenueId } from '@plimsoll/domain'
import { decodeRevertData } from '@plimsoll/evm'

/** Index plus premium is below zero, so the market has no mark price. */
export class MarkPriceUndefinedError extends BaseError {
  override readonly code = 'DATA_MARK_PRICE_UNDEFINED'
  override readonly recovery = 'refresh'

  constructor(p: { readonly index: bigint; readonly premium: bigint }) {
    super(
      `Index ${p.index} plus premium ${p.premium} is below zero [USD 1e18]; allowed: zero or more. The contract answers nothing in this state either: read the next block.`,
    )
  }
}

/** The account holds what this adapter does not value. */
export class UnsupportedAccountError extends BaseError {
  override readonly code = 'VENUE_UNSUPPORTED_ACCOUNT'
  override readonly recovery = 'halt'

  constructor(p: { readonly account: string; readonly found: string; readonly allowed: string }) {
    super(
      `Account ${p.account} has ${p.found}; allowed: ${p.allowed}. Close the rest or add its market to the configuration.`,
    )
  }
}

type Meaning = readonly [code: string, words: string, recovery?: 'halt']

const MARGIN = 'VENUE_INSUFFICIENT_MARGIN'
const LIMIT = 'VENUE_LIMIT_EXCEEDED'
const DEPTH = 'VENUE_INSUFFICIENT_LIQUIDITY'
const MARKET = 'VENUE_MARKET_CLOSED'
const AMOUNT = 'VENUE_INVALID_AMOUNT'
const DENIED = 'VENUE_DENIED'

/** What the protocol's reasons mean; any other that starts like one of its own keeps its bare name. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  CH_NEFCI: [MARGIN, 'free collateral would fall below the initial margin'],
  CH_NEFCM: [MARGIN, 'margin is below maintenance, so the position can only be liquidated'],
  V_NEFC: [MARGIN, 'more than the free collateral'],
  CH_TLRS: [LIMIT, 'the sale would bring less than its limit'],
  CH_TMRS: [LIMIT, 'the sale would take more than its limit'],
  CH_TLRL: [LIMIT, 'the purchase would bring less than its limit'],
  CH_TMRL: [LIMIT, 'the purchase would cost more than its limit'],
  CH_TE: ['VENUE_EXPIRED', 'the deadline has passed'],
  CH_MNO: [MARKET, 'the market is not open'],
  EX_MIP: [MARKET, 'the market is paused'],
  EX_OPLAS: [DEPTH, 'the trade would cross more ticks than the market allows within 15 seconds'],
  EX_OPB: [DEPTH, 'the trade would move the market too far from the index'],
  UB_UOA: [DEPTH, 'the pool does not hold the amount asked for'],
  CH_F0S: [AMOUNT, 'the swap would move nothing'],
  CH_PSZ: [AMOUNT, 'there is no position'],
  V_ZA: [AMOUNT, 'the amount is zero', 'halt'],
  V_GTSTBC: ['VENUE_DEPOSIT_CAP', 'the vault would hold more than its cap'],
  CH_EAV: ['VENUE_NOT_LIQUIDATABLE', 'equity covers the maintenance margin'],
  CH_CLWTISO: ['VENUE_NOT_LIQUIDATABLE', 'the account has maker orders'],
  CH_WLD: [AMOUNT, 'the liquidation has the wrong side', 'halt'],
  CH_IIC: ['VENUE_INSURANCE_EXHAUSTED', 'the insurance fund cannot cover the loss'],
  V_OSCT: [DENIED, 'the token is not accepted', 'halt'],
  EX_BTNE: [DENIED, 'no such market', 'halt'],
  AB_MNE: [DENIED, 'too many markets in one account', 'halt'],
  CH_SHNAOPT: [DENIED, 'the sender may not trade for the account', 'halt'],
}

/** How every reason of the protocol's contracts looks. */
const OWN = /^(CH|V|EX|E|AB|OB|MR|BT|UB|UCB|CHD|CHC|IF|CM|DA)_[A-Z0-9]+$/

/** The protocol's own reason for a revert, with what it means; null when the data is not the protocol's. */
export function decodePerpV2Revert(venue: VenueId, data: Hex): RevertedError | null {
  const name = decodeRevertData(data)
  return name !== null && OWN.test(name) ? refused(venue, name) : null
}

/** The error of one of the protocol's reasons. */
export function refused(venue: VenueId, name: string): RevertedError {
  const [code, words, recovery] = MEANINGS[name] ?? []
  return new RevertedError({
    venue,
    reason: words === undefined ? name : `${name}: ${words}`,
    ...(code === undefined ? {} : { code }),
    ...(recovery === undefined ? {} : { recovery }),
  })
}
