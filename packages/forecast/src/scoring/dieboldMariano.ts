/**
 * Diebold–Mariano statistic of a series of loss differences: mean over its Newey–West standard error.
 *
 * `t = d̄ / √(s/n)`, `s = γ₀ + 2 Σ_{k=1..lag} (1 − k/(lag + 1)) γ_k`. Negative: the first model loses less.
 *
 * @param differences - Loss of the first minus loss of the second, in order of time.
 * @param lag - Bartlett window; twice the horizon and a day in hours here.
 * @see Diebold and Mariano (1995); Newey and West (1987)
 */
export function dieboldMariano(differences: readonly number[] | Float64Array, lag: number): number {
  const n = differences.length
  const mean = meanOf(differences)
  const e = Float64Array.from(differences, (d) => d - mean)
  let s = 0
  for (let k = 0; k <= Math.min(lag, n - 1); k++) {
    let sum = 0
    for (let i = k; i < n; i++) sum += (e[i] ?? 0) * (e[i - k] ?? 0)
    s += ((k === 0 ? 1 : 2 * (1 - k / (lag + 1))) * sum) / n
  }
  return mean / Math.sqrt(Math.max(s, 1e-30) / n)
}

/** Mean; NaN of nothing. */
export function meanOf(values: readonly number[] | Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Population variance; NaN of nothing. */
export function varianceOf(values: readonly number[] | Float64Array): number {
  const mean = meanOf(values)
  let sum = 0
  for (const value of values) sum += (value - mean) ** 2
  return sum / values.length
}
