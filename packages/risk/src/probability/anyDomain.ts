import { type BivariateTail, bivariateTail, createBivariateTail } from './bivariateTail.ts'
import type { DomainHit, LiquidationModel } from './createLiquidationModel.ts'
import { normalDensity, normalTail, normalTailInverse } from './normalTail.ts'

/** Probability that at least one of several domains is liquidated, with what is known of it. */
export type AnyDomain = {
  /** Fréchet's bounds: true whatever the dependence, given the domains' own probabilities. */
  readonly frechet: { readonly lower: number; readonly upper: number }
  /** Ditlevsen's bounds from pairs, within each component of the mixture. */
  readonly ditlevsen: { readonly lower: number; readonly upper: number }
  readonly estimate: number
}

/**
 * Bounds and estimates the probability that any of several domains is liquidated within one horizon.
 *
 * Fréchet: `max P_v ≤ P ≤ min(1, Σ P_v)`. Given the variance factor and the number of jumps, two domains depend through the
 * correlation `ρ_uv = a_u'A a_v / √(a_u'A a_u · a_v'A a_v)` of their planes' normals, and with pairs `P_uv` from the bivariate
 * normal law at `β = −Φ^{-1}(P)`
 *
 *   `P_1 + Σ max(0, P_i − Σ_{j<i} P_ij) ≤ P ≤ Σ P_i − Σ_{i>1} max_{j<i} P_ij`.
 *
 * The estimate merges the most correlated pair into one equivalent event, again and again: its `β` is that of the union, its
 * normal the mean of the two, weighted by how much each moves it.
 *
 * @see Ditlevsen, "Narrow Reliability Bounds for Structural Systems", 1979
 * @see Hohenbichler and Rackwitz, "First-Order Concepts in System Reliability", 1983
 */
export function anyDomain(
  model: LiquidationModel,
  hits: readonly DomainHit[],
  horizon: number,
): AnyDomain {
  const own = hits.map(({ probability }) => probability)
  const frechet = {
    lower: Math.max(0, ...own),
    upper: Math.min(
      1,
      own.reduce((sum, p) => sum + p, 0),
    ),
  }
  const of = model.horizons[horizon]
  if (of === undefined || hits.length < 2)
    return { frechet, ditlevsen: frechet, estimate: frechet.lower }
  const counts = of.jumpWeights.length
  const all = own.reduce((sum, p) => sum + p, 0)
  let lower = 0
  let upper = 0
  let estimate = 0
  for (let k = 0; k < counts; k++) {
    let pairs: Pairs | null = null
    for (let g = 0; g < of.factors.length; g++) {
      const weight = (of.factorWeights[g] ?? 0) * (of.jumpWeights[k] ?? 0)
      const given = hits.map((hit) => hit.given[g * counts + k] ?? 0)
      let sum = 0
      let most = 0
      let none = 1
      for (const p of given) {
        sum += p
        most = Math.max(most, p)
        none *= 1 - p
      }
      if (weight * sum <= NEGLIGIBLE * all) {
        lower += weight * most
        upper += weight * Math.min(1, sum)
        estimate += weight * (1 - none)
        continue
      }
      pairs ??= pairsOf(model, hits, horizon, k)
      const events = eventsOf(given, pairs.tails)
      const bounds = pairBounds(events)
      lower += weight * bounds.lower
      upper += weight * bounds.upper
      estimate += weight * within(bounds, events, pairs.correlation)
    }
  }
  const allowed = (p: number) => Math.min(frechet.upper, Math.max(frechet.lower, p))
  return {
    frechet,
    ditlevsen: { lower: allowed(lower), upper: allowed(upper) },
    estimate: allowed(estimate),
  }
}

/** Bounds nearer to each other than this share of the upper one leave nothing to estimate: their middle is as good. */
const NARROW = 0.005

/** Estimate of a union within its bounds. */
function within(
  { lower, upper }: { readonly lower: number; readonly upper: number },
  events: Events,
  correlation: Pairs['correlation'],
): number {
  return upper - lower <= NARROW * upper
    ? (lower + upper) / 2
    : Math.min(upper, Math.max(lower, union(events, correlation)))
}

/** Components of the mixture with less than this share of the whole are taken for independent: there are some thirty. */
const NEGLIGIBLE = 3e-4

/** How domains depend on one another with so many jumps. */
type Pairs = {
  readonly correlation: readonly (readonly number[])[]
  readonly tails: readonly (readonly (BivariateTail | null)[])[]
}

function pairsOf(
  model: LiquidationModel,
  hits: readonly DomainHit[],
  horizon: number,
  jumps: number,
): Pairs {
  const correlation = correlationsOf(
    hits.map(({ slopes }) => slopes[Math.min(jumps, slopes.length - 1)] ?? new Float64Array(0)),
    model.covariance(horizon, jumps),
  )
  const tails = correlation.map((row, u) =>
    row.map((rho, v) => (v < u ? createBivariateTail(rho) : null)),
  )
  return { correlation, tails }
}

function correlationsOf(slopes: readonly Float64Array[], covariance: Float64Array): number[][] {
  const product = (u: Float64Array, v: Float64Array): number => {
    const n = u.length
    let sum = 0
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) sum += (u[i] ?? 0) * (covariance[i * n + j] ?? 0) * (v[j] ?? 0)
    return sum
  }
  const variances = slopes.map((u) => product(u, u))
  return slopes.map((u, i) =>
    slopes.map((v, j) => {
      const scale = Math.sqrt((variances[i] ?? 0) * (variances[j] ?? 0))
      return i === j ? 1 : scale > 0 ? Math.max(-1, Math.min(1, product(u, v) / scale)) : 0
    }),
  )
}

/** Normal events within one component of the mixture. */
type Events = {
  readonly probability: readonly number[]
  /** `−Φ^{-1}(P)` */
  readonly beta: readonly number[]
  /** Probability of two at once; of one with itself its own. */
  readonly both: readonly (readonly number[])[]
}

function eventsOf(
  probability: readonly number[],
  tails: readonly (readonly (BivariateTail | null)[])[],
): Events {
  const beta = probability.map(normalTailInverse)
  const both = probability.map(() => [...probability])
  for (const [u, row] of tails.entries())
    for (const [v, tail] of row.entries()) {
      if (tail === null) continue
      const p = tail(beta[u] ?? 0, beta[v] ?? 0)
      const [ofU, ofV] = [both[u], both[v]]
      if (ofU !== undefined) ofU[v] = p
      if (ofV !== undefined) ofV[u] = p
    }
  return { probability, beta, both }
}

function pairBounds({ probability, both }: Events) {
  const order = [...probability.keys()].sort(
    (a, b) => (probability[b] ?? 0) - (probability[a] ?? 0),
  )
  let lower = 0
  let upper = 0
  order.forEach((u, i) => {
    const p = probability[u] ?? 0
    let shared = 0
    let most = 0
    for (const v of order.slice(0, i)) {
      const together = both[u]?.[v] ?? 0
      shared += together
      most = Math.max(most, together)
    }
    lower += Math.max(0, p - shared)
    upper += p - most
  })
  return { lower: Math.min(1, lower), upper: Math.min(1, upper) }
}

/** Probability of a union of normal events by merging two at a time. */
function union(events: Events, correlation: readonly (readonly number[])[]): number {
  const { probability, both } = events
  if (probability.some((p) => p >= 1)) return 1
  const betas = [...events.beta]
  const rho = correlation.map((row) => [...row])
  const left = [...probability.keys()].filter((i) => (probability[i] ?? 0) > 0)
  const merged = new Set<number>()
  while (left.length > 1) {
    let pair: readonly [number, number] = [left[0] ?? 0, left[1] ?? 0]
    for (const i of left)
      for (const j of left)
        if (i < j && (rho[i]?.[j] ?? 0) > (rho[pair[0]]?.[pair[1]] ?? 0)) pair = [i, j]
    const [a, b] = pair
    const r = rho[a]?.[b] ?? 0
    const ha = betas[a] ?? 0
    const hb = betas[b] ?? 0
    const isNew = merged.has(a) || merged.has(b)
    const joint = isNew ? bivariateTail(ha, hb, r) : (both[a]?.[b] ?? 0)
    const p = normalTail(ha) + normalTail(hb) - joint
    const across = Math.sqrt(Math.max(1e-12, 1 - r * r))
    // what moves the union: being at one event's edge and short of the other's
    const wa = normalDensity(ha) * normalTail((r * ha - hb) / across)
    const wb = normalDensity(hb) * normalTail((r * hb - ha) / across)
    const length = Math.sqrt(wa * wa + wb * wb + 2 * wa * wb * r)
    for (const v of left) {
      const mean = length > 0 ? (wa * (rho[a]?.[v] ?? 0) + wb * (rho[b]?.[v] ?? 0)) / length : 0
      const row = rho[a]
      const column = rho[v]
      if (v !== a && row && column) {
        row[v] = Math.max(-1, Math.min(1, mean))
        column[a] = row[v]
      }
    }
    betas[a] = normalTailInverse(p)
    merged.add(a)
    left.splice(left.indexOf(b), 1)
  }
  const last = left[0]
  return last === undefined ? 0 : normalTail(betas[last] ?? Number.POSITIVE_INFINITY)
}
