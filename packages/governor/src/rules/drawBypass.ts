import { type Frame, type GrantLease, numberFromUsd } from '@plimsoll/domain'
import type { BypassWallet } from '../budget/BypassWallet.ts'
import type { FootprintConfig } from './FootprintConfig.ts'
import type { MarketView } from './MarketView.ts'
import { dollarsUp, type Leased } from './takeLeases.ts'

/**
 * Fills up from the bypass what the rules left out of a defence near the floor.
 *
 * Depth alone limits it, with a larger share, and what the wallet holds. A market without a price or a depth stays closed.
 */
export function drawBypass(p: {
  readonly wallet: BypassWallet
  readonly config: FootprintConfig
  readonly frame: Frame
  readonly views: readonly MarketView[]
  readonly granted: Leased
  readonly once: string
}): Leased {
  const { wallet, config, frame, views, granted } = p
  if (granted.share >= 1) return granted
  const now = Number(frame.block.timestamp) * 1_000
  const allowed = views.map(({ footprint, depth }) => {
    const { value, type } = footprint
    if (value === null || value <= 0) return { value: 0, limit: 0 }
    if (type === 'unmeasured-perp') return { value, limit: config.perpNotionalUsd }
    return { value, limit: (depth * config.bypassDepthShareBps) / 10_000 }
  })
  const target = Math.min(1, ...allowed.map(({ value, limit }) => (value > 0 ? limit / value : 0)))
  const extra = target - granted.share
  if (extra <= 0) return granted
  const leases: GrantLease[] = []
  let filled = target
  for (const [i, { footprint }] of views.entries()) {
    const { asset, venue } = footprint
    const value = allowed[i]?.value ?? 0
    const amount = dollarsUp(value * extra)
    const drawn = wallet.draw({ asset, venue, id: `${p.once}.${i}`, amount, now })
    if (drawn < amount) filled = Math.min(filled, granted.share + numberFromUsd(drawn) / value)
    if (drawn > 0n)
      leases.push({
        purpose: 'bypass',
        ledger: `${asset}@${venue}`,
        id: `${p.once}.${i}`,
        amount: drawn,
        until: frame.block.timestamp,
      })
  }
  const [first] = allowed
  const check = {
    rule: 'bypass-depth-share',
    asked: first?.value ?? 0,
    limit: first?.limit ?? 0,
    unit: 'USD',
  }
  const wallets = { ...check, rule: 'bypass-wallet', limit: (first?.value ?? 0) * filled }
  const binding = filled < target ? wallets : check
  return {
    ...granted,
    share: filled,
    checks: [...granted.checks, check, ...(filled < target ? [wallets] : [])],
    binding: filled < 1 ? { ...binding, recovering: 'no' } : null,
    leases: [...granted.leases, ...leases],
  }
}
