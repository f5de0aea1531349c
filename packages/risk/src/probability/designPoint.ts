import { evaluateSurface, type Surface } from './Surface.ts'

/** The surface of liquidation seen as a plane from one place: working memory, reused. */
type Plane = {
  /** Normal of the plane: `z(x) ≈ offset + slope·x`. */
  readonly slope: Float64Array
  offset: number
  /** `slope'·A·slope`: variance of `z` at the covariance used. */
  variance: number
  /** Distance from the mean in standard deviations. */
  distance: number
  /** `Π (1 + β κ_i)^{−1/2}`: what the curvature of the surface leaves of a plane's probability. */
  bending: number
  /** False when the search did not end on the surface. */
  converged: boolean
}

/** Most probable place of liquidation by the first-order reliability method: working memory and two ways to a plane. */
export type DesignPoint = {
  readonly plane: Plane
  /** Covariance to measure in, row by row over the surface's size. */
  readonly covariance: Float64Array
  readonly mean: Float64Array
  /** Where a search starts and ends. */
  readonly point: Float64Array
  readonly pulled: Float64Array
  readonly weighted: Float64Array
}

export function createDesignPoint(most: number): DesignPoint {
  return {
    plane: {
      slope: new Float64Array(most),
      offset: 0,
      variance: 0,
      distance: 0,
      bending: 1,
      converged: false,
    },
    covariance: new Float64Array(most * most),
    mean: new Float64Array(most),
    point: new Float64Array(most),
    pulled: new Float64Array(most),
    weighted: new Float64Array(most),
  }
}

const MOST_STEPS = 12
/** Longest step of any ln price: a search never runs off to where exponentials overflow. */
const LONGEST = 1
/** A step this small in ln prices, or in `z`, changes a probability by less than a thousandth. */
const CLOSE = 1e-5
/** Below this the design point is no minimum and the curvature says nothing. */
const LEAST_DETERMINANT = 0.1

/**
 * Finds the place on the surface that is nearest to the mean in standard deviations, and its tangent plane.
 *
 * Hasofer, Lind, Rackwitz and Fiessler's iteration `x ← μ + A∇z (∇z·(x − μ) − z)/(∇z'A∇z)` from `point`, in log-returns: no
 * factor of the covariance is needed. Most often three to five steps; beyond six standard deviations it may end short of
 * the surface, where it matters to no probability.
 *
 * @see Der Kiureghian, "First- and Second-Order Reliability Methods", 2005
 */
export function findDesignPoint(surface: Surface, design: DesignPoint): void {
  const { size, gradient } = surface
  const { mean, point, pulled, plane } = design
  let z = evaluateSurface(surface, point)
  plane.converged = false
  for (let step = 0; step < MOST_STEPS; step++) {
    const variance = pull(surface, design)
    let toward = -z
    for (let i = 0; i < size; i++) toward += (gradient[i] ?? 0) * ((point[i] ?? 0) - (mean[i] ?? 0))
    const scale = toward / variance
    let longest = 0
    for (let i = 0; i < size; i++) {
      const next = (mean[i] ?? 0) + scale * (pulled[i] ?? 0)
      longest = Math.max(longest, Math.abs(next - (point[i] ?? 0)))
    }
    const part = longest > LONGEST ? LONGEST / longest : 1
    for (let i = 0; i < size; i++) {
      const from = point[i] ?? 0
      point[i] = from + part * ((mean[i] ?? 0) + scale * (pulled[i] ?? 0) - from)
    }
    const moved = part * longest
    z = evaluateSurface(surface, point)
    if (Math.abs(z) < CLOSE && moved < 100 * CLOSE) {
      plane.converged = true
      break
    }
  }
  let offset = z
  for (let i = 0; i < size; i++) {
    plane.slope[i] = gradient[i] ?? 0
    offset -= (gradient[i] ?? 0) * (point[i] ?? 0)
  }
  plane.offset = offset
  plane.variance = pull(surface, design)
  let at = offset
  for (let i = 0; i < size; i++) at += (gradient[i] ?? 0) * (mean[i] ?? 0)
  plane.distance = at / Math.sqrt(plane.variance)
  const beta = Math.min(plane.distance, offset / Math.sqrt(plane.variance))
  plane.bending = size === 1 ? 1 : bendingOf(surface, design, Math.max(0, beta))
}

/** `A∇z` into `pulled`; gives `∇z'A∇z`. */
function pull(surface: Surface, design: DesignPoint): number {
  const { size, gradient } = surface
  const { covariance, pulled } = design
  let variance = 0
  for (let i = 0; i < size; i++) {
    let sum = 0
    for (let j = 0; j < size; j++) sum += (covariance[i * size + j] ?? 0) * (gradient[j] ?? 0)
    pulled[i] = sum
    variance += sum * (gradient[i] ?? 0)
  }
  return variance
}

/**
 * `Π (1 + βκ_i)^{−1/2}` over the principal curvatures in standardised space, from their sum and sum of squares.
 *
 * On the surface its Hessian is `D = diag(∇z)` for directions along it, so with `s = A∇z/√q` and `q = ∇z'A∇z` the traces are
 * `Σκ = (tr AD − s'Ds)/√q` and `Σκ² = (tr (AD)² − 2 s'DADs + (s'Ds)²)/q`. Breitung's factor with `β` itself is exact to
 * first order for the first passage of a Brownian path, by Girsanov's theorem: the mean curvature is a drift. For that `β` is
 * the distance from the start, for a jump it is the distance from the mean: the smaller counts.
 */
function bendingOf(surface: Surface, design: DesignPoint, beta: number): number {
  const { size, gradient } = surface
  const { covariance, pulled, weighted, plane } = design
  const q = plane.variance
  let trace = 0
  let traceOfSquare = 0
  let along = 0
  for (let i = 0; i < size; i++) {
    const g = gradient[i] ?? 0
    const s = (pulled[i] ?? 0) / Math.sqrt(q)
    trace += (covariance[i * size + i] ?? 0) * g
    along += g * s * s
    weighted[i] = g * s
    for (let j = 0; j < size; j++) {
      const c = covariance[i * size + j] ?? 0
      traceOfSquare += c * c * g * (gradient[j] ?? 0)
    }
  }
  let mixed = 0
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      mixed += (weighted[i] ?? 0) * (covariance[i * size + j] ?? 0) * (weighted[j] ?? 0)
  const first = (trace - along) / Math.sqrt(q)
  const second = (traceOfSquare - 2 * mixed + along * along) / q
  const pairs = size === 2 ? 0 : (first * first - second) / 2
  const determinant = 1 + beta * first + beta * beta * pairs
  return 1 / Math.sqrt(Math.max(determinant, LEAST_DETERMINANT))
}
