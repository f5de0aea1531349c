import {
  type Action,
  BaseError,
  type BudgetKey,
  type BudgetStatus,
  type BudgetStore,
  type Frame,
  type Grant,
  type GrantLease,
  type RuleCheck,
} from '@plimsoll/domain'
import type { BypassWallet } from './budget/BypassWallet.ts'
import { footprintOf, type MarketFootprint } from './footprintOf.ts'
import type { Governor, GrantRequest } from './Governor.ts'
import { createReadingGuard } from './market/createReadingGuard.ts'
import type { ConditionsSource } from './market/MarketConditions.ts'
import { bypassNeed } from './rules/bypassNeed.ts'
import { drawBypass } from './rules/drawBypass.ts'
import { type FootprintConfig, parseFootprintConfig } from './rules/FootprintConfig.ts'
import { hardCaps, poolAllowance } from './rules/hardCaps.ts'
import { type Judgement, judge } from './rules/judge.ts'
import { type MarketView, viewMarket, type Walls } from './rules/MarketView.ts'
import type { Odds } from './rules/netFootprint.ts'
import { outcomeOf } from './rules/outcomeOf.ts'
import { addedWallOf, isVoid } from './rules/readAction.ts'
import { reservesFirst } from './rules/reservesFirst.ts'
import { seenOf } from './rules/seenOf.ts'
import { takeLeases } from './rules/takeLeases.ts'
import { volumesOf } from './rules/volumesOf.ts'
import { scaleAction } from './scaleAction.ts'

/** What the footprint governor works with. */
export type FootprintPorts = {
  /** Unique in the fleet. */
  readonly agent: string
  readonly config: FootprintConfig
  readonly store: BudgetStore
  /** Null for an agent that has no bypass. */
  readonly bypass: BypassWallet | null
  readonly conditions: ConditionsSource
  /** Null or absent: R̂ and walls are left out, and nothing may be added to a wall. */
  readonly walls?: (asset: string, frame: Frame) => Walls | null
  /** P(liquidation within 24 h) of a domain by its health, asked for an action whose engine may have judged it; absent: nothing passes the net-footprint test. */
  readonly odds?: (domain: string, frame: Frame, action: Action) => Odds
}

/**
 * Creates the governor of a fleet's footprint.
 *
 * In order: what does not trade passes; reserves first; hard caps; in stress the net-footprint test; a lease on the fleet's
 * budget. Every rule can only take away from what those before it left. What is unknown, stale or out of proportion
 * closes its market. Near the floor the bypass fills up, out of a budget of its own, what the rules left out of what a liquidation would sell.
 *
 * A grant is charged when it is given: whoever dies after it has not traded more than the store knows.
 *
 * @throws InvalidInputError when a number is out of range or a key is unknown.
 * @see RISK.md F
 */
export function createFootprintGovernor(p: FootprintPorts): Governor {
  const config = parseFootprintConfig(p.config)
  const guard = createReadingGuard(config)
  let asked = { block: -1n, count: 0 }

  const viewsOf = (
    markets: readonly MarketFootprint[],
    frame: Frame,
    status: readonly BudgetStatus[],
  ): MarketView[] =>
    markets.map((footprint) =>
      viewMarket({
        footprint,
        frame,
        config,
        guard,
        conditions: p.conditions(footprint.asset, frame),
        walls: p.walls?.(footprint.asset, frame) ?? null,
        own: status.filter(
          ({ key }) => key.asset === footprint.asset && key.venue === footprint.venue,
        ),
      }),
    )

  /** The rules that need no lease, each as the share of the action that it lets through. */
  const rulesOf = (
    { action, frame, earlier = [] }: GrantRequest,
    views: readonly MarketView[],
    odds: Odds | null,
  ) => {
    const reserve = reservesFirst({ action, earlier, frame, config })
    const added = addedWallOf(action, frame)
    const caps = views.flatMap((view) =>
      hardCaps({
        ...{ view, config },
        value: view.footprint.value,
        poolAllowance: poolAllowance(volumesOf(view, frame, guard), view, config),
        addedWall: added,
      }),
    )
    return judge({
      ...{ action, frame, views, config, caps, reserve, odds },
      seen: seenOf(views, config),
    })
  }

  return {
    name: 'footprint',
    async grant(request): Promise<Grant> {
      const { action, frame } = request
      const markets = footprintOf(action, frame)
      if (markets.length === 0)
        return {
          type: 'allowed',
          action,
          checks: [{ rule: 'no-footprint', asked: 0, limit: 0, unit: 'USD' }],
        }
      asked =
        asked.block === frame.block.number
          ? { ...asked, count: asked.count + 1 }
          : { block: frame.block.number, count: 0 }
      const once = `${frame.block.number}.${asked.count}`
      const status = await attempt(
        p.store.status(
          markets.flatMap(({ asset, venue }) =>
            PURPOSES.map((purpose) => ({ asset, venue, purpose })),
          ),
        ),
      )
      const views = viewsOf(markets, frame, Array.isArray(status) ? status : [])
      const odds = p.odds?.(action.domain, frame, action) ?? null
      const ruled = rulesOf(request, views, odds)
      const leased =
        status instanceof BaseError
          ? { ...ruled, share: 0, ...unreachable(status), leases: [] as readonly GrantLease[] }
          : await takeLeases({ ...p, config, request, views, ruled, once })
      const reserves = ruled.binding?.rule === 'reserves-first' // there is something better to do
      const need =
        p.bypass === null || leased.share === 1 || reserves
          ? null
          : bypassNeed({
              ...{ action, frame, config, odds },
              value: Math.max(0, ...markets.map(({ value }) => value ?? 0)),
            })
      const filled =
        p.bypass === null || need === null
          ? leased
          : drawBypass({ wallet: p.bypass, need, config, frame, views, granted: leased, once })
      const part = filled.share > 0 ? scaleAction(action, filled.share, frame) : null
      const isNothing = part === null || isVoid(part)
      return outcomeOf({
        ...{ action, frame, config, views },
        judged: isNothing ? { ...filled, share: 0 } : filled,
        part: isNothing ? action : part,
      })
    },
  }
}

/** What a fleet trades under: all of it moves the price. */
const PURPOSES: readonly BudgetKey['purpose'][] = ['orders', 'bypass']

/** A store that does not answer, or is damaged, lets nothing through. */
function unreachable(error: BaseError): Pick<Judgement, 'binding' | 'checks'> {
  const rule = error.recovery === 'halt' ? 'store-damaged' : 'store-unreachable'
  const check: RuleCheck = { rule, asked: 1, limit: 0, unit: 'answer' }
  return { binding: { ...check, recovering: 'no' }, checks: [check] }
}

async function attempt<T>(answer: Promise<T>): Promise<T | BaseError> {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof BaseError) return cause
    throw cause
  }
}
