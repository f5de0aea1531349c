import type { CompiledDomain } from './compileDomain.ts'
import type { CompiledLaw } from './compileLaw.ts'

/**
 * Where one domain is liquidated, in log-returns `x` of the assets that move it: working memory, reused.
 *
 * `z(x) = ln(Σ⁺(x) / Σ⁻(x))` with `Σ⁺` what adds to backing less requirement and `Σ⁻` what takes from it. It has the zeros
 * of ln health and bends less: with one volatile asset it is exactly linear.
 */
export type Surface = {
  /** Assets that move the domain. */
  size: number
  /** Places of the assets in the law. */
  readonly at: Int32Array
  /** Value of each, positive where a rise helps. [USD] */
  readonly value: Float64Array
  /** What no price moves, on either side. [USD] */
  plus: number
  minus: number
  /** Covariance of the diffusion and of one jump, row by row over `size`. */
  readonly diffusion: Float64Array
  readonly jump: Float64Array
  readonly compensator: Float64Array
  readonly jumpMean: Float64Array
  /** `∂z/∂x` where it was last computed. */
  readonly gradient: Float64Array
}

/** Makes working memory for domains of up to `most` assets. */
export function createSurface(most: number): Surface {
  return {
    size: 0,
    at: new Int32Array(most),
    value: new Float64Array(most),
    plus: 0,
    minus: 0,
    diffusion: new Float64Array(most * most),
    jump: new Float64Array(most * most),
    compensator: new Float64Array(most),
    jumpMean: new Float64Array(most),
    gradient: new Float64Array(most),
  }
}

/**
 * Puts a domain and the law of one horizon into working memory; assets that do not move join the constants.
 *
 * @returns False when no price can liquidate the domain, or none moves it.
 */
export function loadSurface(
  into: Surface,
  domain: CompiledDomain,
  law: CompiledLaw,
  horizon: number,
): boolean {
  const of = law.horizons[horizon]
  if (of === undefined) return false
  const n = law.assets.length
  const { covariance, compensator } = of
  const constant = domain.backingConstant - domain.requirementConstant
  let plus = Math.max(0, constant)
  let minus = Math.max(0, -constant)
  let size = 0
  let falls = 0
  for (let i = 0; i < domain.active.length; i++) {
    const asset = domain.active[i] ?? 0
    const value = (domain.backing[i] ?? 0) - (domain.requirement[i] ?? 0)
    if (value === 0) continue
    const moves =
      (covariance[asset * n + asset] ?? 0) > 0 ||
      (law.jumpCovariance[asset * n + asset] ?? 0) > 0 ||
      (law.jumpMean[asset] ?? 0) !== 0
    if (moves) {
      into.at[size] = asset
      into.value[size] = value
      size++
      if (value < 0) falls++
    } else if (value > 0) plus += value
    else minus -= value
  }
  into.size = size
  into.plus = plus
  into.minus = minus
  if (size === 0 || (minus === 0 && falls === 0)) return false
  for (let i = 0; i < size; i++) {
    const a = into.at[i] ?? 0
    into.compensator[i] = compensator[a] ?? 0
    into.jumpMean[i] = law.jumpMean[a] ?? 0
    for (let j = 0; j < size; j++) {
      const from = a * n + (into.at[j] ?? 0)
      into.diffusion[i * size + j] = covariance[from] ?? 0
      into.jump[i * size + j] = law.jumpCovariance[from] ?? 0
    }
  }
  return true
}

/** `z` at log-returns; leaves `∂z/∂x` in {@link Surface.gradient}. */
export function evaluateSurface(surface: Surface, x: Float64Array): number {
  const { size, value, gradient } = surface
  for (let i = 0; i < size; i++) gradient[i] = (value[i] ?? 0) * Math.exp(x[i] ?? 0)
  return weigh(surface)
}

/** `z` and its gradient at the prices of now. */
export function evaluateSurfaceNow(surface: Surface): number {
  const { size, value, gradient } = surface
  for (let i = 0; i < size; i++) gradient[i] = value[i] ?? 0
  return weigh(surface)
}

/** Turns the values in the gradient into their shares of either side. */
function weigh(surface: Surface): number {
  const { size, gradient } = surface
  let plus = surface.plus
  let minus = surface.minus
  for (let i = 0; i < size; i++) {
    const moved = gradient[i] ?? 0
    if (moved > 0) plus += moved
    else minus -= moved
  }
  for (let i = 0; i < size; i++) {
    const moved = gradient[i] ?? 0
    gradient[i] = moved / (moved > 0 ? plus : minus)
  }
  return Math.log(plus / minus)
}
