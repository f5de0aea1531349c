import {
  type AssetId,
  type DomainId,
  delta,
  type Frame,
  gamma,
  type MarginDomain,
  type Prices,
  priceOf,
  priceSets,
  type Sensitivity,
  worseHealth,
} from '@plimsoll/domain'
import type { LiquidationPrice } from '../Assessment.ts'
import { type LiquidationRay, liquidationRay } from './liquidationRay.ts'

/** Health of one domain with its derivatives, and the prices that liquidate it. */
type DomainGreeks = {
  readonly domain: DomainId
  /** Order of gradient and Hessian. */
  readonly assets: readonly AssetId[]
  /** Of ln health in log-prices, at the worse of oracle and market prices. */
  readonly sensitivity: Sensitivity
  /** One asset moves, the others stand still. At the prices its venue liquidates on. */
  readonly alone: readonly LiquidationPrice[]
  /** One asset moves and takes the others along. At the same prices. */
  readonly together: readonly LiquidationRay[]
}

/** Greeks of a whole book. */
export type BookGreeks = {
  /** `S ∂E/∂S` by asset, net over domains and reserve, at market prices. [USD] */
  readonly delta: ReadonlyMap<AssetId, number>
  /** `S² ∂²E/∂S²` by asset; a leg depends on one price, so the mixed ones are zero. Empty while all legs are linear. [USD] */
  readonly gamma: ReadonlyMap<AssetId, number>
  /** In the order of the portfolio. */
  readonly domains: readonly DomainGreeks[]
}

/** How far the others go in log-price when one does: by driver, then by asset. What is not named stands still. */
export type Betas = ReadonlyMap<AssetId, ReadonlyMap<AssetId, number>>

/**
 * Betas of correlated assets: `β_i = ρ σ_i / σ_driver`.
 *
 * An asset without variance neither drives nor follows.
 *
 * @param correlation - Between any two assets.
 */
export function betasOf(sigma24h: ReadonlyMap<AssetId, number>, correlation: number): Betas {
  const betas = new Map<AssetId, ReadonlyMap<AssetId, number>>()
  for (const [driver, own] of sigma24h) {
    if (!(own > 0)) continue
    const others = [...sigma24h].map(
      ([asset, sigma]) => [asset, asset === driver ? 1 : (correlation * sigma) / own] as const,
    )
    betas.set(driver, new Map(others))
  }
  return betas
}

/**
 * Computes delta and gamma of the whole book, and of every domain gradient and Hessian of ln health and the prices of
 * liquidation: per asset, and along the directions in which the assets move together.
 *
 * @throws MissingPriceError when an asset has no price.
 * @see RISK.md part A
 */
export function greeks(p: {
  readonly frame: Pick<Frame, 'portfolio' | 'oraclePrices' | 'marketPrices'>
  readonly betas: Betas
}): BookGreeks {
  const { portfolio, marketPrices } = p.frame
  return {
    delta: delta(portfolio, marketPrices),
    gamma: gamma(portfolio, marketPrices),
    domains: portfolio.domains.map((domain) => {
      const { oracle } = priceSets(domain, p.frame)
      return {
        domain: domain.id,
        assets: domain.assets,
        sensitivity: domain.sensitivity(worseHealth(domain, p.frame).prices),
        alone: domain.assets.map((asset) => alone(domain, asset, oracle)),
        together: domain.assets.flatMap((driver) => {
          const beta = p.betas.get(driver)
          return beta === undefined
            ? []
            : [liquidationRay({ domain, driver, beta, prices: oracle })]
        }),
      }
    }),
  }
}

function alone(domain: MarginDomain, asset: AssetId, prices: Prices): LiquidationPrice {
  const price = domain.liquidationPrice(asset, prices)
  return { asset, price, move: price === null ? null : price / priceOf(asset, prices) - 1 }
}
