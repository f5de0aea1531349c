import {
  type AssetId,
  type DomainId,
  type Frame,
  type Linear,
  type MarginDomain,
  numberFromRaw,
  numberFromUsd,
  type Prices,
  priceOf,
  type Usd,
  worseHealth,
} from '@plimsoll/domain'

/** A linear function at given prices: what no price moves, and value by active asset. [USD] */
type CompiledLinear = { readonly constant: number; readonly values: Float64Array }

/** A margin domain as numbers: what scenarios are computed on. */
export type CompiledMargin = {
  readonly id: DomainId
  readonly type: 'lending' | 'perp'
  /** Places, in the book's assets, of what moves it. */
  readonly active: Int32Array
  /** Values of backing and requirement by active asset, one after the other: what every scenario reads. */
  readonly sides: Float64Array
  /** At the prices that make it look worse now. */
  readonly backing: CompiledLinear
  readonly requirement: CompiledLinear
  /** Requirement now, and backing less requirement now. */
  readonly required: number
  readonly excess: number
  readonly exposure: CompiledLinear
  readonly equity: CompiledLinear
  readonly closeFactor: number
  /** Health below which everything may be closed; 0 where never. */
  readonly fullCloseHealth: number
  readonly bonus: number
  /** Value that moves its market by 1 %, by active asset; NaN where not known. [USD] */
  readonly depthDown: Float64Array
  readonly depthUp: Float64Array
}

/** A whole book as numbers. */
export type CompiledBook = {
  readonly assets: readonly AssetId[]
  /** Place of an asset in `assets`. */
  readonly places: ReadonlyMap<AssetId, number>
  readonly domains: readonly CompiledMargin[]
  /** Tokens outside any venue by asset, at market prices. [USD] */
  readonly spot: Float64Array
  /** Equity at market prices, and what moves it: loans and spot by asset, perps by asset, and what no price moves. [USD] */
  readonly equity: number
  readonly atSpot: Float64Array
  readonly atMarks: Float64Array
  readonly constant: number
  /** Volatile assets that a liquidation would trade in and whose market has no depth reading: they are traded without impact. */
  readonly withoutDepth: readonly AssetId[]
}

/**
 * Compiles a frame into typed arrays: every domain at the worse of its two sets of prices, equity at market prices.
 *
 * Depth of a spot asset is the sum over its pools, that of a perp the reading of its own market.
 *
 * @throws MissingPriceError when an asset has no price.
 */
export function compileBook(
  frame: Pick<Frame, 'portfolio' | 'oraclePrices' | 'marketPrices' | 'depth' | 'perpMarkets'>,
): CompiledBook {
  const { portfolio, marketPrices } = frame
  const assets = [
    ...new Set([
      ...portfolio.domains.flatMap((domain) => domain.assets),
      ...portfolio.spot.map(({ token }) => token.asset),
    ]),
  ].sort()
  const places = new Map(assets.map((asset, i) => [asset, i]))

  const spot = new Float64Array(assets.length)
  for (const { token, raw } of portfolio.spot) {
    const at = places.get(token.asset) ?? 0
    spot[at] =
      (spot[at] ?? 0) + numberFromRaw(raw, token.decimals) * priceOf(token.asset, marketPrices)
  }

  const atSpot = spot.slice()
  const atMarks = new Float64Array(assets.length)
  let constant = 0
  for (const { type, linear } of portfolio.domains) {
    constant += linear.equity.constant
    const into = type === 'perp' ? atMarks : atSpot
    for (const [asset, tokens] of linear.equity.perToken) {
      const at = places.get(asset) ?? 0
      into[at] = (into[at] ?? 0) + tokens * priceOf(asset, marketPrices)
    }
  }
  const domains = portfolio.domains.map((domain) => compileMargin(domain, assets, frame))
  return {
    assets,
    places,
    domains,
    spot,
    equity: constant + sum(atSpot) + sum(atMarks),
    atSpot,
    atMarks,
    constant,
    withoutDepth: unpriced(domains, assets, frame),
  }
}

function compileMargin(
  domain: MarginDomain,
  assets: readonly AssetId[],
  frame: Parameters<typeof compileBook>[0],
): CompiledMargin {
  const { linear, liquidation } = domain
  const { prices } = worseHealth(domain, frame)
  const held = [...new Set([...domain.assets, ...linear.exposure.perToken.keys()])]
  const active = Int32Array.from(held, (asset) => assets.indexOf(asset)).sort()
  const at = (of: Linear, by: Prices): CompiledLinear => ({
    constant: of.constant,
    values: Float64Array.from(active, (place) => {
      const asset = assets[place] ?? ''
      const tokens = of.perToken.get(asset) ?? 0
      return tokens === 0 ? 0 : tokens * priceOf(asset, by)
    }),
  })
  const depth = (side: 'depthDown' | 'depthUp') =>
    Float64Array.from(active, (place) => depthOf(domain, assets[place] ?? '', side, frame))
  const backing = at(linear.backing, prices)
  const requirement = at(linear.requirement, prices)
  const sides = new Float64Array(2 * active.length)
  for (let i = 0; i < active.length; i++) {
    sides[2 * i] = backing.values[i] ?? 0
    sides[2 * i + 1] = requirement.values[i] ?? 0
  }
  return {
    id: domain.id,
    type: domain.type,
    active,
    sides,
    backing,
    requirement,
    required: requirement.constant + sum(requirement.values),
    excess: backing.constant + sum(backing.values) - requirement.constant - sum(requirement.values),
    exposure: at(linear.exposure, prices),
    equity: at(linear.equity, prices),
    closeFactor: liquidation.partial ? liquidation.closeFactor : 1,
    fullCloseHealth: liquidation.fullCloseHealth ?? 0,
    bonus: liquidation.bonus,
    depthDown: depth('depthDown'),
    depthUp: depth('depthUp'),
  }
}

/** Depth of the market that a liquidation of a domain trades an asset on; NaN where none is read. [USD] */
function depthOf(
  domain: MarginDomain,
  asset: AssetId,
  side: 'depthDown' | 'depthUp',
  { depth, perpMarkets }: Pick<Frame, 'depth' | 'perpMarkets'>,
): number {
  const readings: readonly { readonly depthDown: Usd; readonly depthUp: Usd }[] =
    domain.type === 'perp'
      ? perpMarkets.filter((market) => market.venue === domain.venue && market.asset === asset)
      : depth.filter((pool) => pool.asset === asset)
  if (readings.length === 0) return Number.NaN
  return readings.reduce((sum, reading) => sum + numberFromUsd(reading[side]), 0)
}

/** Assets that a liquidation trades in without a depth, except those that other pools are quoted in. */
function unpriced(
  domains: readonly CompiledMargin[],
  assets: readonly AssetId[],
  { depth }: Pick<Frame, 'depth'>,
): readonly AssetId[] {
  const quotes = new Set(depth.map(({ quote }) => quote.asset))
  const missing = new Set<AssetId>()
  for (const { active, depthDown, exposure, equity } of domains)
    active.forEach((place, i) => {
      const asset = assets[place] ?? ''
      const traded = exposure.values[i] !== 0 || equity.values[i] !== 0
      if (traded && Number.isNaN(depthDown[i]) && !quotes.has(asset)) missing.add(asset)
    })
  return [...missing].sort()
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
