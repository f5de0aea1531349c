import { anyDomain } from '../src/probability/anyDomain.ts'
import { compiledSensitivity } from '../src/probability/compileDomain.ts'
import {
  createLiquidationModel,
  type LiquidationModel,
  type PlaneMethod,
} from '../src/probability/createLiquidationModel.ts'
import { normalTail } from '../src/probability/normalTail.ts'
import { compiledBook, liquidationBooks, liquidationOwners } from './liquidationGrid.ts'
import type { Hits } from './liquidationPaths.ts'
import { HORIZONS, lawOf, STEP_MS, type World } from './liquidationWorlds.ts'

/** A probability by simulation beside what formulas say. */
export type Cell = {
  readonly world: string
  readonly horizon: string
  readonly portfolio: number
  readonly kind: string
  readonly name: string
  readonly health: number
  readonly simulated: number
  /** Relative. */
  readonly standardError: number
  readonly model: number
  /** From the prices of now only. */
  readonly delta: number
  /** `Φ̄(ln h/σ)`: where the price ends, not whether it got there. */
  readonly terminal: number
  /** `2Φ̄(ln h/σ)`: a normal law, watched all the time. */
  readonly reflection: number
}

/** Probability that any of an owner's domains is liquidated. */
export type OwnerCell = {
  readonly world: string
  readonly horizon: string
  readonly simulated: number
  readonly standardError: number
  readonly frechet: readonly [number, number]
  readonly ditlevsen: readonly [number, number]
  readonly estimate: number
}

/** Probabilities that the bar speaks of. */
export const BAND = { from: 1e-3, to: 0.5 } as const

const MS = HORIZONS.map(({ steps }) => steps * STEP_MS)

/** Cells of one world inside the band. */
export function liquidationCells(world: World, hits: Hits, paths: number): readonly Cell[] {
  const law = lawOf(world)
  const modelOf = (method: PlaneMethod) => createLiquidationModel({ law, horizonsMs: MS, method })
  const auto = modelOf('auto')
  const delta = modelOf('delta')
  const model = new Float64Array(MS.length)
  const deltas = new Float64Array(MS.length)
  return liquidationBooks().flatMap((book, b) => {
    const domain = compiledBook(book, law.assets)
    auto.probabilities(domain, model)
    delta.probabilities(domain, deltas)
    return HORIZONS.slice(0, book.horizon + 1).flatMap((horizon, h) => {
      const simulated = (hits.byBook[b * HORIZONS.length + h] ?? 0) / paths
      if (simulated < BAND.from || simulated > BAND.to) return []
      const sigmas = sigmasOf(domain, auto, h)
      return [
        {
          world: world.name,
          horizon: horizon.name,
          portfolio: book.portfolio,
          kind: book.kind,
          name: book.name,
          health: book.health,
          simulated,
          standardError: Math.sqrt((1 - simulated) / (simulated * paths)),
          model: model[h] ?? 0,
          delta: deltas[h] ?? 0,
          terminal: normalTail(sigmas),
          reflection: 2 * normalTail(sigmas),
        },
      ]
    })
  })
}

/** Owners of one world whose probability is in the band. */
export function ownerCells(world: World, hits: Hits, paths: number): readonly OwnerCell[] {
  const law = lawOf(world)
  const model = createLiquidationModel({ law, horizonsMs: MS })
  const books = liquidationBooks()
  return liquidationOwners().flatMap((owner, o) => {
    const simulated = (hits.byOwner[o] ?? 0) / paths
    if (simulated < BAND.from || simulated > BAND.to) return []
    const domains = owner.books.flatMap((b) => {
      const book = books[b]
      return book ? [model.hit(compiledBook(book, law.assets), owner.horizon)] : []
    })
    const any = anyDomain(model, domains, owner.horizon)
    return [
      {
        world: world.name,
        horizon: HORIZONS[owner.horizon]?.name ?? '',
        simulated,
        standardError: Math.sqrt((1 - simulated) / (simulated * paths)),
        frechet: [any.frechet.lower, any.frechet.upper],
        ditlevsen: [any.ditlevsen.lower, any.ditlevsen.upper],
        estimate: any.estimate,
      },
    ]
  })
}

/** `ln h / √(w'Σw)` with the whole variance, jumps included: what a dashboard shows. */
function sigmasOf(
  domain: Parameters<typeof compiledSensitivity>[0],
  model: LiquidationModel,
  horizon: number,
): number {
  const sensitivity = compiledSensitivity(domain)
  const of = model.horizons[horizon]
  if (sensitivity === null || of === undefined) return 0
  const jumps = of.jumpWeights.reduce((sum, weight, k) => sum + weight * k, 0)
  const covariance = model.covariance(horizon, jumps)
  const n = domain.assets.length
  let variance = 0
  domain.active.forEach((a, i) => {
    domain.active.forEach((b, j) => {
      variance +=
        (sensitivity.gradient[i] ?? 0) *
        (sensitivity.gradient[j] ?? 0) *
        (covariance[a * n + b] ?? 0)
    })
  })
  return sensitivity.lnHealth / Math.sqrt(variance)
}
