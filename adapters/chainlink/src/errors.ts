import { BaseError } from '@plimsoll/domain'

/** A feed answers a price that no asset can have. */
export class NonPositivePriceError extends BaseError {
  override readonly code = 'DATA_NON_POSITIVE_PRICE'
  override readonly recovery = 'refresh'
  readonly feed: string

  constructor(p: { readonly feed: string; readonly answer: bigint }) {
    super(
      `Price of ${p.feed} is ${p.answer}, allowed: above 0. Wait for the next round or use another source.`,
    )
    this.feed = p.feed
  }
}

/** A feed's latest round has not been answered, or was answered in an earlier one. */
export class IncompleteRoundError extends BaseError {
  override readonly code = 'DATA_INCOMPLETE_ROUND'
  override readonly recovery = 'refresh'
  readonly feed: string

  constructor(p: { readonly feed: string; readonly found: string; readonly allowed: string }) {
    super(`Round of ${p.feed} has ${p.found}, allowed: ${p.allowed}. Wait for the next round.`)
    this.feed = p.feed
  }
}
