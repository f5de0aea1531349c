import type { RuleCheck } from '@plimsoll/domain'
import { wallLimit } from '../crowding/wallLimit.ts'
import type { FootprintConfig } from './FootprintConfig.ts'
import type { MarketView } from './MarketView.ts'

/** R̂ beside amber, and our own largest bin of the wall beside its limit, for whoever reads a grant later. */
export function seenOf(
  views: readonly MarketView[],
  config: FootprintConfig,
): readonly RuleCheck[] {
  const checks: RuleCheck[] = []
  for (const { reproduction, walls, terms } of views) {
    if (reproduction === null || walls === null || terms === null) continue
    checks.push({
      rule: 'reproduction',
      asked: reproduction,
      limit: config.reproductionAmber,
      unit: 'R̂',
    })
    const own = Math.max(...walls.own)
    const bin = walls.own.indexOf(own)
    if (own > 0)
      checks.push({
        rule: `wall-own ${-2 * bin} % to ${-2 * (bin + 1)} %`,
        asked: own,
        limit: wallLimit(walls.visible[bin] ?? 0, terms, {
          visibleShare: config.wallShareBps / 10_000,
          move: config.wallMove,
        }),
        unit: 'USD',
      })
  }
  return checks
}
