import type { DesignPoint } from './designPoint.ts'
import { evaluateSurfaceNow, type Surface } from './Surface.ts'

/** The surface of liquidation seen from the prices of now, what any number of jumps has in common: working memory. */
export type DeltaView = {
  /** `z` now. */
  z: number
  readonly slope: Float64Array
  /** `A∇z`, `∇z'A∇z` and `tr(HA)` for the covariance of the diffusion and of one jump. */
  readonly pulledByDiffusion: Float64Array
  readonly pulledByJump: Float64Array
  diffusion: number
  jump: number
  traceOfDiffusion: number
  traceOfJump: number
}

export function createDeltaView(most: number): DeltaView {
  return {
    z: 0,
    slope: new Float64Array(most),
    pulledByDiffusion: new Float64Array(most),
    pulledByJump: new Float64Array(most),
    diffusion: 0,
    jump: 0,
    traceOfDiffusion: 0,
    traceOfJump: 0,
  }
}

/** Looks at the surface from here; `H = diag(∇z) − pp' + nn'` with `p` and `n` the gradient's positive and negative parts. */
export function viewNow(surface: Surface, view: DeltaView): void {
  view.z = evaluateSurfaceNow(surface)
  const { size, gradient, diffusion, jump } = surface
  const { slope, pulledByDiffusion, pulledByJump } = view
  view.diffusion = 0
  view.jump = 0
  view.traceOfDiffusion = 0
  view.traceOfJump = 0
  for (let i = 0; i < size; i++) {
    const g = gradient[i] ?? 0
    const up = g > 0
    let byDiffusion = 0
    let byJump = 0
    let sideOfDiffusion = 0
    let sideOfJump = 0
    for (let j = 0; j < size; j++) {
      const other = gradient[j] ?? 0
      const d = (diffusion[i * size + j] ?? 0) * other
      const s = (jump[i * size + j] ?? 0) * other
      byDiffusion += d
      byJump += s
      if (other > 0 === up) {
        sideOfDiffusion += d
        sideOfJump += s
      }
    }
    slope[i] = g
    pulledByDiffusion[i] = byDiffusion
    pulledByJump[i] = byJump
    view.diffusion += byDiffusion * g
    view.jump += byJump * g
    const sign = up ? 1 : -1
    view.traceOfDiffusion += g * ((diffusion[i * size + i] ?? 0) - sign * sideOfDiffusion)
    view.traceOfJump += g * ((jump[i * size + i] ?? 0) - sign * sideOfJump)
  }
}

/**
 * The plane seen from here: the gradient now, corrected to second order.
 *
 * The distance is where the parabola `z − t + ½t² u'Hu` along the most probable ray `x = −t·u`, `u = A∇z/q`, meets zero; what
 * `½ tr(HA)` has left across that ray bends the plane. Leaves the meeting point in `point`.
 *
 * @returns How much the surface bends between here and there; infinite where the parabola does not reach zero.
 */
export function deltaPlane(
  surface: Surface,
  view: DeltaView,
  jumps: number,
  design: DesignPoint,
): number {
  const { size } = surface
  const { slope, pulledByDiffusion, pulledByJump, z } = view
  const { point, plane } = design
  const variance = view.diffusion + jumps * view.jump
  let bend = 0
  let rising = 0
  let falling = 0
  for (let i = 0; i < size; i++) {
    const g = slope[i] ?? 0
    const u = ((pulledByDiffusion[i] ?? 0) + jumps * (pulledByJump[i] ?? 0)) / variance
    point[i] = u
    plane.slope[i] = g
    bend += g * u * u
    if (g > 0) rising += g * u
    else falling += g * u
  }
  bend += falling * falling - rising * rising
  const reach = 1 - 2 * z * bend
  const t = reach > 0 ? (2 * z) / (1 + Math.sqrt(reach)) : z
  for (let i = 0; i < size; i++) point[i] = -t * (point[i] ?? 0)
  const sd = Math.sqrt(variance)
  const trace = view.traceOfDiffusion + jumps * view.traceOfJump
  const determinant = 1 + (Math.max(0, t) * (trace - bend * variance)) / variance
  plane.offset = t
  plane.variance = variance
  plane.distance = t / sd
  plane.bending = size === 1 ? 1 : 1 / Math.sqrt(Math.max(determinant, LEAST_DETERMINANT))
  plane.converged = reach > 0
  return reach > 0
    ? Math.max(Math.abs(bend * t), Math.abs(determinant - 1))
    : Number.POSITIVE_INFINITY
}

/** Below this the surface is no plane at all and second order says nothing. */
const LEAST_DETERMINANT = 0.1
