import type { AssetId, DomainId } from './Asset.ts'
import { accumulate, type Prices, priceOf } from './Linear.ts'
import type { Health, MarginDomain } from './MarginDomain.ts'
import type { SpotPosition } from './Position.ts'
import { numberFromRaw } from './units.ts'

/**
 * One owner's legs as one book over many margin domains.
 *
 * Equity and exposure add up over domains; liquidation does not: there is no legal cross-margin between
 * protocols, so the portfolio is as safe as its weakest domain.
 */
export type Portfolio = {
  readonly domains: readonly MarginDomain[]
  readonly spot: readonly SpotPosition[]
}

/** A domain and how far it is from liquidation. */
export type DomainHealth = { readonly domain: MarginDomain; readonly health: Health }

/** Value of every domain and of the reserve. [USD] */
export function equity(portfolio: Portfolio, prices: Prices): number {
  let sum = 0
  for (const domain of portfolio.domains) sum += domain.equity(prices)
  for (const { token, raw } of portfolio.spot)
    sum += numberFromRaw(raw, token.decimals) * priceOf(token.asset, prices)
  return sum
}

/** `S ∂E/∂S` by asset over all domains and the reserve: the net exposure. [USD] */
export function delta(portfolio: Portfolio, prices: Prices): ReadonlyMap<AssetId, number> {
  const sum = new Map<AssetId, number>()
  for (const domain of portfolio.domains)
    for (const [asset, value] of domain.delta(prices)) accumulate(sum, asset, value)
  for (const { token, raw } of portfolio.spot)
    accumulate(sum, token.asset, numberFromRaw(raw, token.decimals) * priceOf(token.asset, prices))
  return sum
}

/** `S_i S_j ∂²E/∂S_i ∂S_j` by asset over all domains. [USD] */
export function gamma(portfolio: Portfolio, prices: Prices): ReadonlyMap<AssetId, number> {
  const sum = new Map<AssetId, number>()
  for (const domain of portfolio.domains)
    for (const [asset, value] of domain.gamma(prices)) accumulate(sum, asset, value)
  return sum
}

/** Every domain with its health, in the portfolio's order. */
export function healths(portfolio: Portfolio, prices: Prices): readonly DomainHealth[] {
  return portfolio.domains.map((domain) => ({ domain, health: domain.health(prices) }))
}

/** The domain nearest to liquidation; null when nothing is levered. Insolvent counts as nearest. */
export function weakestDomain(portfolio: Portfolio, prices: Prices): DomainHealth | null {
  let weakest: DomainHealth | null = null
  for (const each of healths(portfolio, prices))
    if (weakest === null || distance(each.health) < distance(weakest.health)) weakest = each
  return weakest === null || weakest.health.type === 'unlevered' ? null : weakest
}

/** The domain with an id; null when the portfolio has none. */
export function findDomain(portfolio: Portfolio, id: DomainId): MarginDomain | null {
  return portfolio.domains.find((domain) => domain.id === id) ?? null
}

/** `lnHealth` with the ends of the scale: +∞ unlevered, −∞ insolvent. For ordering and thresholds only. */
export function distance(health: Health): number {
  switch (health.type) {
    case 'solvent':
      return health.lnHealth
    case 'unlevered':
      return Number.POSITIVE_INFINITY
    case 'insolvent':
      return Number.NEGATIVE_INFINITY
    default:
      return health satisfies never
  }
}

/** Health factor for display and thresholds: 0 insolvent, +∞ unlevered. */
export const healthFactorOf = (health: Health): number => Math.exp(distance(health))
