import { type AssetId, barrierProbability, type Forecast } from '@plimsoll/domain'
import type { CompiledDomain } from './compileDomain.ts'
import { singleBarrier } from './singleBarrier.ts'

/**
 * Puts the probabilities of a forecast's own law in place of the mixture's, for a domain that one volatile asset moves.
 *
 * `P(T) = P(running minimum or maximum within T reaches the price of liquidation)`, read off the quantiles of the horizon; a
 * horizon without a law keeps what it has, and no longer horizon is less likely than a shorter one.
 *
 * @param p.pinned - Assets taken as not moving: stablecoins.
 * @param p.alone - Whether the law counts alone; else the larger of both, as while prices are not trusted.
 * @param p.probabilities - By horizon, shortest first; changed in place.
 */
export function applyPriceLaw(p: {
  readonly domain: CompiledDomain
  readonly pinned: readonly AssetId[]
  readonly forecasts: ReadonlyMap<AssetId, Forecast>
  readonly horizonsMs: readonly number[]
  readonly alone: boolean
  readonly probabilities: Float64Array
}): void {
  const { probabilities } = p
  const barrier = singleBarrier(p.domain, p.pinned)
  const forecast = barrier === null ? undefined : p.forecasts.get(barrier.asset)
  if (barrier === null || forecast === undefined) return
  let shorter = 0
  for (let i = 0; i < p.horizonsMs.length; i++) {
    const mixture = probabilities[i] ?? 0
    const law = forecast.horizons.find(({ ms }) => ms === p.horizonsMs[i])?.law
    const own =
      law === undefined ? mixture : barrierProbability(law[barrier.side], barrier.distance)
    shorter = Math.max(shorter, own, p.alone ? 0 : mixture)
    probabilities[i] = shorter
  }
}
