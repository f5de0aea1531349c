const STEPS = 64 // nodes per unit: a third-order Taylor step of at most 1/128 errs by 6e-10
const LAST = 12
const TABLE = millsTable()
const ROOT = 1 / Math.sqrt(2 * Math.PI)
const ENOUGH = 1e-9 // the step after one as small as this moves no digit of a double

/** Density of the standard normal law, `φ(x) = e^{−x²/2} / √2π`. */
export function normalDensity(x: number): number {
  return ROOT * Math.exp(-0.5 * x * x)
}

/**
 * Mills ratio `M(x) = Φ̄(x) / φ(x)` of the standard normal law for `x ≥ 0`.
 *
 * A Taylor step from the nearest node of a table, its derivatives by `M' = xM − 1`; the continued fraction
 * `1/(x + 1/(x + 2/(x + …)))` above 12. Relative error below 1e-9.
 */
export function millsRatio(x: number): number {
  if (x >= LAST) return 1 / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 5 / x)))))
  const i = (x * STEPS + 0.5) | 0
  const node = i / STEPS
  const t = x - node
  const m0 = TABLE[i] ?? 0
  const m1 = node * m0 - 1
  const m2 = m0 + node * m1
  const m3 = 2 * m1 + node * m2
  return m0 + t * (m1 + t * (0.5 * m2 + (t * m3) / 6))
}

/** Upper tail of the standard normal law, `Φ̄(x) = P(Z > x)`, to 1e-9 relative in both tails. */
export function normalTail(x: number): number {
  return x >= 0 ? millsRatio(x) * normalDensity(x) : 1 - millsRatio(-x) * normalDensity(x)
}

/** The `x` with `Φ̄(x) = p`, by Newton's method on `ln Φ̄`; infinite at 0 and 1. */
export function normalTailInverse(p: number): number {
  if (!(p > 0)) return Number.POSITIVE_INFINITY
  if (p >= 1) return Number.NEGATIVE_INFINITY
  if (p > 0.5) return -normalTailInverse(1 - p)
  const target = Math.log(p)
  let x = Math.sqrt(Math.max(0, -2 * target - Math.log(1 - 2 * target))) // from Φ̄ ≈ φ/x, below the root or near it
  for (let i = 0; i < 6; i++) {
    const m = millsRatio(x)
    const move = m * (Math.log(m * ROOT) - 0.5 * x * x - target)
    x = Math.max(0, x + move)
    if (Math.abs(move) < ENOUGH) break
  }
  return x
}

function millsTable(): Float64Array {
  const table = new Float64Array(LAST * STEPS + 2)
  for (let i = 0; i < table.length; i++) table[i] = exactMills(i / STEPS)
  return table
}

/** Series for `Φ(x) − ½` near zero, continued fraction beyond: both to the last digits of a double. */
function exactMills(x: number): number {
  if (x < 3) {
    let sum = 0
    let term = x
    for (let n = 1; term > 1e-18; n++) {
      sum += term
      term *= (x * x) / (2 * n + 1)
    }
    return 0.5 * Math.sqrt(2 * Math.PI) * Math.exp(0.5 * x * x) - sum
  }
  let fraction = x
  for (let k = 200; k > 0; k--) fraction = x + k / fraction
  return 1 / fraction
}
