import type { VolOfVol } from './ReturnLaw.ts'

/**
 * Standard deviation `ν(T)` of ln of the variance integrated over a horizon, matched to its first two moments.
 *
 * `ν² = ln(1 + 2∫_0^1 (1 − s)(e^{κ(s)} − 1) ds)` with `κ(s) = sd²·2^{−sT/halfLife}`, by Simpson's rule. Equals `sd` for short
 * horizons, where the level of volatility is not known but does not change, and falls as fluctuations average out.
 */
export function volOfVolAt(law: VolOfVol, ms: number): number {
  const decay = (Math.LN2 * ms) / law.halfLifeMs
  const halves = 32
  let sum = 0
  for (let i = 0; i <= 2 * halves; i++) {
    const s = i / (2 * halves)
    const weight = i === 0 || i === 2 * halves ? 1 : i % 2 === 1 ? 4 : 2
    sum += weight * (1 - s) * Math.expm1(law.sd * law.sd * Math.exp(-decay * s))
  }
  return Math.sqrt(Math.log1p((2 * sum) / (6 * halves)))
}
