import { gaussLegendre } from './gaussLegendre.ts'
import { normalTail } from './normalTail.ts'

const FARTHEST = 6
const PER_UNIT = 4
const DISTANCES = FARTHEST * PER_UNIT + 1
const SHARES = 21 // √share in equal steps
let table: Float64Array | null = null

/**
 * How much of a reflection a path keeps after a jump: `P(it is beyond the barrier at some time after the jump) = Φ̄(d)·(1 + w)`
 * for a Brownian path with one normal jump at a uniform time, watched all the time.
 *
 * With nothing but the jump (`share` 0) there is none, `w = 0`. A path that ends beyond the barrier came there on a slope
 * and went further on the way, so `w` is far above `share`. Bilinear in a table of the exact value; absolute error below
 * 0.01.
 *
 * @param d - Distance from the mean after the jump, in standard deviations of diffusion and jump together, 0 or more.
 * @param share - Variance of the diffusion over the variance of both.
 */
export function jumpReflection(d: number, share: number): number {
  table ??= reflectionTable()
  const x = Math.min(d, FARTHEST) * PER_UNIT
  const y = Math.sqrt(Math.min(1, Math.max(0, share))) * (SHARES - 1)
  const i = Math.min(DISTANCES - 2, x | 0)
  const j = Math.min(SHARES - 2, y | 0)
  const at = i * SHARES + j
  const u = x - i
  const v = y - j
  const low = (table[at] ?? 0) * (1 - v) + (table[at + 1] ?? 0) * v
  const high = (table[at + SHARES] ?? 0) * (1 - v) + (table[at + SHARES + 1] ?? 0) * v
  return low * (1 - u) + high * u
}

function reflectionTable(): Float64Array {
  const into = new Float64Array(DISTANCES * SHARES)
  for (let i = 0; i < DISTANCES; i++)
    for (let j = 0; j < SHARES; j++)
      into[i * SHARES + j] = exactJumpReflection(i / PER_UNIT, (j / (SHARES - 1)) ** 2)
  return into
}

const TIMES = gaussLegendre(16)
const ANGLES = gaussLegendre(12)

/**
 * `w = 2/Φ̄(d) ∫_0^1 T(d, a_u) du`, `a_u² = share(1 − u)/(1 − share(1 − u))`: place at the jump plus the reach of the path after
 * it is a skew-normal variable, whose tail is Owen's T.
 */
export function exactJumpReflection(d: number, share: number): number {
  let sum = 0
  for (let i = 0; i < TIMES.nodes.length; i++) {
    const angle = (Math.PI / 2) * (TIMES.nodes[i] ?? 0) // u = sin²: dense where the jump is early or late
    const left = share * Math.cos(angle) ** 2
    const weight = (TIMES.weights[i] ?? 0) * (Math.PI / 2) * Math.sin(2 * angle)
    sum += weight * owensT(d, Math.sqrt(left / (1 - left)))
  }
  return (2 * sum) / normalTail(d)
}

/** Owen's T function, `T(h, a) = 1/2π ∫_0^{atan a} e^{−h²/2cos²θ} dθ`. */
function owensT(h: number, a: number): number {
  const span = Math.atan(a)
  let sum = 0
  for (let i = 0; i < ANGLES.nodes.length; i++) {
    const cosine = Math.cos(span * (ANGLES.nodes[i] ?? 0))
    sum += (ANGLES.weights[i] ?? 0) * Math.exp((-0.5 * h * h) / (cosine * cosine))
  }
  return (sum * span) / (2 * Math.PI)
}
