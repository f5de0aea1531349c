import {
  InvalidIntentError,
  type LendingPosition,
  type MarginIntent,
  type MarginQuote,
  mulDivDown,
  usd,
  WAD,
} from '@plimsoll/domain'
import { findMarket } from './findMarket.ts'
import type { Market } from './Market.ts'
import { healthFactor } from './risk.ts'

/** Shares round against the borrower: a debt may be one unit above the sum of its parts. [raw] */
const SHARE_ROUNDING = 1n

/**
 * What an intent would do to a position, by Morpho's own health rule on the position's prices.
 *
 * Rounds against the owner: by the oracle's last digit and by one unit of debt. It does not see how much the market has
 * left to lend; a borrow beyond that is refused by the chain.
 *
 * @throws {@link InvalidIntentError} when the intent does not fit the position.
 */
export function quoteIntent(p: {
  readonly markets: readonly Market[]
  readonly intent: MarginIntent
  readonly position: LendingPosition
}): MarginQuote {
  const { intent, position } = p
  findMarket({ venue: position.venue, markets: p.markets, account: position.account, intent })
  const [collateral] = position.collateral
  const [debt] = position.debt
  if (position.domain !== intent.domain || collateral === undefined || debt === undefined)
    throw new InvalidIntentError({
      venue: position.venue,
      intent: intent.type,
      found: `a position of domain ${position.domain} with ${position.collateral.length} and ${position.debt.length} legs`,
      allowed: `the position of domain ${intent.domain} as read from this venue`,
    })

  const after = (held: bigint, owed: bigint) => {
    const worth = mulDivDown(
      held * collateral.oraclePrice,
      10n ** BigInt(debt.token.decimals),
      debt.oraclePrice * 10n ** BigInt(collateral.token.decimals),
    )
    return healthFactor(mulDivDown(worth, collateral.liquidationThreshold, WAD), owed)
  }
  const answer = (raw: bigint, held: bigint, owed: bigint, reason: string | null): MarginQuote => {
    const healthAfter = after(held, owed)
    return { type: 'margin', raw, fee: usd(0n), healthAfter, feasible: reason === null, reason }
  }
  const unsafe = (held: bigint, owed: bigint): string | null =>
    after(held, owed) < WAD ? 'insufficient collateral' : null

  if (intent.raw <= 0n) return answer(0n, collateral.raw, debt.raw, 'the amount is not above zero')
  switch (intent.type) {
    case 'supply':
      return answer(intent.raw, collateral.raw + intent.raw, debt.raw, null)
    case 'withdraw': {
      const held = collateral.raw - intent.raw
      if (held < 0n) return answer(intent.raw, 0n, debt.raw, `only ${collateral.raw} is supplied`)
      return answer(intent.raw, held, debt.raw, unsafe(held, debt.raw))
    }
    case 'borrow': {
      const owed = debt.raw + intent.raw + SHARE_ROUNDING
      return answer(intent.raw, collateral.raw, owed, unsafe(collateral.raw, owed))
    }
    case 'repay': {
      if (intent.raw < debt.raw)
        return answer(intent.raw, collateral.raw, debt.raw - intent.raw + SHARE_ROUNDING, null)
      return answer(debt.raw, collateral.raw, 0n, debt.raw === 0n ? 'nothing is owed' : null)
    }
    default:
      return intent satisfies never
  }
}
