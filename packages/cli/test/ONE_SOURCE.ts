import { type AssessConfig, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'

/**
 * A devnet has one exchange to compare oracles with; sUSD is a dollar there. Feeds are moved here and pools are not, so the
 * venue's word is enough for a sale.
 */
export const ONE_SOURCE: AssessConfig = {
  ...DEFAULT_ASSESS_CONFIG,
  stable: ['USDC', 'SUSD'],
  breakers: {
    ...DEFAULT_ASSESS_CONFIG.breakers,
    effects: { ...DEFAULT_ASSESS_CONFIG.breakers.effects, hitAbove: 0 },
    sources: { ...DEFAULT_ASSESS_CONFIG.breakers.sources, amberBelow: 1 },
  },
}
