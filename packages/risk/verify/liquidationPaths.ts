import { liquidationBooks, liquidationOwners } from './liquidationGrid.ts'
import {
  ASSETS,
  CORRELATION,
  HORIZONS,
  SIGMA,
  STEP_MS,
  VOL_HALF_LIFE_MS,
  type World,
} from './liquidationWorlds.ts'
import { createRiskRandom } from './riskRandom.ts'

/** Paths on which a book was liquidated by each horizon, and on which any book of an owner was by the owner's. */
export type Hits = { readonly byBook: Float64Array; readonly byOwner: Float64Array }

const YEAR_MS = 365 * 86_400_000
const LAST = 2016
/** Steps after which books are looked at: every horizon ends one of these blocks. */
const HORIZON_ENDS: readonly number[] = HORIZONS.map(({ steps }) => steps)
const BLOCK_ENDS = [3, ...Array.from({ length: LAST / 12 }, (_, i) => 12 * (i + 1))]

/**
 * Draws paths in five-minute steps and counts liquidations of every book of the grid on the same paths.
 *
 * Health is looked at after each step. A block of steps is passed over for a book that could not be liquidated by the largest
 * move of any asset in it, whichever way, nor by the lowest price of what it holds and the highest of what it owes: nothing is
 * lost by that.
 */
export function liquidationPaths(p: {
  readonly world: World
  readonly paths: number
  readonly seed: number
  readonly stream: number
  /** Number of horizons looked at, shortest first; all unless given. */
  readonly horizons?: number
}): Hits {
  const { world, paths } = p
  const books = liquidationBooks()
  const owners = liquidationOwners()
  const n = ASSETS.length
  const H = HORIZONS.length
  const count = books.length
  const nets = new Float64Array(count * n)
  const constant = new Float64Array(count)
  const lastStep = new Int32Array(count)
  books.forEach((book, b) => {
    for (let i = 0; i < n; i++)
      nets[b * n + i] = (book.backing[i] ?? 0) - (book.requirement[i] ?? 0)
    constant[b] = book.backingConstant - book.requirementConstant
    lastStep[b] = HORIZONS[book.horizon]?.steps ?? 0
  })
  const radius = Float64Array.from({ length: count }, (_, b) =>
    safeMove(nets.subarray(b * n, b * n + n), constant[b] ?? 0),
  )
  const nearestFirst = Int32Array.from(radius.keys())
    .filter((b) => b % H < (p.horizons ?? H))
    .sort((a, b) => (radius[a] ?? 0) - (radius[b] ?? 0))
  const random = createRiskRandom(p.seed, p.stream)

  const dt = STEP_MS / YEAR_MS
  const jumpRate = world.jumpsPerYear * dt
  const stay = Math.exp((-Math.LN2 * STEP_MS) / VOL_HALF_LIFE_MS)
  const kick = world.volOfVolSd * Math.sqrt(1 - stay * stay)
  const moving = world.volOfVolSd > 0
  const df = world.innovationDf
  const sigma = Float64Array.from(SIGMA, (s) => s * Math.sqrt(dt))
  const makeUp = Float64Array.from(
    SIGMA,
    (_, i) => -jumpRate * Math.expm1((world.jumpMean[i] ?? 0) + 0.5 * (world.jumpSd[i] ?? 0) ** 2),
  )
  const common = Math.sqrt(world.jumpCorrelation)
  const own = Math.sqrt(1 - world.jumpCorrelation)
  const jumpOf = (i: number): number =>
    (world.jumpMean[i] ?? 0) +
    (world.jumpSd[i] ?? 0) * (common * (sizes[5] ?? 0) + own * (sizes[i] ?? 0))
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0] = sigma
  const [m0 = 0, m1 = 0, m2 = 0, m3 = 0, m4 = 0] = makeUp
  const [, f1 = [], f2 = [], f3 = [], f4 = []] = choleskyOf(CORRELATION)
  const [f10 = 0, f11 = 0] = f1
  const [f20 = 0, f21 = 0, f22 = 0] = f2
  const [f30 = 0, f31 = 0, f32 = 0, f33 = 0] = f3
  const [f40 = 0, f41 = 0, f42 = 0, f43 = 0, f44 = 0] = f4

  const byBook = new Float64Array(count * H)
  const byOwner = new Float64Array(owners.length)
  const hitAt = new Int32Array(count)
  const alive = new Int32Array(count)
  const sizes = new Float64Array(6)
  const perStep = moving ? n + 2 : n // innovations, the variance's own, one of χ²
  const z = new Float64Array(12 * perStep)
  const even = new Float64Array(24)
  const one = new Float64Array(1)
  const uniform = (): number => {
    random.uniforms(one)
    return one[0] ?? 0
  }
  const normal = (): number => {
    random.normals(one)
    return one[0] ?? 0
  }
  const trail = new Float64Array(12 * n)
  const inf = Number.POSITIVE_INFINITY

  for (let path = 0; path < paths; path++) {
    let left = nearestFirst.length
    alive.set(nearestFirst)
    hitAt.fill(0)
    let x0 = 0
    let x1 = 0
    let x2 = 0
    let x3 = 0
    let x4 = 0
    let lnVariance = world.volOfVolSd * normal()
    const centre = -0.5 * world.volOfVolSd * world.volOfVolSd
    let nextJump = jumpRate > 0 ? -Math.log(uniform()) / jumpRate : Number.POSITIVE_INFINITY
    let step = 0
    let ending = 0
    for (let block = 0; block < BLOCK_ENDS.length && left > 0; block++) {
      const end = BLOCK_ENDS[block] ?? 0
      const from = step
      random.normals(moving ? z : z.subarray(0, (end - from) * perStep))
      if (df === 5) random.uniforms(even)
      let a0 = inf
      let b0 = -inf
      let a1 = inf
      let b1 = -inf
      let a2 = inf
      let b2 = -inf
      let a3 = inf
      let b3 = -inf
      let a4 = inf
      let b4 = -inf
      // the five assets are written out: a loop over them takes twice the time
      for (; step < end; step++) {
        const at = (step - from) * perStep
        let variance = 1
        let scale = 1
        if (moving) {
          variance = Math.exp(lnVariance + centre)
          lnVariance = stay * lnVariance + kick * (z[at + 5] ?? 0)
          scale = Math.sqrt(variance)
        }
        if (df === 5) {
          // χ² of five degrees: two exponentials and a squared normal
          const g = z[at + 6] ?? 0
          const two = (even[2 * (step - from)] ?? 0) * (even[2 * (step - from) + 1] ?? 0)
          scale *= Math.sqrt(3 / (g * g - 2 * Math.log(two)))
        }
        const z0 = z[at] ?? 0
        const z1 = z[at + 1] ?? 0
        const z2 = z[at + 2] ?? 0
        const z3 = z[at + 3] ?? 0
        const z4 = z[at + 4] ?? 0
        const half = -0.5 * variance
        x0 += s0 * (scale * z0 + half * s0) + m0
        x1 += s1 * (scale * (f10 * z0 + f11 * z1) + half * s1) + m1
        x2 += s2 * (scale * (f20 * z0 + f21 * z1 + f22 * z2) + half * s2) + m2
        x3 += s3 * (scale * (f30 * z0 + f31 * z1 + f32 * z2 + f33 * z3) + half * s3) + m3
        x4 += s4 * (scale * (f40 * z0 + f41 * z1 + f42 * z2 + f43 * z3 + f44 * z4) + half * s4) + m4
        if (step + 1 > nextJump) {
          random.normals(sizes)
          nextJump += -Math.log(uniform()) / jumpRate
          x0 += jumpOf(0)
          x1 += jumpOf(1)
          x2 += jumpOf(2)
          x3 += jumpOf(3)
          x4 += jumpOf(4)
        }
        const to = (step - from) * 5
        trail[to] = x0
        trail[to + 1] = x1
        trail[to + 2] = x2
        trail[to + 3] = x3
        trail[to + 4] = x4
        if (x0 < a0) a0 = x0
        if (x0 > b0) b0 = x0
        if (x1 < a1) a1 = x1
        if (x1 > b1) b1 = x1
        if (x2 < a2) a2 = x2
        if (x2 > b2) b2 = x2
        if (x3 < a3) a3 = x3
        if (x3 > b3) b3 = x3
        if (x4 < a4) a4 = x4
        if (x4 > b4) b4 = x4
      }
      const widest = Math.max(-a0, -a1, -a2, -a3, -a4, b0, b1, b2, b3, b4)
      const due = end === HORIZON_ENDS[ending]
      if (!due && (radius[alive[0] ?? 0] ?? 0) > widest) continue
      a0 = Math.exp(a0)
      a1 = Math.exp(a1)
      a2 = Math.exp(a2)
      a3 = Math.exp(a3)
      a4 = Math.exp(a4)
      b0 = Math.exp(b0)
      b1 = Math.exp(b1)
      b2 = Math.exp(b2)
      b3 = Math.exp(b3)
      b4 = Math.exp(b4)
      let risen = false
      let kept = 0
      let a = 0
      for (; a < left; a++) {
        const b = alive[a] ?? 0
        if ((radius[b] ?? 0) > widest && !due) break
        const net = b * 5
        const v0 = nets[net] ?? 0
        const v1 = nets[net + 1] ?? 0
        const v2 = nets[net + 2] ?? 0
        const v3 = nets[net + 3] ?? 0
        const v4 = nets[net + 4] ?? 0
        const c = constant[b] ?? 0
        const worst =
          c +
          v0 * (v0 > 0 ? a0 : b0) +
          v1 * (v1 > 0 ? a1 : b1) +
          v2 * (v2 > 0 ? a2 : b2) +
          v3 * (v3 > 0 ? a3 : b3) +
          v4 * (v4 > 0 ? a4 : b4)
        let hit = 0
        if (worst < 0) {
          if (!risen) {
            for (let i = 0; i < (end - from) * n; i++) trail[i] = Math.exp(trail[i] ?? 0)
            risen = true
          }
          for (let s = 0; s < end - from; s++) {
            const to = s * 5
            const margin =
              c +
              v0 * (trail[to] ?? 0) +
              v1 * (trail[to + 1] ?? 0) +
              v2 * (trail[to + 2] ?? 0) +
              v3 * (trail[to + 3] ?? 0) +
              v4 * (trail[to + 4] ?? 0)
            if (margin < 0) {
              hit = from + s + 1
              break
            }
          }
        }
        if (hit > 0) hitAt[b] = hit
        else if (end < (lastStep[b] ?? 0)) alive[kept++] = b
      }
      if (kept < a) for (; a < left; a++) alive[kept++] = alive[a] ?? 0
      else kept = left
      left = kept
      if (due) ending++
    }
    for (let b = 0; b < count; b++) {
      const hit = hitAt[b] ?? 0
      if (hit === 0) continue
      const horizon = b % H
      for (let h = 0; h <= horizon; h++)
        if (hit <= (HORIZONS[h]?.steps ?? 0)) byBook[b * H + h] = (byBook[b * H + h] ?? 0) + 1
    }
    for (let o = 0; o < owners.length; o++) {
      const mine = owners[o]?.books ?? []
      for (let i = 0; i < mine.length; i++)
        if ((hitAt[mine[i] ?? 0] ?? 0) > 0) {
          byOwner[o] = (byOwner[o] ?? 0) + 1
          break
        }
    }
  }
  return { byBook, byOwner }
}

/** Largest `ρ` such that no moves of any assets within `±ρ` in ln price liquidate a book. */
function safeMove(net: Float64Array, constant: number): number {
  let low = 0
  let high = 20
  for (let round = 0; round < 60; round++) {
    const rho = (low + high) / 2
    let worst = constant
    for (const v of net) worst += v * Math.exp(v > 0 ? -rho : rho)
    if (worst > 0) low = rho
    else high = rho
  }
  return low
}

/** Lower triangular factor, row by row. */
function choleskyOf(matrix: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = []
  matrix.forEach((row, i) => {
    const mine: number[] = []
    for (let j = 0; j <= i; j++) {
      let sum = row[j] ?? 0
      for (let k = 0; k < j; k++) sum -= (mine[k] ?? 0) * ((j === i ? mine[k] : lower[j]?.[k]) ?? 0)
      mine.push(j === i ? Math.sqrt(sum) : sum / (lower[j]?.[j] ?? 1))
    }
    lower.push(mine)
  })
  return lower
}
