import {
  type Action,
  type Frame,
  numberFromRaw,
  type RuleCheck,
  sameAddress,
} from '@plimsoll/domain'
import type { FootprintConfig } from './FootprintConfig.ts'

/**
 * Reserve that should be used before a domain's collateral is sold: tokens of the wallet that the domain owes, or keeps its margin in. [USD]
 *
 * What earlier actions of the plan pay from the wallet is gone. Null where the domain owes nothing that we hold, or so little of
 * it that no engine would make a transaction of it: it must not lock an owner in.
 *
 * @see RISK.md F4
 */
export function reservesFirst(p: {
  readonly action: Action
  readonly earlier: readonly Action[]
  readonly frame: Frame
  readonly config: FootprintConfig
}): RuleCheck | null {
  const { action, frame, config } = p
  if (action.type !== 'deleverage' && action.type !== 'reduce') return null
  const loan = frame.lending.find(({ domain }) => domain === action.domain)
  const account = frame.perps.find(({ domain }) => domain === action.domain)
  const domain = frame.portfolio.domains.find(({ id }) => id === action.domain)
  const owed = [
    ...(loan?.debt.map(({ token }) => token) ?? []),
    ...(account ? [account.marginToken] : []),
  ]
  let held = 0
  for (const token of owed) {
    const spot = frame.portfolio.spot.find((each) => sameAddress(each.token.address, token.address))
    const left = (spot?.raw ?? 0n) - paid(token.address, p.earlier)
    const price = frame.marketPrices.get(token.asset) ?? 0
    if (left > 0n && price > 0) held += numberFromRaw(left, token.decimals) * price
  }
  const exposure = domain?.exposure(frame.oraclePrices) ?? 0
  const floor = Math.max(config.reserveUsd, (exposure * config.reserveBps) / 10_000)
  return held > floor ? { rule: 'reserves-first', asked: held, limit: floor, unit: 'USD' } : null
}

/** What actions pay from the wallet: repayments and supplies that no withdrawal or swap of the same action brings. */
function paid(token: string, actions: readonly Action[]): bigint {
  let sum = 0n
  for (const { type, intents } of actions) {
    if (type !== 'repay' && type !== 'add-collateral') continue
    for (const intent of intents)
      if (
        (intent.type === 'repay' || intent.type === 'supply') &&
        intent.token.address.toLowerCase() === token.toLowerCase()
      )
        sum += intent.raw
  }
  return sum
}
