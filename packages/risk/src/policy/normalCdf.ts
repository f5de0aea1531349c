const SQRT_2PI = Math.sqrt(2 * Math.PI)

/** Density of the standard normal. */
export function normalPdf(z: number): number {
  return Math.exp(-0.5 * z * z) / SQRT_2PI
}

/**
 * Distribution function of the standard normal, absolute error below 1e-15.
 *
 * Taylor series `½ + φ(z)·(z + z³/3 + z⁵/15 + …)` inside, a continued fraction of the tail beyond.
 */
export function normalCdf(z: number): number {
  const distance = Math.abs(z)
  if (distance > 38) return z > 0 ? 1 : 0
  if (distance < 4) {
    let term = z
    let sum = z
    for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
      term *= (z * z) / n
      sum += term
    }
    return 0.5 + normalPdf(z) * sum
  }
  let fraction = distance
  for (let n = 60; n > 0; n--) fraction = distance + n / fraction
  const tail = normalPdf(distance) / fraction
  return z > 0 ? 1 - tail : tail
}
