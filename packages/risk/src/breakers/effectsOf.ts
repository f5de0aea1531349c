import type { AssetId, VenueId } from '@plimsoll/domain'
import type { BreakerConfig } from './BreakerConfig.ts'
import type { BreakerCheck, BreakerState, Level } from './BreakerState.ts'
import { worst } from './evaluateBreakers.ts'
import type { RuleName } from './Finding.ts'

/** What a decision about one domain is made on. */
export type DecisionContext = {
  /** Health factor at market prices alone: 0 insolvent, +∞ unlevered. */
  readonly healthMarket: number
  /** Health factor below which the engine would sell. */
  readonly actBelow: number
  /**
   * Probability that the venue's own prices liquidate within 10 minutes: 1 when it can be liquidated now, null when it is
   * not known, which allows nothing.
   */
  readonly pHit10min: number | null
  /** Assets and venues the decision touches; absent: the whole book. */
  readonly touches?: { readonly assets: readonly AssetId[]; readonly venues: readonly VenueId[] }
}

/** Why a trade is or is not allowed. */
export type TradeRule = 'market-health' | 'venue-hit' | 'two-prices' | 'red'

/** A check that is not green and bears on a decision. */
export type Reason = Pick<BreakerCheck, 'rule' | 'subject' | 'level' | 'found' | 'limit' | 'since'>

/** What the breakers leave to the agent. Repaying and adding collateral from reserves are always left. */
export type Permission = {
  readonly level: Level
  /** What to multiply the uncertainty ν of volatility by. */
  readonly nuFactor: number
  /** Whatever raises risk: borrowing to buy, withdrawing, opening. */
  readonly allowBoost: boolean
  /** Whatever trades on a market: a sale of collateral, a smaller perp, a hedge. */
  readonly allowSwap: boolean
  /** The rule that decided {@link allowSwap}. */
  readonly swapRule: TradeRule
  /** Rules that are not green here, the worst first; empty while green. */
  readonly why: readonly Reason[]
}

/**
 * Says what may be done about one domain in a state of the breakers.
 *
 * - At any level a trade needs a reason in the market: health at market prices alone is below `actBelow`, or the venue's own
 *   prices liquidate within 10 minutes with more than `hitAbove`. An error of a venue's oracle alone sells nothing.
 * - Amber widens ν and raises no risk.
 * - Red leaves only reserves, and trades only for the second reason.
 *
 * @see RISK.md part E
 */
export function effectsOf(
  state: BreakerState,
  context: DecisionContext,
  { effects }: Pick<BreakerConfig, 'effects'>,
): Permission {
  const here = state.checks.filter((check) => bears(check, context.touches))
  const level = worst(here)
  const hit = context.pHit10min !== null && context.pHit10min > effects.hitAbove
  const asked = context.healthMarket < context.actBelow
  const swapRule: TradeRule = hit
    ? 'venue-hit'
    : level === 'red'
      ? 'red'
      : asked
        ? 'market-health'
        : 'two-prices'
  return {
    level,
    nuFactor: level === 'green' ? 1 : effects.nuFactor,
    allowBoost: level === 'green',
    allowSwap: swapRule === 'venue-hit' || swapRule === 'market-health',
    swapRule,
    why: [...here]
      .filter((check) => check.level !== 'green')
      .sort((a, b) => Number(b.level === 'red') - Number(a.level === 'red'))
      .map(({ rule, subject, level, found, limit, since }) => ({
        rule,
        subject,
        level,
        found,
        limit,
        since,
      })),
  }
}

/** A market source speaks for itself alone; a chain for everything on it. */
function bears({ on }: BreakerCheck, touches: DecisionContext['touches']): boolean {
  return on.some(({ type, id }) => {
    switch (type) {
      case 'feed':
        return false
      case 'chain':
        return true
      case 'asset':
        return touches === undefined || touches.assets.includes(id)
      case 'venue':
        return touches === undefined || touches.venues.includes(id)
      default:
        return type satisfies never
    }
  })
}

/** Why nothing is traded for a domain, in the words of the rule that decided. */
export const describeForbidden = (what: string, { swapRule, why }: Permission): string =>
  `${what}: no trade by ${swapRule}${why.length === 0 ? '' : ` (${why.map(describeReason).join('; ')})`}.`

/** One line on a check: rule, subject, figure, limit and since when. */
export function describeReason(reason: Reason): string {
  const found = reason.found === null ? 'not read' : format(reason.found)
  const limit = reason.limit === null ? 'none' : format(reason.limit)
  return `${reason.level}: ${reason.rule} of ${reason.subject} ${found}, limit ${limit}, since ${reason.since}`
}

const format = (value: number): string => String(Number(value.toPrecision(4)))

/** Names of the rules behind a permission, each once, the worst first. */
export const rulesOf = ({ why }: Permission): readonly RuleName[] => [
  ...new Set(why.map(({ rule }) => rule)),
]
