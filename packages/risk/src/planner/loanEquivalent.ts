import { type MarginDomain, type Prices, priceOf } from '@plimsoll/domain'

/**
 * A margin domain seen as one loan: `assets` against `debt`, liquidated when `threshold × assets < debt`.
 *
 * The state that policy tables are made for. A perp account of notional `N`, equity `E` and maintenance margin `m·N` is
 * the loan `N` against `N − E` with threshold `1 − m`: it is liquidated at the same price.
 */
export type LoanEquivalent = {
  /** [USD] */
  readonly assets: number
  /** [USD] */
  readonly debt: number
  /** [USD] */
  readonly equity: number
  /** `ltv` where liquidation starts, above 0 and below 1. */
  readonly threshold: number
  /** `assets / equity` */
  readonly leverage: number
  /** `ln(threshold × assets / debt)` */
  readonly lnHealth: number
}

/**
 * Sees a margin domain as one loan; null where nothing is owed or nothing is left: no policy is made for those.
 *
 * @throws MissingPriceError when an asset has no price.
 */
export function loanEquivalent(domain: MarginDomain, prices: Prices): LoanEquivalent | null {
  const equity = domain.equity(prices)
  const exposure = domain.exposure(prices)
  const { backing, requirement } = domain.margin(prices)
  const [assets, debt, threshold] =
    domain.type === 'lending'
      ? [equity + exposure, exposure, backing / (equity + exposure)]
      : [exposure, exposure - equity, 1 - requirement / exposure]
  if (!(equity > 0 && debt > 0 && assets > 0 && threshold > 0 && threshold < 1)) return null
  return {
    assets,
    debt,
    equity,
    threshold,
    leverage: assets / equity,
    lnHealth: Math.log((threshold * assets) / debt),
  }
}

/**
 * Health factor of the domain itself at a health of its loan equivalent, at the same threshold.
 *
 * For a loan both are the same; a perp account has `L = 1 / (1 − threshold / h)` and health `1 / (m·L)`.
 */
export function ownHealth(
  { type }: Pick<MarginDomain, 'type'>,
  { threshold }: Pick<LoanEquivalent, 'threshold'>,
  lnHealth: number,
): number {
  const health = Math.exp(lnHealth)
  return type === 'lending' ? health : Math.max(0, 1 - threshold / health) / (1 - threshold)
}

/** Health of the loan equivalent at a leverage: `ln(threshold / (1 − 1/L))`; +∞ at a leverage of one or less. */
export const lnHealthAt = (threshold: number, leverage: number): number =>
  leverage > 1 ? Math.log(threshold / (1 - 1 / leverage)) : Number.POSITIVE_INFINITY

/**
 * Standard deviation of the loan equivalent's ln health over 24 h, from those of its assets.
 *
 * Weights are the gradient of ln health for a loan and `Δ_i / assets` for a perp account. Assets are taken to move
 * together in the direction that hurts, `Σ |w_i| σ_i`; null when one that matters has no forecast.
 */
export function loanSigma(
  domain: MarginDomain,
  prices: Prices,
  sigma24h: ReadonlyMap<string, number>,
): number | null {
  const loan = loanEquivalent(domain, prices)
  if (loan === null) return null
  const { backing, requirement, equity } = domain.linear
  const total = domain.margin(prices)
  let sum = 0
  for (const asset of domain.assets) {
    const price = priceOf(asset, prices)
    const weight =
      domain.type === 'perp'
        ? ((equity.perToken.get(asset) ?? 0) * price) / loan.assets
        : ((backing.perToken.get(asset) ?? 0) * price) / total.backing -
          ((requirement.perToken.get(asset) ?? 0) * price) / total.requirement
    if (weight === 0) continue
    const sigma = sigma24h.get(asset)
    if (sigma === undefined) return null
    sum += Math.abs(weight) * sigma
  }
  return sum
}
