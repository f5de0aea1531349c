import type { AssetId, DomainId, VenueId } from './Asset.ts'
import { InvalidInputError } from './errors.ts'
import { evaluate, type Linear, type Prices, priceOf } from './Linear.ts'
import type {
  Health,
  LinearFigures,
  LiquidationTerms,
  Margin,
  MarginDomain,
  Sensitivity,
} from './MarginDomain.ts'

/**
 * Creates a margin domain whose health is a ratio of two linear functions of prices.
 *
 * `health = backing / requirement`. A loan is `Σ LT·c·S / Σ d·S`, a perp is `(margin + Σ n(S−F)) / Σ m·|n|·S`:
 * both have the same gradient `a_i − r_i` and Hessian `δ_ij(a_i − r_i) − a_i a_j + r_i r_j` with
 * `a_i = backing_i S_i / backing` and `r_i = requirement_i S_i / requirement`.
 *
 * @throws {@link InvalidInputError} when a coefficient is not finite or the requirement can be negative.
 */
export function createLinearDomain(p: {
  readonly id: DomainId
  readonly venue: VenueId
  readonly type: 'lending' | 'perp'
  readonly linear: LinearFigures
  readonly venuePrices: Prices
  readonly liquidation: LiquidationTerms
}): MarginDomain {
  const { backing, requirement, equity, exposure } = p.linear
  for (const name of ['backing', 'requirement', 'equity', 'exposure'] as const)
    assertLinear(`${p.id} ${name}`, p.linear[name], name === 'requirement' || name === 'exposure')
  const assets = [
    ...new Set([
      ...backing.perToken.keys(),
      ...requirement.perToken.keys(),
      ...equity.perToken.keys(),
    ]),
  ].sort()

  const margin = (prices: Prices): Margin => ({
    backing: finite(p.id, 'backing', evaluate(backing, prices)),
    requirement: finite(p.id, 'requirement', evaluate(requirement, prices)),
  })

  const health = (prices: Prices): Health => {
    const at = margin(prices)
    if (at.requirement <= 0 && at.backing >= 0) return { type: 'unlevered' }
    if (at.backing <= 0) return { type: 'insolvent', shortfall: at.requirement - at.backing }
    return { type: 'solvent', lnHealth: Math.log(at.backing) - Math.log(at.requirement) }
  }

  const tokensOf = (side: Linear, asset: AssetId): number => side.perToken.get(asset) ?? 0

  return {
    id: p.id,
    venue: p.venue,
    type: p.type,
    assets,
    venuePrices: p.venuePrices,
    liquidation: p.liquidation,
    linear: p.linear,
    health,
    margin,

    gradient(prices) {
      const at = margin(prices)
      return assets.map((asset) => {
        const price = priceOf(asset, prices)
        const own = (tokensOf(backing, asset) * price) / at.backing
        return own - (tokensOf(requirement, asset) * price) / at.requirement
      })
    },

    sensitivity(prices): Sensitivity {
      const at = health(prices)
      if (at.type !== 'solvent') return at
      const a = weights(backing, assets, prices)
      const r = weights(requirement, assets, prices)
      const gradient = a.map((ai, i) => ai - (r[i] ?? 0))
      const hessian = a.map((ai, i) =>
        a.map((aj, j) => (i === j ? (gradient[i] ?? 0) : 0) - ai * aj + (r[i] ?? 0) * (r[j] ?? 0)),
      )
      return { type: 'solvent', lnHealth: at.lnHealth, gradient, hessian }
    },

    liquidationPrice(asset, prices) {
      const slope = tokensOf(backing, asset) - tokensOf(requirement, asset)
      const root = (rest(requirement, asset, prices) - rest(backing, asset, prices)) / slope
      return Number.isFinite(root) && root > 0 ? root : null
    },

    equity: (prices) => evaluate(equity, prices),
    exposure: (prices) => evaluate(exposure, prices),
    delta(prices) {
      const values = new Map<AssetId, number>()
      for (const [asset, tokens] of equity.perToken)
        values.set(asset, tokens * priceOf(asset, prices))
      return values
    },
    gamma: () => new Map(),
  }
}

function weights(linear: Linear, assets: readonly AssetId[], prices: Prices): number[] {
  const total = evaluate(linear, prices)
  return assets.map((asset) => ((linear.perToken.get(asset) ?? 0) * priceOf(asset, prices)) / total)
}

/** Value of all but one asset, summed without it: subtracting it afterwards would lose digits. */
function rest(linear: Linear, asset: AssetId, prices: Prices): number {
  let sum = linear.constant
  for (const [each, tokens] of linear.perToken)
    if (each !== asset) sum += tokens * priceOf(each, prices)
  return sum
}

function finite(id: DomainId, side: keyof Margin, value: number): number {
  if (!Number.isFinite(value))
    throw new InvalidInputError({
      field: `${id} ${side}`,
      found: value,
      allowed: 'a finite number',
    })
  return value
}

function assertLinear(field: string, linear: Linear, nonNegative: boolean): void {
  for (const value of [linear.constant, ...linear.perToken.values()])
    if (!Number.isFinite(value) || (nonNegative && value < 0))
      throw new InvalidInputError({
        field,
        found: value,
        allowed: nonNegative ? 'a finite number, zero or more' : 'a finite number',
      })
}
