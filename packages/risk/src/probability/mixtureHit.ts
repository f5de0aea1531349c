import {
  type CompiledLaw,
  type HorizonLaw,
  REMAINDER_GRID,
  SHIFT,
  WALK_STEPS,
} from './compileLaw.ts'
import { jumpReflection } from './jumpReflection.ts'
import { millsRatio, normalDensity, normalTail } from './normalTail.ts'
import { walkHit } from './walkTable.ts'

/** Beyond this many standard deviations a path was not at the barrier before it jumped. */
const NEVER_BEFORE = 4

/** Numbers of jumps that have a plane of their own; more share the last. */
export const PLANES = 3

/** What the mixture needs to know of the planes of a domain, by number of jumps: working memory, reused. */
export type Barriers = {
  /** Distance now. */
  readonly offset: Float64Array
  /** Variance of the diffusion and of one jump across the plane. */
  readonly diffusion: Float64Array
  readonly jump: Float64Array
  /** Mean across the plane: Itô's `½ Σ slope_i Σ_ii` per unit of variance factor, the jumps' compensator, one jump. */
  readonly ito: Float64Array
  readonly compensator: Float64Array
  readonly jumpMean: Float64Array
  readonly bending: Float64Array
}

export function createBarriers(): Barriers {
  const each = () => new Float64Array(PLANES)
  return {
    offset: each(),
    diffusion: each(),
    jump: each(),
    ito: each(),
    compensator: each(),
    jumpMean: each(),
    bending: each(),
  }
}

/**
 * Probability that a path passes the barrier at one of the updates: a mixture over variance factors and jumps.
 *
 * Given variance factor `v` and `k` jumps the path across the plane has variance `s² = vV + kJ` and mean `m`. Without jumps, with
 * `d = (b + m)/s` and `d₊ = (b − m)/s`, it passes with `φ(d')(M(d') + M(d'₊))`, where `M` is the Mills ratio and `'` moves the barrier
 * out by `0.5826 s/√N` for watching it `N` times only; the shift's error, `∝ 1/N`, is taken from the exact recursion at 48
 * updates, which stands in its place for fewer. With jumps `P = (1 − w)Φ̄(d) + w·φ(d')(M(d') + M(d'₊))` after them, `w` of
 * {@link jumpReflection}, and what a path did before them.
 *
 * @param into - When given, receives the probability by variance factor and number of jumps, row by row.
 */
export function mixtureHit(
  law: CompiledLaw,
  horizon: HorizonLaw,
  barriers: Barriers,
  into: Float64Array | null,
): number {
  const { factors, factorWeights, jumpWeights, updates } = horizon
  const counts = jumpWeights.length
  let total = 0
  for (let g = 0; g < factors.length; g++) {
    const factor = factors[g] ?? 1
    let given = 0
    for (let k = 0; k < counts; k++) {
      const p =
        k === 0
          ? diffusionHit(law, updates, barriers, factor)
          : jumpHit(updates, barriers, factor, k)
      if (into !== null) into[g * counts + k] = p
      given += (jumpWeights[k] ?? 0) * p
    }
    total += (factorWeights[g] ?? 0) * given
  }
  return total
}

function diffusionHit(law: CompiledLaw, updates: number, of: Barriers, factor: number): number {
  const offset = of.offset[0] ?? 0
  const variance = factor * (of.diffusion[0] ?? 0)
  const mean = (of.compensator[0] ?? 0) - factor * (of.ito[0] ?? 0)
  const sd = Math.sqrt(variance)
  if (!(sd > 0)) return offset + mean <= 0 ? 1 : 0
  const d = (offset + mean) / sd
  const mirror = (offset - mean) / sd
  const bending = of.bending[0] ?? 1
  if (updates <= WALK_STEPS) {
    const from = Math.max(0, d)
    const skew = 0.5 * (1 + millsRatio(Math.max(0, mirror)) / millsRatio(from))
    return Math.min(1, walkHit(law.walk, from, updates) * skew * bending)
  }
  const shift = SHIFT / Math.sqrt(updates)
  const p = reflectedTail(d + shift, mirror + shift)
  return Math.min(1, p * remainderAt(law.remainder, Math.max(0, d), WALK_STEPS / updates) * bending)
}

/** `Φ̄(d) + φ(d)/φ(d₊)·Φ̄(d₊)`: a Brownian path with drift and its mirror image. */
function reflectedTail(d: number, mirror: number): number {
  if (d >= 0 && mirror >= 0) return normalDensity(d) * (millsRatio(d) + millsRatio(mirror))
  return normalTail(d) + Math.exp(0.5 * (mirror * mirror - d * d)) * normalTail(mirror)
}

/**
 * With jumps: what is beyond the barrier after them, and what was beyond it before them and came back.
 *
 * Before: the mean of `2Φ̄(y/√u)` over a uniform time `u` is `2[(1 + y²)Φ̄(y) − yφ(y)]`. Of those a share `1 − q` is not beyond the
 * barrier later, `q` seen from the barrier with a share `1/(1 + y)` of the diffusion left.
 */
function jumpHit(updates: number, of: Barriers, factor: number, jumps: number): number {
  const plane = Math.min(jumps, PLANES - 1)
  const offset = of.offset[plane] ?? 0
  const diffusion = factor * (of.diffusion[plane] ?? 0)
  const jump = jumps * (of.jump[plane] ?? 0)
  const drift = (of.compensator[plane] ?? 0) - factor * (of.ito[plane] ?? 0)
  const jumped = jumps * (of.jumpMean[plane] ?? 0)
  const variance = diffusion + jump
  const sd = Math.sqrt(variance)
  if (!(sd > 0)) return Math.min(offset, offset + drift + jumped) <= 0 ? 1 : 0
  const d = (offset + drift + jumped) / sd
  const shift = SHIFT * Math.sqrt(diffusion / updates)
  const share = diffusion / variance
  let p: number
  if (d > 0) {
    const w = jumpReflection(d, share)
    const watched = d + shift / sd
    const density = normalDensity(d)
    const mirror = Math.max(0, watched - (2 * drift * sd) / Math.max(diffusion, 1e-300))
    const mills = millsRatio(watched)
    // a drift away from the barrier leaves more beyond it before the end than at the end, at most what it moves
    const gain = Math.min(w * (millsRatio(mirror) - mills), Math.max(0, (0.5 * drift) / sd))
    const moved = smallExp((d * d - watched * watched) / 2)
    p = density * ((1 - w) * millsRatio(d) + moved * (2 * w * mills + gain))
  } else p = beyond(d, share)
  // a drift has no time to act on a path that starts at the barrier
  const root = Math.sqrt(Math.max(diffusion, 1e-300))
  const start = Math.max(0, offset + shift) / root
  const y = Math.max(0, start + ((drift / root) * start) / (1 + start))
  if (y < NEVER_BEFORE) {
    const mills = millsRatio(y)
    const before = 2 * normalDensity(y) * ((1 + y * y) * mills - y)
    const still = diffusion / (1 + y)
    const left = Math.sqrt(still + jump)
    const back = jumped / left
    const q = beyond(back, still / (left * left))
    p = Math.max(before, p + before * Math.max(0, 1 - q))
  }
  return Math.min(1, p * (of.bending[plane] ?? 1))
}

/** `Φ̄(x) + w(|x|)·Φ̄(|x|)`: beyond the barrier at some time after a jump. */
function beyond(x: number, share: number): number {
  const far = Math.abs(x)
  const tail = normalTail(far)
  return (x >= 0 ? tail : 1 - tail) + jumpReflection(far, share) * tail
}

/** `e^x`, by its series where `x` is small. */
function smallExp(x: number): number {
  return Math.abs(x) < 0.1 ? 1 + x * (1 + x * (0.5 + x * (1 / 6 + x / 24))) : Math.exp(x)
}

/** `e^{share·r(d)}` with `r` linear between the table's distances, constant beyond. */
function remainderAt(remainder: Float64Array, d: number, share: number): number {
  const x = Math.min(d * REMAINDER_GRID, remainder.length - 2)
  const i = x | 0
  const low = remainder[i] ?? 0
  return smallExp(share * (low + (x - i) * ((remainder[i + 1] ?? 0) - low)))
}
