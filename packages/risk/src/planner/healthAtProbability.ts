import { createLinearDomain, type Linear, type MarginDomain, type Prices } from '@plimsoll/domain'
import type { Outlook } from '../createOutlook.ts'

/** Healths that are looked at: beyond the last one nothing is asked for. */
const MOST_HEALTH_GAIN = 64
const HALVINGS = 24

/**
 * Health factor at which P(liquidation within 24 h) of a domain is at most a target, its backing as it is and its requirement
 * scaled; null where it has no forecast or no scaling reaches the target.
 */
export function healthAtProbability(p: {
  readonly outlook: Outlook
  readonly domain: MarginDomain
  readonly prices: Prices
  readonly health: number
  readonly target: number
}): number | null {
  const { outlook, domain, prices, health, target } = p
  const chanceAt = (gain: number): number | null => {
    const scaled = scaleRequirement(domain, 1 / gain)
    return outlook.ahead(scaled, { worse: prices, venue: prices }).probabilities?.h24 ?? null
  }
  const now = chanceAt(1)
  const safest = chanceAt(MOST_HEALTH_GAIN)
  if (now === null || safest === null || safest > target) return null
  if (now <= target) return health
  let low = 0
  let high = Math.log(MOST_HEALTH_GAIN)
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if ((chanceAt(Math.exp(middle)) ?? 1) > target) low = middle
    else high = middle
  }
  return health * Math.exp(high)
}

function scaleRequirement(domain: MarginDomain, by: number): MarginDomain {
  const { linear } = domain
  return createLinearDomain({
    ...domain,
    linear: { ...linear, requirement: scale(linear.requirement, by) },
  })
}

const scale = ({ constant, perToken }: Linear, by: number): Linear => ({
  constant: constant * by,
  perToken: new Map([...perToken].map(([asset, tokens]) => [asset, tokens * by])),
})
