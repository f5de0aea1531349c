import { type Action, type Frame, findDomain, type RuleCheck } from '@plimsoll/domain'
import { forcedVolume } from '../crowding/Wall.ts'
import { scaleAction } from '../scaleAction.ts'
import { type FootprintConfig, likelyFloor } from './FootprintConfig.ts'
import { floorShare } from './floorShare.ts'
import type { Cap } from './hardCaps.ts'
import { isStressed, type MarketView } from './MarketView.ts'
import { netFootprint, type Odds } from './netFootprint.ts'
import { isDefence } from './readAction.ts'
import { shareOf } from './shareOf.ts'

/** How much of an action the rules so far let through. */
export type Judgement = {
  /** 0 to 1. */
  readonly share: number
  /** Every limit that was looked at, in order. */
  readonly checks: readonly RuleCheck[]
  /** The one that holds the share down; null while nothing does. */
  readonly binding: Cap | null
  /** Loss avoided per dollar traded, for the allocation of budgets. */
  readonly urgency: number
}

/**
 * Reserves first, then hard caps, then in stress the net-footprint test.
 *
 * Where a liquidation is likely, what makes it unlikely passes within the caps: whoever waits for the test at κ = 1 waits until all do,
 * and then there is not room for all.
 */
export function judge(p: {
  readonly action: Action
  readonly frame: Frame
  readonly views: readonly MarketView[]
  readonly config: FootprintConfig
  readonly caps: readonly Cap[]
  readonly reserve: RuleCheck | null
  readonly odds: Odds | null
  /** What was seen and decides nothing by itself: R̂ and our own part of the wall. */
  readonly seen: readonly RuleCheck[]
}): Judgement {
  const { action, frame, config, caps } = p
  const value = Math.max(0, ...p.views.map(({ footprint }) => footprint.value ?? 0))
  const urgency = urgencyOf(p, value)
  if (p.reserve !== null)
    return {
      share: 0,
      checks: [...p.seen, p.reserve],
      binding: { ...p.reserve, recovering: 'no' },
      urgency,
    }
  const tightest = caps.reduce<Cap | null>(
    (a, b) => (a === null || shareOf(b) < shareOf(a) ? b : a),
    null,
  )
  const capped = Math.min(1, tightest === null ? 1 : shareOf(tightest))
  const held = {
    share: capped,
    checks: [...p.seen, ...caps.map(bare)],
    binding: capped < 1 ? tightest : null,
    urgency,
  }
  if (capped === 0 || !p.views.some((view) => isStressed(view, value * capped, config))) return held

  const domain = findDomain(frame.portfolio, action.domain)
  const sale =
    p.odds === null || domain === null
      ? null
      : {
          value: value * capped,
          forced: forcedVolume(domain, frame),
          odds: p.odds,
          healthBefore: action.healthBefore,
          healthAt: (share: number) => scaleAction(action, share * capped, frame).healthAfter,
        }
  const net = sale === null ? null : netFootprint({ ...sale, kappa: config.kappa })
  if (sale === null || net === null)
    return withBinding(held, 0, {
      rule: 'odds-unknown',
      asked: value * capped,
      limit: 0,
      unit: 'USD',
      recovering: 'no',
    })
  const unlikely = isDefence(action) ? floorShare({ ...sale, floor: likelyFloor(config) }) : null
  const likely = Math.min(unlikely ?? 0, sale.forced / sale.value)
  if (likely > net.share)
    return withBinding(held, capped * likely, {
      rule: 'likely-liquidation',
      asked: sale.value,
      limit: sale.value * likely,
      unit: `USD (P ${net.oddsBefore.toFixed(4)} → ${config.likelyToOdds})`,
      recovering: 'no',
    })
  return withBinding(held, capped * net.share, {
    rule: 'net-footprint',
    asked: sale.value * (net.share || 1),
    limit: Math.max(0, net.limit),
    unit: `USD (κ ${config.kappa}, P ${net.oddsBefore.toFixed(4)} → ${net.oddsAfter.toFixed(4)})`,
    recovering: 'no',
  })
}

/** Adds a rule that lets a smaller or the same share through. */
export function withBinding(before: Judgement, share: number, cap: Cap): Judgement {
  return {
    ...before,
    share: Math.min(before.share, share),
    checks: [...before.checks, bare(cap)],
    binding: share < before.share ? cap : before.binding,
  }
}

const bare = ({ rule, asked, limit, unit }: Cap): RuleCheck => ({ rule, asked, limit, unit })

/**
 * Loss avoided per dollar traded: `ΔP·bonus·q_liq / q`.
 *
 * Where the odds are unknown, `e^(−10(h−1))` stands for the probability: only the order matters, and the nearest to
 * liquidation comes first.
 */
function urgencyOf(p: Parameters<typeof judge>[0], value: number): number {
  const { action, frame } = p
  const domain = findDomain(frame.portfolio, action.domain)
  if (domain === null || !(value > 0)) return 0
  const at = (health: number): number =>
    p.odds?.(health) ?? Math.min(1, Math.exp(-10 * (health - 1)))
  const saved = at(action.healthBefore) - at(action.healthAfter)
  const urgency = (saved * domain.liquidation.bonus * forcedVolume(domain, frame)) / value
  return Number.isFinite(urgency) && urgency > 0 ? urgency : 0
}
