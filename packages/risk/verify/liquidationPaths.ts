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
export function liquidationPaths(world: World, paths: number, seed: number, stream: number): Hits {
  const books = liquidationBooks()
  const owners = liquidationOwners()
  const n = ASSETS.length
  const H = HORIZONS.length
  const count = books.length
  const net = new Float64Array(count * n)
  const constant = new Float64Array(count)
  const lastStep = new Int32Array(count)
  books.forEach((book, b) => {
    for (let i = 0; i < n; i++) net[b * n + i] = (book.backing[i] ?? 0) - (book.requirement[i] ?? 0)
    constant[b] = book.backingConstant - book.requirementConstant
    lastStep[b] = HORIZONS[book.horizon]?.steps ?? 0
  })
  const radius = Float64Array.from({ length: count }, (_, b) =>
    safeMove(net.subarray(b * n, b * n + n), constant[b] ?? 0),
  )
  const nearestFirst = Int32Array.from(radius.keys()).sort(
    (a, b) => (radius[a] ?? 0) - (radius[b] ?? 0),
  )
  const factor = choleskyOf(CORRELATION)
  const random = createRiskRandom(seed, stream)

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

  const byBook = new Float64Array(count * H)
  const byOwner = new Float64Array(owners.length)
  const hitAt = new Int32Array(count)
  const alive = new Int32Array(count)
  const x = new Float64Array(n)
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
  const low = new Float64Array(n)
  const high = new Float64Array(n)

  for (let path = 0; path < paths; path++) {
    let left = count
    alive.set(nearestFirst)
    hitAt.fill(0)
    x.fill(0)
    let lnVariance = world.volOfVolSd * normal()
    const centre = -0.5 * world.volOfVolSd * world.volOfVolSd
    let nextJump = jumpRate > 0 ? -Math.log(uniform()) / jumpRate : Number.POSITIVE_INFINITY
    let step = 0
    let ending = 0
    for (let block = 0; block < BLOCK_ENDS.length && left > 0; block++) {
      const end = BLOCK_ENDS[block] ?? 0
      const from = step
      low.fill(Number.POSITIVE_INFINITY)
      high.fill(Number.NEGATIVE_INFINITY)
      random.normals(z)
      if (df === 5) random.uniforms(even)
      for (; step < end; step++) {
        const drawnAt = (step - from) * perStep
        let variance = 1
        if (moving) {
          variance = Math.exp(lnVariance + centre)
          lnVariance = stay * lnVariance + kick * (z[drawnAt + n] ?? 0)
        }
        let scale = Math.sqrt(variance)
        if (df === 5) {
          // χ² of five degrees: two exponentials and a squared normal
          const g = z[drawnAt + n + 1] ?? 0
          const two = (even[2 * (step - from)] ?? 0) * (even[2 * (step - from) + 1] ?? 0)
          const chi = -2 * Math.log(two) + g * g
          scale *= Math.sqrt(3 / chi)
        }
        const at = (step - from) * n
        let jumped = false
        let shared = 0
        if (step + 1 > nextJump) {
          jumped = true
          shared = normal()
          nextJump += -Math.log(uniform()) / jumpRate
        }
        for (let i = 0; i < n; i++) {
          let drawn = 0
          for (let j = 0; j <= i; j++) drawn += (factor[i * n + j] ?? 0) * (z[drawnAt + j] ?? 0)
          const s = sigma[i] ?? 0
          let next = (x[i] ?? 0) + s * (scale * drawn - 0.5 * s * variance) + (makeUp[i] ?? 0)
          if (jumped)
            next +=
              (world.jumpMean[i] ?? 0) + (world.jumpSd[i] ?? 0) * (common * shared + own * normal())
          x[i] = next
          trail[at + i] = next
          if (next < (low[i] ?? 0)) low[i] = next
          if (next > (high[i] ?? 0)) high[i] = next
        }
      }
      let widest = 0
      for (let i = 0; i < n; i++) {
        widest = Math.max(widest, -(low[i] ?? 0), high[i] ?? 0)
        low[i] = Math.exp(low[i] ?? 0)
        high[i] = Math.exp(high[i] ?? 0)
      }
      let risen = false
      let kept = 0
      let a = 0
      for (; a < left; a++) {
        const b = alive[a] ?? 0
        if ((radius[b] ?? 0) > widest && end !== HORIZON_ENDS[ending]) break
        let worst = constant[b] ?? 0
        for (let i = 0; i < n; i++) {
          const v = net[b * n + i] ?? 0
          worst += v * ((v > 0 ? low[i] : high[i]) ?? 0)
        }
        let hit = 0
        if (worst < 0) {
          if (!risen) {
            for (let i = 0; i < (end - from) * n; i++) trail[i] = Math.exp(trail[i] ?? 0)
            risen = true
          }
          for (let s = 0; s < end - from; s++) {
            let margin = constant[b] ?? 0
            for (let i = 0; i < n; i++) margin += (net[b * n + i] ?? 0) * (trail[s * n + i] ?? 0)
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
      if (end === HORIZON_ENDS[ending]) ending++
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

function choleskyOf(matrix: readonly (readonly number[])[]): Float64Array {
  const n = matrix.length
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]?.[j] ?? 0
      for (let k = 0; k < j; k++) sum -= (lower[i * n + k] ?? 0) * (lower[j * n + k] ?? 0)
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / (lower[j * n + j] ?? 1)
    }
  return lower
}
