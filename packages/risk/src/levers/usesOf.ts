import { type Margin, numberFromWad, type Prices, priceOf, type Token } from '@plimsoll/domain'
import type { positionOf } from '../Ledger.ts'

/** What a position can do with a token. */
export type Use = {
  readonly type: 'repay' | 'supply'
  readonly token: Token
  /** Change of health's two sides per whole token. */
  readonly perUnit: (prices: Prices) => Margin
  /** Debt left; null where more is always taken. [token decimals] */
  readonly limit: bigint | null
}

/** Everything that strengthens a position: debt to repay first, then what it takes as collateral or margin. */
export function usesOf(position: ReturnType<typeof positionOf>): readonly Use[] {
  if (position.type === 'perp') return acceptedBy(position)
  const repayments = position.debt
    .filter(({ raw }) => raw > 0n)
    .map(
      ({ token, raw }): Use => ({
        type: 'repay',
        token,
        perUnit: (prices) => ({ backing: 0, requirement: -priceOf(token.asset, prices) }),
        limit: raw,
      }),
    )
  return [...repayments, ...acceptedBy(position)]
}

/** Tokens a position takes as collateral or margin. Margin counts at face value, as the venue does. */
export function acceptedBy(position: ReturnType<typeof positionOf>): readonly Use[] {
  if (position.type === 'perp')
    return [
      {
        type: 'supply',
        token: position.marginToken,
        perUnit: () => ({ backing: 1, requirement: 0 }),
        limit: null,
      },
    ]
  return position.collateral
    .filter((leg) => leg.liquidationThreshold > 0n)
    .map(({ token, liquidationThreshold }) => ({
      type: 'supply',
      token,
      perUnit: (prices) => ({
        backing: numberFromWad(liquidationThreshold) * priceOf(token.asset, prices),
        requirement: 0,
      }),
      limit: null,
    }))
}
