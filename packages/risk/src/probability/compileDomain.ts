import {
  type AssetId,
  type DomainId,
  InvalidInputError,
  type Linear,
  type MarginDomain,
  type Prices,
  priceOf,
} from '@plimsoll/domain'

/** A margin domain at given prices as numbers: what is computed on thousands of times. [USD] */
export type CompiledDomain = {
  readonly id: DomainId
  /** Order of the vectors below. */
  readonly assets: readonly AssetId[]
  /** Places, in `assets`, of what the domain holds or owes. */
  readonly active: Int32Array
  /** Value of what counts towards the position, by active asset, and what no price moves. */
  readonly backing: Float64Array
  readonly backingConstant: number
  /** Value of what it must cover, by active asset, and what no price moves. */
  readonly requirement: Float64Array
  readonly requirementConstant: number
  /** `open` can be liquidated later, `liquidatable` now, `unlevered` never. */
  readonly status: 'open' | 'liquidatable' | 'unlevered'
}

/**
 * Compiles the backing and the requirement of a domain into values at prices.
 *
 * At log-returns `x` health is `(β₀ + Σ β_i e^{x_i}) / (ρ₀ + Σ ρ_i e^{x_i})`, and it is below 1 exactly where
 * `Σ (β_i − ρ_i) e^{x_i} < ρ₀ − β₀`.
 *
 * @param assets - Every asset that can move; all of the domain's must be among them.
 * @throws {@link InvalidInputError} when the domain moves with an asset that `assets` lacks, or a figure is not finite.
 * @throws MissingPriceError when an asset has no price.
 */
export function compileDomain(
  domain: MarginDomain,
  assets: readonly AssetId[],
  prices: Prices,
): CompiledDomain {
  const { backing, requirement } = domain.linear
  const active = activeOf(domain, assets)
  const compiled = {
    id: domain.id,
    assets,
    active,
    backing: valuesOf(backing, { active, assets, prices }),
    backingConstant: backing.constant,
    requirement: valuesOf(requirement, { active, assets, prices }),
    requirementConstant: requirement.constant,
  }
  const own = sum(compiled.backing, compiled.backingConstant)
  const must = sum(compiled.requirement, compiled.requirementConstant)
  if (!Number.isFinite(own) || !Number.isFinite(must))
    throw new InvalidInputError({
      field: `margin of ${domain.id}`,
      found: `${own} over ${must}`,
      allowed: 'finite numbers',
    })
  const status =
    must <= 0 && own >= 0 ? 'unlevered' : own < must || own <= 0 ? 'liquidatable' : 'open'
  return { ...compiled, status }
}

/** Places of what a domain holds or owes, in order. */
function activeOf({ id, linear }: MarginDomain, assets: readonly AssetId[]): Int32Array {
  const own = linear.backing.perToken
  const must = linear.requirement.perToken
  for (const side of [own, must])
    for (const asset of side.keys())
      if (!assets.includes(asset))
        throw new InvalidInputError({
          field: `asset of ${id}`,
          found: asset,
          allowed: `an asset with a law of returns: ${assets.join(', ') || 'none'}`,
        })
  const places: number[] = []
  for (const [at, asset] of assets.entries()) if (own.has(asset) || must.has(asset)) places.push(at)
  return new Int32Array(places)
}

/** Value by active asset. */
function valuesOf(
  of: Linear,
  p: {
    readonly active: Int32Array
    readonly assets: readonly AssetId[]
    readonly prices: Prices
  },
): Float64Array {
  const values = new Float64Array(p.active.length)
  for (let i = 0; i < p.active.length; i++) {
    const asset = p.assets[p.active[i] ?? 0] ?? ''
    values[i] = (of.perToken.get(asset) ?? 0) * priceOf(asset, p.prices)
  }
  return values
}

/** Log-health now and its derivatives in log-prices, by active asset: the gradient, and the Hessian row by row. */
export type CompiledSensitivity = {
  readonly lnHealth: number
  readonly gradient: Float64Array
  readonly hessian: Float64Array
}

/** Derivatives of ln health of an open domain; null where health has no logarithm. */
export function compiledSensitivity(domain: CompiledDomain): CompiledSensitivity | null {
  const own = sum(domain.backing, domain.backingConstant)
  const must = sum(domain.requirement, domain.requirementConstant)
  if (!(own > 0 && must > 0)) return null
  const n = domain.active.length
  const gradient = new Float64Array(n)
  const hessian = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const a = (domain.backing[i] ?? 0) / own
    const r = (domain.requirement[i] ?? 0) / must
    gradient[i] = a - r
    for (let j = 0; j < n; j++)
      hessian[i * n + j] =
        (i === j ? a - r : 0) -
        (a * (domain.backing[j] ?? 0)) / own +
        (r * (domain.requirement[j] ?? 0)) / must
  }
  return { lnHealth: Math.log(own / must), gradient, hessian }
}

function sum(values: Float64Array, start: number): number {
  let total = start
  for (const value of values) total += value
  return total
}
