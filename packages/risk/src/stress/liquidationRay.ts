import { type AssetId, type MarginDomain, type Prices, priceOf } from '@plimsoll/domain'

/** A price of the driver at which health is 1, and its move from now. */
type RayHit = { readonly price: number; readonly move: number }

/** Where a domain dies when one asset moves and takes the others along. */
export type LiquidationRay = {
  readonly driver: AssetId
  /** Nearest fall of the driver that liquidates; null when none within −95 % does. */
  readonly down: RayHit | null
  /** Nearest rise; null when none within twentyfold does. */
  readonly up: RayHit | null
}

/** ln 20: from a twentieth to twentyfold. */
const REACH = Math.log(20)
/** One step of the search; a dip below 1 and back within one is not seen. */
const STEP = 0.01

/**
 * Finds where `ln health` is 0 along a ray: the driver by `x`, every other asset by `β x`, in log-prices.
 *
 * Health is 1 where `Σ (backing_i − requirement_i) e^{β_i x}` and what no price moves sum to zero: stepped to the first
 * change of sign, then bisected to the last digits. A domain that can be liquidated now is hit by no move at all.
 *
 * @throws MissingPriceError when an asset has no price.
 */
export function liquidationRay(p: {
  readonly domain: MarginDomain
  readonly driver: AssetId
  readonly beta: ReadonlyMap<AssetId, number>
  readonly prices: Prices
}): LiquidationRay {
  const { domain, driver, prices } = p
  const { backing, requirement } = domain.linear
  const constant = backing.constant - requirement.constant
  const legs = domain.assets.map((asset) => ({
    beta: asset === driver ? 1 : (p.beta.get(asset) ?? 0),
    value:
      ((backing.perToken.get(asset) ?? 0) - (requirement.perToken.get(asset) ?? 0)) *
      priceOf(asset, prices),
  }))
  const excess = (x: number): number =>
    legs.reduce((sum, { beta, value }) => sum + value * Math.exp(beta * x), constant)
  const price = priceOf(driver, prices)
  const hit = (x: number | null): RayHit | null =>
    x === null ? null : { price: price * Math.exp(x), move: Math.expm1(x) }

  if (domain.health(prices).type === 'unlevered') {
    // An account without requirement has nothing to liquidate, whatever its excess does.
    const levered =
      requirement.constant > 0 || [...requirement.perToken.values()].some((n) => n > 0)
    if (!levered) return { driver, down: null, up: null }
  }
  return { driver, down: hit(nearestRoot(excess, -1)), up: hit(nearestRoot(excess, 1)) }
}

/** Signed distance to the nearest point on one side where a function is below zero; null when there is none in reach. */
function nearestRoot(excess: (x: number) => number, side: 1 | -1): number | null {
  if (excess(0) < 0) return 0
  let inside = 0
  while (inside < REACH) {
    const outside = Math.min(REACH, inside + STEP)
    if (excess(side * outside) < 0) return side * bisect((x) => excess(side * x), inside, outside)
    inside = outside
  }
  return null
}

function bisect(excess: (x: number) => number, above: number, below: number): number {
  let low = above
  let high = below
  for (let i = 0; i < 60 && low < high; i++) {
    const middle = (low + high) / 2
    if (excess(middle) < 0) high = middle
    else low = middle
  }
  return (low + high) / 2
}
