import { InvalidInputError } from '@plimsoll/domain'

/** A linear model of the log variance, in features as they are: the graph of HAR models. */
export type LinearModel = {
  readonly name: string
  readonly version: string
  readonly features: readonly string[]
  /** By horizon: `ln variance = intercept + Σ weight × feature`. */
  readonly horizons: readonly LinearHorizon[]
}

/** One horizon's regression. */
export type LinearHorizon = {
  readonly ms: number
  readonly intercept: number
  readonly weights: readonly number[]
}

/**
 * Regresses a log variance on features by least squares, and scales its exponential so that `mean(RV / forecast) = 1`,
 * which QLIKE asks for.
 *
 * @param p.rows - Features row by row, `[n, features]`.
 * @param p.variances - Realised variance of each row; rows without one are left out.
 * @returns Intercept and weights for `ln variance`.
 * @throws InvalidInputError when there are fewer rows than features.
 */
export function fitLinear(p: {
  readonly rows: Float32Array
  readonly features: number
  readonly variances: Float64Array
}): { readonly intercept: number; readonly weights: readonly number[] } {
  const { rows, features, variances } = p
  const size = features + 1
  const used: number[] = []
  for (let r = 0; r < variances.length; r++) if ((variances[r] ?? Number.NaN) > 0) used.push(r)
  if (used.length < 2 * size)
    throw new InvalidInputError({
      field: 'rows of a regression',
      found: used.length,
      allowed: `at least ${2 * size} with a known variance; load more history`,
    })
  const mean = new Float64Array(features)
  for (const r of used)
    for (let j = 0; j < features; j++) add(mean, j, (rows[r * features + j] ?? 0) / used.length)
  const row = new Float64Array(size)
  const gram = new Float64Array(size * size)
  const right = new Float64Array(size)
  for (const r of used) {
    row[0] = 1
    for (let j = 0; j < features; j++) row[j + 1] = (rows[r * features + j] ?? 0) - (mean[j] ?? 0)
    const y = Math.log(variances[r] ?? 1)
    for (let a = 0; a < size; a++) {
      const x = row[a] ?? 0
      add(right, a, x * y)
      for (let b = 0; b <= a; b++) add(gram, a * size + b, x * (row[b] ?? 0))
    }
  }
  // A feature that never changes in these rows gets no weight instead of a division by zero.
  for (let a = 0; a < size; a++) add(gram, a * size + a, 1e-6 * used.length)
  const solved = solve(gram, right, size)
  const weights = [...solved.subarray(1)]
  const intercept = (solved[0] ?? 0) - dot(weights, mean, 0)
  let ratio = 0
  for (const r of used)
    ratio +=
      (variances[r] ?? 0) / Math.exp(intercept + dot(weights, rows, r * features)) / used.length
  return { intercept: intercept + Math.log(ratio), weights }
}

/** Solves `G x = b` for a symmetric positive `G` given by its lower triangle, by Cholesky's factors. */
function solve(gram: Float64Array, right: Float64Array, n: number): Float64Array {
  const l = new Float64Array(gram)
  const at = (i: number, j: number): number => l[i * n + j] ?? 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j)
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k)
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / at(j, j)
    }
  const x = new Float64Array(right)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) add(x, i, -at(i, k) * (x[k] ?? 0))
    x[i] = (x[i] ?? 0) / at(i, i)
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) add(x, i, -at(k, i) * (x[k] ?? 0))
    x[i] = (x[i] ?? 0) / at(i, i)
  }
  return x
}

/** `Σ weight × row` of the row that starts at `from`. */
export function dot(
  weights: readonly number[],
  rows: Float32Array | Float64Array,
  from: number,
): number {
  let sum = 0
  for (let j = 0; j < weights.length; j++) sum += (weights[j] ?? 0) * (rows[from + j] ?? 0)
  return sum
}

const add = (array: Float64Array, i: number, value: number): void => {
  array[i] = (array[i] ?? 0) + value
}
