import {
  type AssetId,
  barrierProbability,
  type ExcursionLaw,
  type HorizonForecast,
  type MarginDomain,
  type Prices,
} from '@plimsoll/domain'

/** `−ζ(½)/√(2π)`: how far a walk overshoots a barrier between two looks, in standard deviations of the time between. */
const GRID = 0.5826
/** A Newton step to the nearest place of liquidation roots the distance to six digits within these. */
const STEPS = 12

/**
 * Probability that a margin domain can be liquidated at some moment of a horizon, read off the forecasts of its assets.
 *
 * With one volatile asset it is the probability that its price comes to the liquidation price. With several, the most
 * probable place of liquidation is found (least `x'Σ⁻¹x` with health 1), its distance is measured in standard deviations
 * of the direction to it, and the assets' laws are mixed, in logs, by their shares in that direction's variance.
 *
 * @param p.forecasts - By asset, of one horizon; an asset without one does not move.
 * @param p.correlation - Of any two assets, 0 to 1.
 * @param p.updates - How often within the horizon the venue looks at its price: the barrier is `0.5826 σ/√updates` further
 * than for a price that is looked at all the time, as null says. @see Broadie, Glasserman and Kou (1997)
 * @returns 1 when it can be liquidated now, 0 when no price does it.
 * @throws MissingPriceError when an asset has no price.
 */
export function liquidationChance(p: {
  readonly domain: MarginDomain
  readonly prices: Prices
  readonly forecasts: ReadonlyMap<AssetId, HorizonForecast>
  readonly correlation: number
  readonly updates: number | null
}): number {
  const { domain, prices, forecasts } = p
  const now = domain.sensitivity(prices)
  if (now.type === 'unlevered') return 0
  if (now.type === 'insolvent' || now.lnHealth <= 0) return 1
  const moving = domain.assets.flatMap((asset, index) => {
    const forecast = forecasts.get(asset)
    const price = prices.get(asset)
    return forecast?.law === undefined || price === undefined
      ? []
      : [{ asset, index, price, law: forecast.law, sigma: Math.sqrt(forecast.variance) }]
  })
  const further = p.updates === null ? 0 : GRID / Math.sqrt(p.updates)
  const [only] = moving
  if (only !== undefined && moving.length === 1) {
    const barrier = domain.liquidationPrice(only.asset, prices)
    if (barrier === null) return 0
    const distance = Math.log(only.price / barrier)
    const side = distance > 0 ? only.law.fall : only.law.rise
    return barrierProbability(side, Math.abs(distance) + further * only.sigma)
  }
  const covariance = (i: number, j: number): number =>
    (moving[i]?.sigma ?? 0) * (moving[j]?.sigma ?? 0) * (i === j ? 1 : p.correlation)

  let x = moving.map(() => 0)
  for (let step = 0; step < STEPS; step++) {
    const there = new Map(prices)
    for (const [i, { asset, price }] of moving.entries())
      there.set(asset, price * Math.exp(x[i] ?? 0))
    const at = domain.sensitivity(there)
    if (at.type !== 'solvent') break
    const gradient = moving.map(({ index }) => at.gradient[index] ?? 0)
    const pull = moving.map((_, i) => gradient.reduce((sum, g, j) => sum + covariance(i, j) * g, 0))
    const variance = gradient.reduce((sum, g, i) => sum + g * (pull[i] ?? 0), 0)
    if (!(variance > 0)) return 0
    const reach = gradient.reduce((sum, g, i) => sum + g * (x[i] ?? 0), 0) - at.lnHealth
    const next = pull.map((v) => (v * reach) / variance)
    const moved = Math.max(...next.map((value, i) => Math.abs(value - (x[i] ?? 0))))
    x = next
    if (moved < 1e-6)
      return mixed(
        Math.abs(reach) / Math.sqrt(variance) + further,
        moving.map(({ law, sigma }, i) => ({
          law: (x[i] ?? 0) < 0 ? law.fall : law.rise,
          sigma,
          share: Math.max(0, ((gradient[i] ?? 0) * (pull[i] ?? 0)) / variance),
        })),
      )
  }
  return 0 // no place of liquidation within reach
}

/** `exp Σ share · ln P_i(β σ_i)`, shares made to add up to one. */
function mixed(
  beta: number,
  parts: readonly { readonly law: ExcursionLaw; readonly sigma: number; readonly share: number }[],
): number {
  const total = parts.reduce((sum, { share }) => sum + share, 0)
  return Math.exp(
    parts.reduce(
      (sum, { law, sigma, share }) =>
        sum + (share / total) * Math.log(barrierProbability(law, beta * sigma)),
      0,
    ),
  )
}
