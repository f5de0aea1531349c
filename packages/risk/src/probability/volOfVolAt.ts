import { gaussLegendre } from './gaussLegendre.ts'
import type { VolOfVol } from './ReturnLaw.ts'

const RULE = gaussLegendre(24)
/** Decay beyond which nothing is left to integrate. */
const OVER = 24

/**
 * Standard deviation `ν(T)` of ln of the variance integrated over a horizon, matched to its first two moments.
 *
 * `ν² = ln(1 + 2∫_0^1 (1 − s)(e^{κ(s)} − 1) ds)` with `κ(s) = sd²·2^{−sT/halfLife}`. Equals `sd` for short horizons, where the level of
 * volatility is not known but does not change, and falls as fluctuations average out.
 */
export function volOfVolAt(law: VolOfVol, ms: number): number {
  const decay = (Math.LN2 * ms) / law.halfLifeMs
  const span = Math.min(1, OVER / decay)
  let sum = 0
  for (let i = 0; i < RULE.nodes.length; i++) {
    const s = span * (RULE.nodes[i] ?? 0)
    sum +=
      (RULE.weights[i] ?? 0) * span * (1 - s) * Math.expm1(law.sd * law.sd * Math.exp(-decay * s))
  }
  return Math.sqrt(Math.log1p(2 * sum))
}
