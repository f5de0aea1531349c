import { InvalidInputError } from '@plimsoll/domain'
import type { CompiledDomain } from './compileDomain.ts'
import { compileLaw, type HorizonLaw } from './compileLaw.ts'
import { createDeltaView, deltaPlane, viewNow } from './deltaPlane.ts'
import { createDesignPoint, findDesignPoint } from './designPoint.ts'
import { createBarriers, mixtureHit, PLANES } from './mixtureHit.ts'
import type { ReturnLaw } from './ReturnLaw.ts'
import { createSurface, loadSurface } from './Surface.ts'

/**
 * How the surface of liquidation becomes a plane: from here (`delta`), from the most probable place of liquidation (`form`),
 * or from there where it matters (`auto`).
 */
export type PlaneMethod = 'auto' | 'delta' | 'form'

/** What is known of one domain over one horizon, for bounds over several domains. */
export type DomainHit = {
  readonly probability: number
  /** Probability by variance factor and number of jumps, row by row. */
  readonly given: Float64Array
  /** Normal of the plane by number of jumps, in the order of the law's assets; zero where nothing is liquidated. */
  readonly slopes: readonly Float64Array[]
}

/** Probabilities of liquidation under one law of returns. Working memory is inside: one model per thread. */
export type LiquidationModel = {
  readonly horizonsMs: readonly number[]
  readonly horizons: readonly HorizonLaw[]
  /**
   * Writes `P(liquidation within T)` of a domain, one by horizon: 1 when it can be liquidated now, 0 when nothing is owed.
   *
   * Nothing is allocated.
   */
  probabilities(domain: CompiledDomain, into: Float64Array): void
  /** `P(liquidation within T)` over one horizon with what it is made of. */
  hit(domain: CompiledDomain, horizon: number): DomainHit
  /** Covariance of the law's assets at the expected variance with `jumps` jumps, row by row. */
  covariance(horizon: number, jumps: number): Float64Array
}

/** Where the surface bends by less than this between here and the barrier, the view from here is enough. */
const FLAT = 0.02
/** No probability worth stating is left beyond this many standard deviations of the widest component. */
const SCREEN = 8

/**
 * Creates the model of liquidation for a law of returns and a set of horizons.
 *
 * @param p.horizonsMs - In any order; ascending lets each search start at the last one's end.
 * @throws {@link InvalidInputError} when a number of the law or a horizon is out of range.
 * @see RISK.md part B
 */
export function createLiquidationModel(p: {
  readonly law: ReturnLaw
  readonly horizonsMs: readonly number[]
  readonly method?: PlaneMethod
}): LiquidationModel {
  const law = compileLaw(p.law, p.horizonsMs)
  const method = p.method ?? 'auto'
  const n = law.assets.length
  const most = Math.max(1, n)
  const surface = createSurface(most)
  const view = createDeltaView(most)
  const design = createDesignPoint(most)
  const barriers = createBarriers()
  const origin = new Float64Array(most)
  const starts = Array.from({ length: PLANES }, () => new Float64Array(most))
  const slopes = Array.from({ length: PLANES }, () => new Float64Array(most))
  const warm = new Uint8Array(PLANES) // planes whose start is this domain's

  const solve = (domain: CompiledDomain, at: number, into: Float64Array | null): number => {
    for (const slope of slopes) slope.fill(0)
    if (domain.assets !== law.assets) assertSameAssets(domain, law.assets)
    if (domain.status !== 'open') {
      const p = domain.status === 'liquidatable' ? 1 : 0
      into?.fill(p)
      return p
    }
    const horizon = law.horizons[at]
    if (horizon === undefined || !loadSurface(surface, domain, law, at)) {
      into?.fill(0)
      return 0
    }
    const planes = Math.min(PLANES, horizon.jumpWeights.length)
    viewNow(surface, view)
    for (let k = 0; k < planes; k++) {
      const bend = deltaPlane(surface, view, k, design)
      if (k === 0 && outOfReach(horizon)) {
        into?.fill(0)
        return 0
      }
      if (surface.size > 1 && (method === 'form' || (method === 'auto' && bend > FLAT))) search(k)
      else record(k, view.diffusion, view.jump)
    }
    return mixtureHit(law, horizon, barriers, into)
  }

  /** Looks for the most probable place of liquidation with `k` jumps, at the expected variance. */
  const search = (k: number): void => {
    const { size, diffusion, jump, compensator, jumpMean } = surface
    const start = starts[k] ?? origin
    for (let i = 0; i < size * size; i++)
      design.covariance[i] = (diffusion[i] ?? 0) + k * (jump[i] ?? 0)
    for (let i = 0; i < size; i++) {
      design.mean[i] =
        (compensator[i] ?? 0) - 0.5 * (diffusion[i * size + i] ?? 0) + k * (jumpMean[i] ?? 0)
      if (warm[k] === 1) design.point[i] = start[i] ?? 0
    }
    findDesignPoint(surface, design)
    if (!design.plane.converged) deltaPlane(surface, view, k, design) // too far for a search
    start.set(design.point)
    warm[k] = 1
    const { slope } = design.plane
    let ofDiffusion = 0
    let ofJump = 0
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const product = (slope[i] ?? 0) * (slope[j] ?? 0)
        ofDiffusion += product * (diffusion[i * size + j] ?? 0)
        ofJump += product * (jump[i * size + j] ?? 0)
      }
    record(k, ofDiffusion, ofJump)
  }

  const record = (k: number, ofDiffusion: number, ofJump: number): void => {
    const { size, diffusion, compensator, jumpMean } = surface
    const { slope, offset, bending } = design.plane
    const into = slopes[k] ?? origin
    let ito = 0
    let compensated = 0
    let jumped = 0
    for (let i = 0; i < size; i++) {
      const a = slope[i] ?? 0
      ito += 0.5 * a * (diffusion[i * size + i] ?? 0)
      compensated += a * (compensator[i] ?? 0)
      jumped += a * (jumpMean[i] ?? 0)
      into[surface.at[i] ?? 0] = a
    }
    barriers.offset[k] = offset
    barriers.diffusion[k] = Math.max(0, ofDiffusion)
    barriers.jump[k] = Math.max(0, ofJump)
    barriers.ito[k] = ito
    barriers.compensator[k] = compensated
    barriers.jumpMean[k] = jumped
    barriers.bending[k] = bending
  }

  /** True when nothing worth stating is left at the distance of the first plane. */
  const outOfReach = (horizon: HorizonLaw): boolean => {
    const jumps = horizon.jumpWeights.length - 1
    const widest = horizon.factors[horizon.factors.length - 1] ?? 1
    const { offset, slope, converged } = design.plane
    let jumped = 0
    for (let i = 0; i < surface.size; i++) jumped += (slope[i] ?? 0) * (surface.jumpMean[i] ?? 0)
    const sd = Math.sqrt(widest * view.diffusion + jumps * view.jump)
    return converged && offset + jumps * Math.min(0, jumped) > SCREEN * sd
  }

  return {
    horizonsMs: p.horizonsMs,
    horizons: law.horizons,
    probabilities(domain, into) {
      warm.fill(0)
      for (let at = 0; at < law.horizons.length; at++) into[at] = solve(domain, at, null)
    },
    hit(domain, horizon) {
      const of = law.horizons[horizon]
      if (of === undefined)
        throw new InvalidInputError({
          field: 'horizon',
          found: horizon,
          allowed: `0 to ${law.horizons.length - 1}`,
        })
      const given = new Float64Array(of.factors.length * of.jumpWeights.length)
      warm.fill(0)
      const probability = solve(domain, horizon, given)
      return { probability, given, slopes: slopes.map((slope) => slope.slice()) }
    },
    covariance(horizon, jumps) {
      const diffusion = law.horizons[horizon]?.covariance ?? new Float64Array(0)
      return diffusion.map((value, i) => value + jumps * (law.jumpCovariance[i] ?? 0))
    },
  }
}

function assertSameAssets(domain: CompiledDomain, assets: readonly string[]): void {
  if (
    domain.assets.length !== assets.length ||
    domain.assets.some((asset, i) => asset !== assets[i])
  )
    throw new InvalidInputError({
      field: `assets of ${domain.id}`,
      found: domain.assets.join(', '),
      allowed: assets.join(', '),
    })
}
