import { InvalidInputError } from '@plimsoll/domain'
import { gaussLegendre } from './gaussLegendre.ts'
import { normalDensity, normalTail } from './normalTail.ts'

/** First-passage probabilities of a driftless walk, by number of steps and distance. */
export type WalkTable = {
  /** Most steps it knows. */
  readonly steps: number
  /** Degrees of freedom of a step; null for normal steps. */
  readonly df: number | null
  /** `ln P`, row by number of steps less one, column by distance in {@link GRID}ths of a step's standard deviation. */
  readonly logs: Float64Array
}

const GRID = 8
const FAR = 40 // [standard deviations of one step]
const COLUMNS = FAR * GRID + 3
const NODES = 6 // quadrature points per unit of distance

/**
 * Builds the first-passage probabilities of walks of 1 to `steps` independent steps of unit variance.
 *
 * The exact recursion `u_n(x) = F̄(x) + ∫_0^∞ u_{n−1}(y) f(y − x) dy` with `u_n(x)` the probability to be at or below
 * zero within `n` steps from distance `x`, by Gauss–Legendre panels of one standard deviation: error below 1e-6 relative.
 *
 * @param p.df - Degrees of freedom of Student's t for a step, scaled to unit variance; null for normal steps.
 * @throws {@link InvalidInputError} when `df` is not above 2.
 */
export function walkTable(p: { readonly steps: number; readonly df: number | null }): WalkTable {
  if (p.df !== null && !(p.df > 2))
    throw new InvalidInputError({ field: 'df', found: p.df, allowed: 'above 2, or null' })
  const step = p.df === null ? NORMAL : studentStep(p.df)
  const rule = gaussLegendre(NODES)
  const count = FAR * NODES
  const places = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let panel = 0; panel < FAR; panel++)
    for (let i = 0; i < NODES; i++) {
      places[panel * NODES + i] = panel + (rule.nodes[i] ?? 0)
      weights[panel * NODES + i] = rule.weights[i] ?? 0
    }
  const fromNodes = kernel(places, places, weights, step.density)
  const columns = Float64Array.from({ length: COLUMNS }, (_, i) => i / GRID)
  const fromColumns = kernel(columns, places, weights, step.density)

  const logs = new Float64Array(p.steps * COLUMNS)
  let hit = new Float64Array(count) // u_0: nothing is hit without a step
  for (let n = 0; n < p.steps; n++) {
    for (let c = 0; c < COLUMNS; c++) {
      let sum = step.tail(columns[c] ?? 0)
      for (let j = 0; j < count; j++) sum += (fromColumns[c * count + j] ?? 0) * (hit[j] ?? 0)
      logs[n * COLUMNS + c] = Math.log(Math.max(sum, 1e-300))
    }
    const next = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      let sum = step.tail(places[i] ?? 0)
      for (let j = 0; j < count; j++) sum += (fromNodes[i * count + j] ?? 0) * (hit[j] ?? 0)
      next[i] = sum
    }
    hit = next
  }
  return { steps: p.steps, df: p.df, logs }
}

/**
 * Probability that a walk of `steps` equal steps passes a distance.
 *
 * Cubic in `ln P` between distances, linear between whole numbers of steps; beyond {@link FAR} as the tail of a step of
 * Student's t or of the whole normal walk goes on.
 *
 * @param d - Distance in standard deviations of the whole walk, 0 or more.
 * @param steps - 1 to {@link WalkTable.steps}, need not be whole.
 */
export function walkHit(table: WalkTable, d: number, steps: number): number {
  const n = Math.min(table.steps, steps | 0)
  const low = walkHitWhole(table, d, n)
  const part = steps - n
  return part <= 0 || n >= table.steps ? low : low + part * (walkHitWhole(table, d, n + 1) - low)
}

function walkHitWhole(table: WalkTable, d: number, n: number): number {
  const far = d * Math.sqrt(n)
  if (far >= FAR) return beyond(table, far, n)
  const x = far * GRID
  const i = x | 0
  const at = (n - 1) * COLUMNS + i
  const t = x - i
  const { logs } = table
  const b = logs[at] ?? 0
  const c = logs[at + 1] ?? 0
  const a = i === 0 ? 3 * b - 3 * c + (logs[at + 2] ?? 0) : (logs[at - 1] ?? 0)
  const e = logs[at + 2] ?? 0
  const slopeB = (c - a) / 2
  const slopeC = (e - b) / 2
  const gap = c - b
  return Math.exp(
    b + t * (slopeB + t * (3 * gap - 2 * slopeB - slopeC + t * (slopeB + slopeC - 2 * gap))),
  )
}

function beyond(table: WalkTable, far: number, n: number): number {
  const last = Math.exp(table.logs[(n - 1) * COLUMNS + FAR * GRID] ?? 0)
  return table.df === null
    ? last * Math.exp((FAR * FAR - far * far) / (2 * n))
    : last * (FAR / far) ** table.df
}

type Step = { readonly density: (x: number) => number; readonly tail: (x: number) => number }

const NORMAL: Step = { density: normalDensity, tail: normalTail }

/** Student's t with unit variance; its tail is what the density leaves, integrated in `x = tan θ` like variables. */
function studentStep(df: number): Step {
  const scale = Math.sqrt(df / (df - 2))
  const norm = studentNorm(df)
  const density = (x: number) => scale * norm * (1 + (x * scale) ** 2 / df) ** (-(df + 1) / 2)
  const rule = gaussLegendre(24)
  return {
    density,
    tail(x) {
      // t = √df·tan θ turns the density into norm·√df·cos^{df−1} θ on a bounded interval
      const from = Math.atan((x * scale) / Math.sqrt(df))
      const span = Math.PI / 2 - from
      let sum = 0
      for (let i = 0; i < rule.nodes.length; i++)
        sum += (rule.weights[i] ?? 0) * Math.cos(from + span * (rule.nodes[i] ?? 0)) ** (df - 1)
      return sum * span * norm * Math.sqrt(df)
    },
  }
}

/** `1 / ∫ (1 + t²/ν)^{−(ν+1)/2} dt`, by the same substitution. */
function studentNorm(df: number): number {
  const rule = gaussLegendre(48)
  let sum = 0
  for (let i = 0; i < rule.nodes.length; i++)
    sum += (rule.weights[i] ?? 0) * Math.cos((Math.PI / 2) * (rule.nodes[i] ?? 0)) ** (df - 1)
  return 1 / (sum * Math.PI * Math.sqrt(df))
}

function kernel(
  from: Float64Array,
  to: Float64Array,
  weights: Float64Array,
  density: (x: number) => number,
): Float64Array {
  const into = new Float64Array(from.length * to.length)
  for (let i = 0; i < from.length; i++)
    for (let j = 0; j < to.length; j++)
      into[i * to.length + j] = (weights[j] ?? 0) * density((to[j] ?? 0) - (from[i] ?? 0))
  return into
}
