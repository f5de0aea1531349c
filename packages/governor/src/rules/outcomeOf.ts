import type { Action, Frame, Grant, Slice } from '@plimsoll/domain'
import { addFlow, decayFlow, type FlowState, NO_FLOW, unabsorbed } from '../impact/FlowState.ts'
import type { FootprintConfig } from './FootprintConfig.ts'
import type { MarketView } from './MarketView.ts'
import { ownRoom } from './ownMove.ts'
import type { Leased } from './takeLeases.ts'

/** Window of participation. [s] */
const WINDOW = 300

/** Names what came of a judgement: allowed, reduced, sliced, deferred or denied. */
export function outcomeOf(p: {
  readonly action: Action
  readonly frame: Frame
  readonly config: FootprintConfig
  readonly views: readonly MarketView[]
  readonly judged: Leased
  /** What is left of the action. */
  readonly part: Action
}): Grant {
  const { action, judged, part, config } = p
  const { binding, checks, leases, share } = judged
  if (binding === null)
    return share > 0
      ? { type: 'allowed', action: part, checks, ...(leases.length > 0 ? { leases } : {}) }
      : { type: 'denied', action, rule: 'too-small', checks }
  const { rule, recovering } = binding
  const now = p.frame.block.timestamp
  if (share === 0)
    return recovering === 'with-time'
      ? { type: 'deferred', action, rule, until: now + BigInt(Math.ceil(waitOf(p))), checks }
      : { type: 'denied', action, rule, checks }
  const schedule =
    recovering === 'with-time' ? scheduleOf(now, share, gapOf(rule, config), config) : null
  return schedule === null
    ? { type: 'reduced', action: part, rule, checks, leases }
    : { type: 'sliced', action: part, rule, schedule, checks, leases }
}

/** Seconds between slices of a rule: the window that its limit counts over. */
const gapOf = (rule: string, config: FootprintConfig): number =>
  rule.startsWith('budget') ? config.slotMs / 1_000 : WINDOW

/** Equal parts from now on; null when they are too many or take too long. */
function scheduleOf(
  now: bigint,
  share: number,
  gap: number,
  config: FootprintConfig,
): readonly Slice[] | null {
  const count = Math.ceil(1 / share - 1e-9)
  if (count > config.maxSlices || (count - 1) * gap > config.sliceHorizon) return null
  return Array.from({ length: count }, (_, i) => ({
    at: now + BigInt(Math.ceil(i * gap)),
    share: Math.min(share, 1 - i * share),
  }))
}

/** Seconds until a rule that recovers may let something through again. */
function waitOf(p: Parameters<typeof outcomeOf>[0]): number {
  const rule = p.judged.binding?.rule ?? ''
  const slot = p.config.slotMs / 1_000
  if (rule === 'budget-gathering') return Math.min(slot, 1)
  if (rule.startsWith('budget') || rule.startsWith('lease')) {
    const now = Number(p.frame.block.timestamp)
    return slot - (now % slot)
  }
  if (!rule.startsWith('own-impact')) return Math.min(WINDOW, slot)
  let longest = slot
  for (const view of p.views) {
    let own = freshly(view.ownFlow)
    let bypass = freshly(view.bypassFlow)
    let seconds = 0
    const isFull = (): boolean =>
      ownRoom({ ...view, ownFlow: unabsorbed(own), bypassFlow: unabsorbed(bypass) }, p.config) <= 0
    while (seconds < p.config.sliceHorizon && isFull()) {
      own = decayFlow(own, 60_000)
      bypass = decayFlow(bypass, 60_000)
      seconds += 60
    }
    longest = Math.max(longest, seconds)
  }
  return longest
}

/** As if all of a flow were of now: most of it is fast, and to take it for slow would wait half a day. */
const freshly = (flow: number): FlowState => addFlow(NO_FLOW, flow)
