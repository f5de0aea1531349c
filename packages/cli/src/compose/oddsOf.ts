import { type Action, normalCdf, normalQuantile } from '@plimsoll/domain'
import type { Odds } from '@plimsoll/governor'

/** Probabilities nearer to 0 than this are none. */
const LEAST = 1e-12

/**
 * P(liquidation within 24 h) by health, from what the engine made of it before and after its action.
 *
 * `Φ⁻¹(1 − P/2)` is linear in ln health through both points, as it is for a driftless walk; where only one point is known, through
 * `P = 1` at health 1; where none is, `2Φ(−ln h/σ)` of the day's volatility.
 *
 * @param volatility - Of a day; null where it is not known: then nobody can tell.
 */
export function oddsOf(action: Action, volatility: number | null): Odds {
  const { healthBefore, healthAfter, judgement } = action
  const known = judgement?.probability24h ?? null
  const reach = (probability: number): number =>
    -normalQuantile(Math.min(1, Math.max(LEAST, probability)) / 2)
  const points =
    known === null
      ? []
      : [
          { x: Math.log(healthBefore), z: reach(known.before) },
          { x: Math.log(healthAfter), z: reach(known.after) },
        ].filter(({ x }) => Number.isFinite(x) && x > 0)
  const [first, second] = points
  if (first === undefined)
    return (health) =>
      health <= 1 ? 1 : volatility === null ? null : 2 * normalCdf(-Math.log(health) / volatility)
  const slope =
    second === undefined || Math.abs(second.x - first.x) < 1e-9
      ? first.z / first.x
      : (second.z - first.z) / (second.x - first.x)
  return (health) => {
    const z = first.z + slope * (Math.log(health) - first.x)
    return health <= 1 ? 1 : 2 * normalCdf(-Math.max(0, z))
  }
}
