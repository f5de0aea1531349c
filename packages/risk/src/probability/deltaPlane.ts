import type { DesignPoint } from './designPoint.ts'
import type { Surface } from './Surface.ts'

/**
 * The surface seen from here: its gradient now, corrected to second order.
 *
 * The distance is where the parabola `z − t + ½t² u'Hu` along the most probable ray `x = −t·u`, `u = A∇z/q`, meets zero; what
 * `½ tr(HA)` has left across that ray bends the plane as in {@link findDesignPoint}. Leaves the meeting point in `point`.
 *
 * @param z - Value of `z` now, whose gradient is in the surface.
 * @returns How much the surface bends between here and there; infinite where the parabola does not reach zero.
 */
export function deltaPlane(surface: Surface, design: DesignPoint, z: number): number {
  const { size, gradient } = surface
  const { covariance, point, pulled, plane } = design
  let variance = 0
  let trace = 0 // tr(HA), H = diag(∇z) − pp' + nn'
  for (let i = 0; i < size; i++) {
    const g = gradient[i] ?? 0
    let sum = 0
    let side = 0
    for (let j = 0; j < size; j++) {
      const other = gradient[j] ?? 0
      const part = (covariance[i * size + j] ?? 0) * other
      sum += part
      if (other > 0 === g > 0) side += part
    }
    pulled[i] = sum
    variance += sum * g
    trace += g * ((covariance[i * size + i] ?? 0) - (g > 0 ? side : -side))
    plane.slope[i] = g
  }
  let bend = 0
  let rising = 0
  let falling = 0
  for (let i = 0; i < size; i++) {
    const g = gradient[i] ?? 0
    const u = (pulled[i] ?? 0) / variance
    bend += g * u * u
    if (g > 0) rising += g * u
    else falling += g * u
  }
  bend += falling * falling - rising * rising
  const reach = 1 - 2 * z * bend
  const t = reach > 0 ? (2 * z) / (1 + Math.sqrt(reach)) : z
  for (let i = 0; i < size; i++) point[i] = (-t * (pulled[i] ?? 0)) / variance
  plane.offset = t
  plane.variance = variance
  plane.distance = t / Math.sqrt(variance)
  const across = (trace - bend * variance) / Math.sqrt(variance)
  const determinant = 1 + Math.max(0, plane.distance) * across
  plane.bending = size === 1 ? 1 : 1 / Math.sqrt(Math.max(determinant, 0.1))
  plane.converged = reach > 0
  return reach > 0
    ? Math.max(Math.abs(bend * t), Math.abs(determinant - 1))
    : Number.POSITIVE_INFINITY
}
