import {
  type AssetId,
  type DepthReading,
  type DomainId,
  type Frame,
  type Linear,
  type MarginDomain,
  numberFromRaw,
  numberFromUsd,
  type Prices,
  priceOf,
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
  const assets = assetsOf(portfolio)
  const places = new Map(assets.map((asset, i) => [asset, i]))
  const pools = depthsOf(frame.depth)

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
  const domains = portfolio.domains.map((domain) =>
    compileMargin({
      domain,
      assets,
      prices: worseHealth(domain, frame).prices,
      depths:
        domain.type === 'perp'
          ? depthsOf(frame.perpMarkets.filter(({ venue }) => venue === domain.venue))
          : pools,
    }),
  )
  return {
    assets,
    domains,
    spot,
    equity: constant + sum(atSpot) + sum(atMarks),
    atSpot,
    atMarks,
    constant,
    withoutDepth: unpriced(domains, assets, frame),
  }
}

/** All that the book holds or owes, each once, in order of name. */
function assetsOf({ domains, spot }: Frame['portfolio']): readonly AssetId[] {
  const assets = new Set<AssetId>()
  for (const domain of domains) for (const asset of domain.assets) assets.add(asset)
  for (const { token } of spot) assets.add(token.asset)
  return [...assets].sort()
}

function compileMargin(p: {
  readonly domain: MarginDomain
  readonly assets: readonly AssetId[]
  readonly prices: Prices
  readonly depths: ReadonlyMap<AssetId, Depth>
}): CompiledMargin {
  const { domain, assets } = p
  const { linear, liquidation } = domain
  const held: number[] = []
  for (const [place, asset] of assets.entries())
    if (domain.assets.includes(asset) || linear.exposure.perToken.has(asset)) held.push(place)
  const active = new Int32Array(held)
  const compile = (of: Linear): CompiledLinear => compileLinear(of, active, p)
  const depthDown = new Float64Array(active.length)
  const depthUp = new Float64Array(active.length)
  for (let i = 0; i < active.length; i++) {
    const { down, up } = p.depths.get(assets[active[i] ?? 0] ?? '') ?? UNREAD
    depthDown[i] = down
    depthUp[i] = up
  }
  const backing = compile(linear.backing)
  const requirement = compile(linear.requirement)
  return {
    id: domain.id,
    type: domain.type,
    active,
    backing,
    requirement,
    required: requirement.constant + sum(requirement.values),
    excess: backing.constant + sum(backing.values) - requirement.constant - sum(requirement.values),
    exposure: compile(linear.exposure),
    equity: compile(linear.equity),
    closeFactor: liquidation.partial ? liquidation.closeFactor : 1,
    fullCloseHealth: liquidation.fullCloseHealth ?? 0,
    bonus: liquidation.bonus,
    depthDown,
    depthUp,
  }
}

function compileLinear(
  of: Linear,
  active: Int32Array,
  { assets, prices }: { readonly assets: readonly AssetId[]; readonly prices: Prices },
): CompiledLinear {
  const values = new Float64Array(active.length)
  for (let i = 0; i < active.length; i++) {
    const asset = assets[active[i] ?? 0] ?? ''
    const tokens = of.perToken.get(asset) ?? 0
    if (tokens !== 0) values[i] = tokens * priceOf(asset, prices)
  }
  return { constant: of.constant, values }
}

/** Value that moves a market by 1 %. [USD] */
type Depth = { readonly down: number; readonly up: number }
const UNREAD: Depth = { down: Number.NaN, up: Number.NaN }

/** Depth by asset, over all markets that are read. */
function depthsOf(
  readings: readonly Pick<DepthReading, 'asset' | 'depthDown' | 'depthUp'>[],
): ReadonlyMap<AssetId, Depth> {
  const depths = new Map<AssetId, Depth>()
  for (const { asset, depthDown, depthUp } of readings) {
    const before = depths.get(asset)
    depths.set(asset, {
      down: (before?.down ?? 0) + numberFromUsd(depthDown),
      up: (before?.up ?? 0) + numberFromUsd(depthUp),
    })
  }
  return depths
}

/** Assets that a liquidation trades in without a depth, except those that other pools are quoted in. */
function unpriced(
  domains: readonly CompiledMargin[],
  assets: readonly AssetId[],
  { depth }: Pick<Frame, 'depth'>,
): readonly AssetId[] {
  const missing = new Set<AssetId>()
  for (const { active, depthDown, exposure, equity } of domains)
    for (let i = 0; i < active.length; i++) {
      if (!Number.isNaN(depthDown[i])) continue
      if (exposure.values[i] === 0 && equity.values[i] === 0) continue
      const asset = assets[active[i] ?? 0] ?? ''
      if (!depth.some(({ quote }) => quote.asset === asset)) missing.add(asset)
    }
  return [...missing].sort()
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
