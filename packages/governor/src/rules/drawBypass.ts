import { type Frame, type GrantLease, numberFromUsd, type RuleCheck } from '@plimsoll/domain'
import type { BypassWallet } from '../budget/BypassWallet.ts'
import type { BypassNeed } from './bypassNeed.ts'
import type { FootprintConfig } from './FootprintConfig.ts'
import type { MarketView } from './MarketView.ts'
import { shareOf } from './shareOf.ts'
import { dollarsUp, type Leased } from './takeLeases.ts'

/**
 * Fills up from the bypass what the rules left out of a defence near the floor.
 *
 * It ends at what leaves the floor, at what a liquidation would sell, at a share of the depth larger than the caps', and at what
 * the wallet holds. A market without a price or a depth stays closed.
 */
export function drawBypass(p: {
  readonly wallet: BypassWallet
  readonly need: BypassNeed
  readonly config: FootprintConfig
  readonly frame: Frame
  readonly views: readonly MarketView[]
  readonly granted: Leased
  readonly once: string
}): Leased {
  const { wallet, need, config, views, granted } = p
  const now = Number(p.frame.block.timestamp) * 1_000
  const value = Math.max(0, ...views.map(({ footprint }) => footprint.value ?? 0))
  const limits: RuleCheck[] = [
    { rule: 'bypass-floor', asked: value, limit: value * need.share, unit: unitOf(need, config) },
    { rule: 'bypass-forced', asked: value, limit: need.forced, unit: 'USD' },
    ...views.map((view) => depthShare(view, config)),
  ]
  const tightest = limits.reduce((a, b) => (shareOf(b) < shareOf(a) ? b : a))
  const target = Math.min(1, shareOf(tightest))
  const extra = target - granted.share
  if (!(extra > 0)) return granted
  const leases: GrantLease[] = []
  let filled = target
  for (const [i, { footprint }] of views.entries()) {
    const { asset, venue } = footprint
    const asked = footprint.value ?? 0
    const id = `${p.once}.${i}`
    const amount = dollarsUp(asked * extra)
    const drawn = wallet.draw({ asset, venue, id, amount, now })
    if (drawn < amount) filled = Math.min(filled, granted.share + numberFromUsd(drawn) / asked)
    if (drawn > 0n)
      leases.push({
        ...{ purpose: 'bypass', ledger: `${asset}@${venue}`, id, amount: drawn },
        until: p.frame.block.timestamp,
      })
  }
  const emptied: RuleCheck[] =
    filled < target
      ? [{ rule: 'bypass-wallet', asked: value, limit: value * filled, unit: 'USD' }]
      : []
  const binding = emptied[0] ?? tightest
  return {
    ...granted,
    share: filled,
    checks: [...granted.checks, ...limits, ...emptied],
    binding: filled < 1 ? { ...binding, recovering: 'no' } : null,
    leases: [...granted.leases, ...leases],
  }
}

function depthShare({ footprint, depth }: MarketView, config: FootprintConfig): RuleCheck {
  const { value, type } = footprint
  const limit =
    value === null
      ? 0
      : type === 'unmeasured-perp'
        ? config.perpNotionalUsd
        : (depth * config.bypassDepthShareBps) / 10_000
  return { rule: 'bypass-depth-share', asked: value ?? 0, limit, unit: 'USD' }
}

const unitOf = ({ odds }: BypassNeed, { bypassToOdds }: FootprintConfig): string =>
  odds === null ? 'USD' : `USD (P ${odds.toFixed(4)} → ${bypassToOdds})`
