import { type AssessConfig, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'

/** A devnet has one exchange to compare oracles with; sUSD is a dollar there. */
export const ONE_SOURCE: AssessConfig = {
  ...DEFAULT_ASSESS_CONFIG,
  stable: ['USDC', 'SUSD'],
  breakers: {
    ...DEFAULT_ASSESS_CONFIG.breakers,
    sources: { ...DEFAULT_ASSESS_CONFIG.breakers.sources, amberBelow: 1 },
  },
}
