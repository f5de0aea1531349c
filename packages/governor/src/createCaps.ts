import {
  type Action,
  type Frame,
  findDomain,
  type Grant,
  healthFactorOf,
  type RuleCheck,
  worseHealth,
} from '@plimsoll/domain'
import type { CapsConfig } from './CapsConfig.ts'
import { footprintOf, type MarketFootprint } from './footprintOf.ts'
import type { Governor, GrantRequest } from './Governor.ts'
import { parseCapsConfig } from './parseCapsConfig.ts'
import { scaleAction } from './scaleAction.ts'

/** A governor that answers at once: it keeps no budget. */
export interface CapsGovernor extends Governor {
  grant(p: GrantRequest): Grant
}

/**
 * Creates the governor of hard caps per order.
 *
 * What does not trade (repay, add collateral, transfer, cancel) has no footprint and always passes. A trade may take at most a
 * share of the market's five-minute volume and a share of its depth to ±1 % on the side it uses. Perp markets report no
 * volume, so depth alone decides; one that its venue does not report has a cap on notional instead. Too large an action is scaled down as a whole; where volume, depth or
 * price are unknown or zero it is denied.
 *
 * Bypass: deleveraging, reducing and transferring to a domain whose health is below `bypassHealth` looks at depth alone, with a larger
 * share, so that the governor never locks an owner into a liquidation. A market of unknown depth stays closed.
 *
 * @throws InvalidInputError when a limit is out of range or a key is unknown.
 * @see RISK.md F2
 */
export function createCaps(config: CapsConfig): CapsGovernor {
  const caps = parseCapsConfig(config)
  return {
    name: 'caps',
    grant({ action, frame }): Grant {
      const markets = footprintOf(action, frame)
      if (markets.length === 0)
        return {
          type: 'allowed',
          action,
          checks: [{ rule: 'no-footprint', asked: 0, limit: 0, unit: 'USD' }],
        }
      const bypass = isDefence(action) && healthIn(frame, action) < caps.bypassHealth
      const checks = markets.flatMap((market) => checksOf(market, caps, bypass))
      const tightest = checks.reduce((a, b) => (shareOf(b) < shareOf(a) ? b : a))
      const share = shareOf(tightest)
      if (share >= 1) return { type: 'allowed', action, checks }
      const reduced = share > 0 ? scaleAction(action, share, frame) : null
      return reduced === null || isVoid(reduced)
        ? { type: 'denied', action, rule: tightest.rule, checks }
        : { type: 'reduced', action: reduced, rule: tightest.rule, checks }
    },
  }
}

/** Limits on one market. What is unknown has a limit of zero. [USD] */
function checksOf(market: MarketFootprint, caps: CapsConfig, bypass: boolean): RuleCheck[] {
  const check = (rule: string, limit: number): RuleCheck => ({
    rule,
    asked: market.value ?? 0,
    limit,
    unit: 'USD',
  })
  if (market.value === null) return [check('price-unknown', 0)]
  switch (market.type) {
    case 'unmeasured-perp':
      return [check('perp-notional', caps.perpNotionalUsd)]
    case 'unknown':
      return [check('depth-unknown', 0)]
    case 'measured':
      if (bypass)
        return [check('bypass-depth-share', market.depth * share(caps.bypassDepthShareBps))]
      return [
        ...(market.volume5m === null
          ? []
          : [check('participation', market.volume5m * share(caps.participationBps))]),
        check('depth-share', market.depth * share(caps.depthShareBps)),
      ]
    default:
      return market satisfies never
  }
}

const share = (bps: number): number => bps / 10_000

/** Share of the asked value that a limit lets through; 0 where that is not a number. */
function shareOf({ asked, limit }: RuleCheck): number {
  const share = limit / asked
  return Number.isNaN(share) ? 0 : Math.max(0, share)
}

const isDefence = ({ type }: Action): boolean =>
  type === 'deleverage' || type === 'reduce' || type === 'transfer'

/** Health factor of the action's domain in the frame: the worse of oracle and market prices. */
function healthIn(frame: Frame, action: Action): number {
  const domain = findDomain(frame.portfolio, action.domain)
  if (domain === null) return Number.POSITIVE_INFINITY
  return healthFactorOf(worseHealth(domain, frame).health)
}

/** True when scaling left nothing of an intent. */
const isVoid = (action: Action): boolean =>
  action.intents.some((intent) => {
    if (intent.type === 'swap') return intent.amountIn === 0n
    if (intent.type === 'trade') return intent.size === 0n
    return intent.type !== 'cancel' && intent.raw === 0n
  })
