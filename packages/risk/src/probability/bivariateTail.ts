import { gaussLegendre } from './gaussLegendre.ts'
import { normalTail } from './normalTail.ts'

const RULE = gaussLegendre(24)

/**
 * `P(X > h, Y > k)` of two standard normal variables with correlation `ρ`.
 *
 * `Φ̄(h)Φ̄(k) + 1/2π ∫_0^{asin ρ} exp(−(h² − 2hk sin θ + k²)/(2cos² θ)) dθ`, the integral of the density over the correlation.
 * Absolute error below 1e-6; the limits at `ρ = ±1` are exact.
 *
 * @see Drezner and Wesolowsky, "On the Computation of the Bivariate Normal Integral", 1990
 */
export function bivariateTail(h: number, k: number, rho: number): number {
  const p = normalTail(h)
  const q = normalTail(k)
  if (rho >= 1 - 1e-9) return Math.min(p, q)
  if (rho <= -1 + 1e-9) return Math.max(0, p + q - 1)
  if (!Number.isFinite(h) || !Number.isFinite(k)) return p * q
  const angle = Math.asin(rho)
  let sum = 0
  for (let i = 0; i < RULE.nodes.length; i++) {
    // dense towards asin ρ, where the integrand of a strong correlation bends
    const s = RULE.nodes[i] ?? 0
    const theta = angle * s * (2 - s)
    const cosine = Math.cos(theta)
    const exponent = (h * h - 2 * h * k * Math.sin(theta) + k * k) / (2 * cosine * cosine)
    sum += (RULE.weights[i] ?? 0) * 2 * (1 - s) * Math.exp(-exponent)
  }
  const joint = p * q + (angle * sum) / (2 * Math.PI)
  return Math.min(p, q, Math.max(0, p + q - 1, joint))
}
