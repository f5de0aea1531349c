import { type AssetId, InvalidInputError } from '@plimsoll/domain'
import { assertReturnLaw } from './assertReturnLaw.ts'
import { normalTail } from './normalTail.ts'
import type { ReturnLaw, VarianceKnot } from './ReturnLaw.ts'
import { volOfVolAt } from './volOfVolAt.ts'
import { type WalkTable, walkHit, walkTable } from './walkTable.ts'

/** A law of returns over one horizon as numbers. Matrices row by row, in the order of the law's assets. */
export type HorizonLaw = {
  readonly ms: number
  /** Updates of the price in the horizon, at least one. */
  readonly updates: number
  /** Expected covariance of the diffusion. */
  readonly covariance: Float64Array
  /** Expected log-return that makes up for the jumps. */
  readonly compensator: Float64Array
  /** Probability of 0, 1, … K jumps; what is beyond K is below 1e-6 and counted with K. */
  readonly jumpWeights: Float64Array
  /** Variance factors and their probabilities. */
  readonly factors: Float64Array
  readonly factorWeights: Float64Array
}

/** A law of returns ready for numeric work over several horizons. */
export type CompiledLaw = {
  readonly assets: readonly AssetId[]
  readonly horizons: readonly HorizonLaw[]
  readonly jumpMean: Float64Array
  readonly jumpCovariance: Float64Array
  readonly walk: WalkTable
  /** `ln` of what {@link WALK_STEPS} updates differ by from the shifted barrier, by distance in {@link REMAINDER_GRID}ths. */
  readonly remainder: Float64Array
}

/** Up to this many updates the recursion is used as it is. */
export const WALK_STEPS = 48
export const REMAINDER_GRID = 8
const REMAINDER_FAR = 5
/** Broadie, Glasserman and Kou's shift of the barrier, `−ζ(½)/√2π`. */
export const SHIFT = 0.5826

const YEAR_MS = 365 * 86_400_000
const JUMP_TAIL = 1e-6
/** Gauss–Hermite rule of seven points for a standard normal variable. */
const HERMITE = {
  nodes: [0, 1.154405394739968, 2.366759410734541, 3.750439717725742],
  weights: [16 / 35, 0.2401231786050127, 0.03075712396758651, 5.48268855972218e-4],
}

/**
 * Prepares a law of returns for a set of horizons.
 *
 * @throws {@link InvalidInputError} when a number of the law or a horizon is out of range.
 */
export function compileLaw(law: ReturnLaw, horizonsMs: readonly number[]): CompiledLaw {
  assertReturnLaw(law)
  const n = law.assets.length
  const jumpMean = Float64Array.from({ length: n }, (_, i) => law.jumps?.mean[i] ?? 0)
  const jumpSd = Float64Array.from({ length: n }, (_, i) => law.jumps?.sd[i] ?? 0)
  const jumpCovariance = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      jumpCovariance[i * n + j] =
        (i === j ? 1 : (law.jumps?.correlation ?? 0)) * (jumpSd[i] ?? 0) * (jumpSd[j] ?? 0)
  const walk = walkOf(law.innovationDf)
  return {
    assets: law.assets,
    horizons: horizonsMs.map((ms) => horizonLaw(law, ms, jumpMean, jumpSd)),
    jumpMean,
    jumpCovariance,
    walk: walk.table,
    remainder: walk.remainder,
  }
}

/** Expected diffusive variance of one asset over a horizon. */
export function varianceAt(knots: readonly VarianceKnot[], ms: number): number {
  let from: VarianceKnot = { ms: 0, variance: 0 }
  for (const knot of knots) {
    if (ms <= knot.ms)
      return (
        from.variance +
        ((knot.variance - from.variance) * (ms - from.ms)) / Math.max(knot.ms - from.ms, 1e-9)
      )
    from = knot
  }
  return from.ms > 0 ? (from.variance * ms) / from.ms : 0
}

function horizonLaw(
  law: ReturnLaw,
  ms: number,
  jumpMean: Float64Array,
  jumpSd: Float64Array,
): HorizonLaw {
  if (!(ms > 0) || !Number.isFinite(ms))
    throw new InvalidInputError({ field: 'horizon', found: ms, allowed: 'above 0 ms, finite' })
  const n = law.assets.length
  const sd = law.variance.map((knots) => Math.sqrt(varianceAt(knots, ms)))
  const covariance = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      covariance[i * n + j] = correlationOf(law, i, j) * (sd[i] ?? 0) * (sd[j] ?? 0)
  const expected = ((law.jumps?.perYear ?? 0) * ms) / YEAR_MS
  const nu = volOfVolAt(law.volOfVol, ms)
  const signed = HERMITE.nodes.flatMap((x, i) => {
    const weight = HERMITE.weights[i] ?? 0
    return x === 0
      ? [{ x, weight }]
      : [
          { x: -x, weight },
          { x, weight },
        ]
  })
  const used = nu > 0 ? signed.sort((a, b) => a.x - b.x) : [{ x: 0, weight: 1 }]
  return {
    ms,
    updates: Math.max(1, ms / law.updateMs),
    covariance,
    compensator: jumpMean.map(
      (mean, i) => -expected * Math.expm1(mean + 0.5 * (jumpSd[i] ?? 0) ** 2),
    ),
    jumpWeights: poissonWeights(expected),
    factors: Float64Array.from(used, ({ x }) => Math.exp(nu * x - 0.5 * nu * nu)),
    factorWeights: Float64Array.from(used, ({ weight }) => weight),
  }
}

function poissonWeights(expected: number): Float64Array {
  const weights: number[] = []
  let weight = Math.exp(-expected)
  let left = 1
  for (let k = 0; ; k++) {
    weights.push(weight)
    left -= weight
    if (left < JUMP_TAIL) break
    weight *= expected / (k + 1)
  }
  weights[weights.length - 1] = weight + Math.max(0, left)
  return Float64Array.from(weights)
}

function correlationOf(law: ReturnLaw, i: number, j: number): number {
  if (i === j) return 1
  return typeof law.correlation === 'number'
    ? law.correlation
    : (law.correlation[i]?.[j] ?? Number.NaN)
}

type Walk = { readonly table: WalkTable; readonly remainder: Float64Array }
const walks = new Map<number | null, Walk>() // a tenth of a second each, and a program uses one or two

function walkOf(df: number | null): Walk {
  const known = walks.get(df)
  if (known) return known
  const table = walkTable({ steps: WALK_STEPS, df })
  const remainder = Float64Array.from({ length: REMAINDER_FAR * REMAINDER_GRID + 2 }, (_, i) => {
    const d = i / REMAINDER_GRID
    return Math.log(
      walkHit(table, d, WALK_STEPS) / (2 * normalTail(d + SHIFT / Math.sqrt(WALK_STEPS))),
    )
  })
  const made = { table, remainder }
  walks.set(df, made)
  return made
}
