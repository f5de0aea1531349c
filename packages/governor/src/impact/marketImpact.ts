import type { ImpactTerms } from './ImpactTerms.ts'
import { linearImpact } from './linearImpact.ts'
import { squareRootImpact } from './squareRootImpact.ts'

/** How a market answers to size: the law of its flow and, where there is one, the pool that a trade goes through. */
export type MarketModel = {
  readonly terms: ImpactTerms
  /** λ of `linearImpact`; null where the square-root law alone is taken. */
  readonly slope: number | null
  /** Size of the move that a trade makes in its pool; null where it meets none. [USD → log-price] */
  readonly pool: ((value: number) => number) | null
}

/**
 * Size of the log-price move of a trade on top of an unabsorbed flow, by the worst of the laws that apply.
 *
 * The laws of flow count what the trade adds, `I(J + q) − I(J)`; a pool is moved by the trade alone.
 *
 * @param flow - Unabsorbed before the trade, positive in its direction. [USD]
 * @param value - [USD]
 */
export function marketImpact(model: MarketModel, flow: number, value: number): number {
  const { terms, slope, pool } = model
  const law = squareRootImpact(flow + value, terms) - squareRootImpact(flow, terms)
  const linear =
    slope === null ? 0 : linearImpact(flow + value, slope, terms) - linearImpact(flow, slope, terms)
  return Math.max(law, linear, pool === null ? 0 : pool(value))
}
