import { equity, type Frame, healthFactorOf, priceSets } from '@plimsoll/domain'
import type { Unstamped } from './createJournal.ts'

/** What the journal keeps of a frame. Health at oracle prices: what venues would liquidate on. */
export function observeFrame(frame: Frame): Extract<Unstamped, { type: 'frame.observed' }> {
  return {
    type: 'frame.observed',
    owner: frame.owner,
    time: frame.block.timestamp,
    equity: equity(frame.portfolio, frame.marketPrices),
    health: frame.portfolio.domains.map((domain) => {
      const health = domain.health(priceSets(domain, frame).oracle)
      return {
        domain: domain.id,
        factor: health.type === 'unlevered' ? null : healthFactorOf(health),
      }
    }),
    prices: [...frame.marketPrices].map(([asset, price]) => ({ asset, price })),
  }
}
