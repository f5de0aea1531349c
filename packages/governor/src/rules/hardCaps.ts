import type { RuleCheck } from '@plimsoll/domain'
import { wallLimit } from '../crowding/wallLimit.ts'
import type { FootprintConfig } from './FootprintConfig.ts'
import type { MarketView } from './MarketView.ts'
import { ownMove, ownRoom } from './ownMove.ts'

/** How a limit comes to allow more again: by waiting, or not by itself. */
type Recovering = 'with-time' | 'no'

/** A limit on what one order may trade now. */
export type Cap = RuleCheck & { readonly recovering: Recovering }

const share = (bps: number): number => bps / 10_000

/**
 * Hard caps on one market, each as the value that it lets through now. What is unknown lets nothing through. [USD]
 *
 * @param value - What is asked.
 * @param poolAllowance - What all pools of the asset may bear together within five minutes; see `poolAllowance`.
 * @param addedWall - What the action adds to our own wall in the bin where it adds most; zero for what only takes from it.
 * @see RISK.md F2, F5
 */
export function hardCaps(p: {
  readonly view: MarketView
  readonly config: FootprintConfig
  readonly value: number | null
  readonly poolAllowance: number
  readonly addedWall: { readonly bin: number; readonly value: number } | null
}): readonly Cap[] {
  const { view, config } = p
  if (p.value === null) return [cap('price-unknown', 0, 0, 'no')]
  const value = p.value
  switch (view.footprint.type) {
    case 'unmeasured-perp':
      return [cap('perp-notional', value, config.perpNotionalUsd, 'no')]
    case 'unknown':
      return [cap('depth-unknown', value, 0, 'no')]
    case 'measured':
      return [
        ...participation(view, config, value),
        cap('depth-share', value, view.depth * share(config.depthShareBps), 'no'),
        ...ownImpact(view, config, value),
        ...(view.volume5m === null
          ? []
          : [cap('pool-share', value, Math.max(0, p.poolAllowance - view.ownRecent), 'with-time')]),
        ...wallShare(p, value),
      ]
    default:
      return view.footprint satisfies never
  }
}

const cap = (rule: string, asked: number, limit: number, recovering: Recovering): Cap => ({
  rule,
  asked,
  limit,
  unit: 'USD',
  recovering,
})

/** What the fleet may trade within five minutes on a market, by its volume. [USD] */
export const participationLimit = (view: MarketView, config: FootprintConfig): number =>
  (view.volume5m ?? 0) *
  share(view.isVolatile ? config.participationStressBps : config.participationCalmBps)

function participation(view: MarketView, config: FootprintConfig, value: number): readonly Cap[] {
  if (view.volume5m === null) return []
  const left = Math.max(0, participationLimit(view, config) - view.ownRecent)
  return [cap('participation', value, left, 'with-time')]
}

/**
 * What may be added before our orders' own impact is amber; nothing once that of orders and bypasses is red. Between the two an
 * order waits for decay.
 *
 * Markets that report no volume (perps) and whose conditions are unknown are held by their depth alone; a spot market with
 * unknown conditions is closed.
 */
function ownImpact(view: MarketView, config: FootprintConfig, value: number): readonly Cap[] {
  if (view.terms === null && view.volume5m !== null)
    return [cap('conditions-unknown', value, 0, 'no')]
  if (ownMove(view.ownFlow + view.bypassFlow, view) >= config.ownImpactRed)
    return [cap('own-impact-red', value, 0, 'with-time')]
  return [cap('own-impact-amber', value, Math.max(0, ownRoom(view, config)), 'with-time')]
}

function wallShare(p: Parameters<typeof hardCaps>[0], value: number): readonly Cap[] {
  const { view, addedWall, config } = p
  if (addedWall === null || addedWall.value <= 0) return []
  if (view.walls === null || view.terms === null) return [cap('wall-unknown', value, 0, 'no')]
  const { bin } = addedWall
  const limit = wallLimit(view.walls.visible[bin] ?? 0, view.terms, {
    visibleShare: share(config.wallShareBps),
    move: config.wallMove,
  })
  const room = Math.max(0, limit - (view.walls.own[bin] ?? 0))
  return [cap('wall-share', value, (value * room) / addedWall.value, 'no')]
}

/**
 * What one pool may carry within five minutes: its share of what all readable pools of the asset may. [USD]
 *
 * With fewer pools than the share has room for, each may carry its even part.
 */
export function poolAllowance(
  volumes: readonly number[],
  view: MarketView,
  config: FootprintConfig,
): number {
  const limit = share(view.isVolatile ? config.participationStressBps : config.participationCalmBps)
  const all = volumes.reduce((sum, volume) => sum + volume, 0) * limit
  return all * Math.max(share(config.poolShareBps), volumes.length === 0 ? 0 : 1 / volumes.length)
}
