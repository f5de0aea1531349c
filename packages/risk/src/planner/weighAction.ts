import {
  type Action,
  type DomainId,
  type Frame,
  type Grant,
  numberFromRaw,
  numberFromUsd,
  priceOf,
} from '@plimsoll/domain'
import { enter, type Ledger, type MarketUse, positionOf } from '../Ledger.ts'
import type { Candidate, Refusal } from './Candidate.ts'
import { carryRate } from './carryRate.ts'
import type { Valuation } from './createValuation.ts'
import type { DynamicProgrammingConfig } from './DynamicProgrammingConfig.ts'

const HOURS_PER_YEAR = 8_760

/** What the governor would say of an action, without asking it for anything. */
export type Preview = (p: { readonly action: Action; readonly frame: Frame }) => Grant

/**
 * Weighs an action against holding.
 *
 * Benefit: what the future costs less, by the policy's value of every domain that it touches. Cost: slippage, fees and
 * gas as quoted, the change of interest and funding over the carry horizon, and the prices put on reserve spent and on
 * value sold. What the governor would cut is weighed as it would be cut; what it would deny or defer is refused with its rule.
 */
export function weighAction(p: {
  readonly action: Action
  readonly market: MarketUse | null
  readonly ledger: Ledger
  readonly valuation: Valuation
  readonly config: DynamicProgrammingConfig
  readonly preview: Preview | null
  /** Cost avoided that the policy's values do not show: of a hedge. [USD] */
  readonly beside?: number
}): Candidate | Refusal {
  const { ledger, valuation, config } = p
  const grant = p.preview?.({ action: p.action, frame: ledger.frame }) ?? null
  if (grant?.type === 'denied' || grant?.type === 'deferred') {
    const check = grant.checks.find(({ rule }) => rule === grant.rule)
    const limit =
      check === undefined
        ? ''
        : ` (${check.asked.toFixed(0)} of ${check.limit.toFixed(0)} ${check.unit})`
    return {
      type: 'refused',
      lever: p.action.type,
      domain: p.action.domain,
      why: `${p.action.type}: the governor ${grant.type === 'denied' ? 'denies' : 'defers'} it by ${grant.rule}${limit}`,
    }
  }
  const action = grant?.action ?? p.action
  const market =
    p.market === null || grant === null || grant.type === 'allowed'
      ? p.market
      : { ...p.market, value: p.market.value * shareOf(p.action, action) }
  const after = enter(ledger, action, market)
  let benefit = p.beside ?? 0
  let carry = 0 // [USD a year]
  for (const id of touched(action)) {
    benefit += valuation.costToGo(ledger, id) - valuation.costToGo(after, id)
    carry += carryRate(positionOf(ledger, id)) - carryRate(positionOf(after, id))
  }
  const { slippage, fees, gas } = action.cost
  const cost =
    numberFromUsd(slippage) +
    numberFromUsd(fees) +
    numberFromUsd(gas) +
    (carry * config.carryHours) / HOURS_PER_YEAR +
    (reserveSpent(ledger, after) * config.reservePriceBps) / 10_000 +
    ((market?.value ?? 0) * config.footprintPriceBps) / 10_000
  return { type: 'possible', action, market, benefit, cost }
}

/** Domains whose positions an action changes. */
function touched({ domain, intents }: Action): ReadonlySet<DomainId> {
  const ids = new Set([domain])
  for (const intent of intents) if (intent.type !== 'swap') ids.add(intent.domain)
  return ids
}

/** How much of an action the governor left. */
function shareOf(asked: Action, granted: Action): number {
  const amount = ({ intents }: Action): number => {
    for (const intent of intents) {
      if (intent.type === 'swap') return Number(intent.amountIn)
      if (intent.type === 'trade') return Math.abs(Number(intent.size))
    }
    return 1
  }
  return amount(granted) / amount(asked)
}

/** Value that leaves the owner's reserve. [USD] */
function reserveSpent(before: Ledger, after: Ledger): number {
  let spent = 0
  for (const { token } of before.frame.portfolio.spot) {
    const key = token.address.toLowerCase()
    const raw = (before.reserve.get(key) ?? 0n) - (after.reserve.get(key) ?? 0n)
    if (raw > 0n)
      spent += numberFromRaw(raw, token.decimals) * priceOf(token.asset, before.frame.marketPrices)
  }
  return spent
}
