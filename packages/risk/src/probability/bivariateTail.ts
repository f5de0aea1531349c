import { gaussLegendre } from './gaussLegendre.ts'
import { normalTail } from './normalTail.ts'

const RULE = gaussLegendre(24)

/** `P(X > h, Y > k)` of two standard normal variables. */
export type BivariateTail = (h: number, k: number) => number

/**
 * `P(X > h, Y > k)` of two standard normal variables with correlation `ρ`, as a function of `h` and `k`.
 *
 * `Φ̄(h)Φ̄(k) + 1/2π ∫_0^{asin ρ} exp(−(h² − 2hk sin θ + k²)/(2cos² θ)) dθ`, the integral of the density over the correlation.
 * Absolute error below 1e-6; the limits at `ρ = ±1` are exact. What depends on `ρ` alone is computed here once.
 *
 * @see Drezner and Wesolowsky, "On the Computation of the Bivariate Normal Integral", 1990
 */
export function createBivariateTail(rho: number): BivariateTail {
  if (rho >= 1 - 1e-9) return (h, k) => Math.min(normalTail(h), normalTail(k))
  if (rho <= -1 + 1e-9) return (h, k) => Math.max(0, normalTail(h) + normalTail(k) - 1)
  const angle = Math.asin(rho)
  const nodes: number[] = [] // sine, scale of the exponent and weight, node by node
  for (let i = 0; i < RULE.nodes.length; i++) {
    const s = RULE.nodes[i] ?? 0
    const theta = angle * s * (2 - s) // dense towards asin ρ, where the integrand of a strong correlation bends
    const weight = ((RULE.weights[i] ?? 0) * 2 * (1 - s) * angle) / (2 * Math.PI)
    nodes.push(Math.sin(theta), 1 / (2 * Math.cos(theta) ** 2), weight)
  }
  return (h, k) => {
    const p = normalTail(h)
    const q = normalTail(k)
    if (!Number.isFinite(h) || !Number.isFinite(k)) return p * q
    let joint = p * q
    for (let i = 0; i < nodes.length; i += 3) {
      const exponent = (2 * h * k * (nodes[i] ?? 0) - h * h - k * k) * (nodes[i + 1] ?? 0)
      joint += (nodes[i + 2] ?? 0) * Math.exp(exponent)
    }
    return Math.min(p, q, Math.max(0, p + q - 1, joint))
  }
}

/** The same for a correlation that is asked for once. */
export const bivariateTail = (h: number, k: number, rho: number): number =>
  createBivariateTail(rho)(h, k)
