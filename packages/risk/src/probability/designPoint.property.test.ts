import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CompiledDomain } from './compileDomain.ts'
import { compileLaw } from './compileLaw.ts'
import { createDeltaView, deltaPlane, viewNow } from './deltaPlane.ts'
import { createDesignPoint, findDesignPoint } from './designPoint.ts'
import type { ReturnLaw } from './ReturnLaw.ts'
import { createSurface, evaluateSurface, loadSurface } from './Surface.ts'

const DAY_MS = 86_400_000
const ASSETS = ['A', 'B', 'C', 'D']
const LAW: ReturnLaw = {
  assets: ASSETS,
  variance: [0.5, 0.8, 1, 1.3].map((s) => [{ ms: 365 * DAY_MS, variance: s * s }]),
  correlation: 0.6,
  volOfVol: { sd: 0, halfLifeMs: DAY_MS },
  jumps: null,
  updateMs: 300_000,
  innovationDf: null,
}

/** Values on both sides, balanced to a health. */
const book: fc.Arbitrary<CompiledDomain> = fc
  .record({
    backing: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 }),
    requirement: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 }),
    cash: fc.integer({ min: 0, max: 100 }),
    owed: fc.integer({ min: 1, max: 100 }),
    health: fc.integer({ min: 10_100, max: 15_000 }).map((n) => n / 10_000),
  })
  .filter(({ backing, cash }) => backing.some((v) => v > 0) || cash > 0)
  .map(({ backing, requirement, cash, owed, health }) => {
    const own = backing.reduce((sum, v) => sum + v, cash)
    const must = requirement.reduce((sum, v) => sum + v, owed)
    const scale = own / must / health
    return {
      id: 'book',
      assets: ASSETS,
      active: Int32Array.of(0, 1, 2, 3),
      backing: Float64Array.from(backing),
      backingConstant: cash,
      requirement: Float64Array.from(requirement, (v) => v * scale),
      requirementConstant: owed * scale,
      status: 'open' as const,
    }
  })

test('property: the design point is on the surface and its normal points back at the mean', () => {
  const law = compileLaw(LAW, [7 * DAY_MS])
  fc.assert(
    fc.property(book, (of) => {
      const surface = createSurface(4)
      const design = createDesignPoint(4)
      if (!loadSurface(surface, of, law, 0)) return
      const { size } = surface
      design.covariance.set(surface.diffusion)
      for (let i = 0; i < size; i++) design.mean[i] = -0.5 * (surface.diffusion[i * size + i] ?? 0)
      const view = createDeltaView(4)
      viewNow(surface, view)
      deltaPlane(surface, view, 0, design)
      findDesignPoint(surface, design)
      if (!design.plane.converged) return
      expect(Math.abs(evaluateSurface(surface, design.point))).toBeLessThan(1e-4)
      const toward = (i: number) => (design.point[i] ?? 0) - (design.mean[i] ?? 0)
      const pulled = Array.from({ length: size }, (_, i) =>
        Array.from({ length: size }).reduce(
          (sum: number, _, j) =>
            sum + (surface.diffusion[i * size + j] ?? 0) * (surface.gradient[j] ?? 0),
          0,
        ),
      )
      // x − μ = −β A∇z/√q
      for (let i = 0; i < size; i++)
        expect(toward(i)).toBeCloseTo(
          (-design.plane.distance * (pulled[i] ?? 0)) / Math.sqrt(design.plane.variance),
          2,
        )
      expect(Number.isFinite(design.plane.bending)).toBe(true)
    }),
  )
})

test('property: every search within six standard deviations ends on the surface', () => {
  const law = compileLaw(LAW, [7 * DAY_MS])
  let near = 0
  for (const of of fc.sample(book, { numRuns: 2_000, seed: 5 })) {
    const surface = createSurface(4)
    const design = createDesignPoint(4)
    if (!loadSurface(surface, of, law, 0)) continue
    design.covariance.set(surface.diffusion)
    const view = createDeltaView(4)
    viewNow(surface, view)
    deltaPlane(surface, view, 0, design)
    findDesignPoint(surface, design)
    expect(Number.isFinite(design.plane.distance)).toBe(true)
    if (design.plane.distance > 6) continue
    near++
    expect(design.plane.converged).toBe(true)
  }
  expect(near).toBeGreaterThan(500)
})

test('behavior: one volatile asset is exact at once, however levered', () => {
  const law = compileLaw(LAW, [DAY_MS])
  for (const [value, cash] of [
    [1_000, -800],
    [-1_000, 1_050],
    [-10, 4_000],
  ] as const) {
    const surface = createSurface(4)
    const design = createDesignPoint(4)
    const of: CompiledDomain = {
      id: 'perp',
      assets: ASSETS,
      active: Int32Array.of(2),
      backing: Float64Array.of(value),
      backingConstant: cash,
      requirement: Float64Array.of(0),
      requirementConstant: 0,
      status: 'open',
    }
    expect(loadSurface(surface, of, law, 0)).toBe(true)
    design.covariance[0] = surface.diffusion[0] ?? 0
    const view = createDeltaView(4)
    viewNow(surface, view)
    const bend = deltaPlane(surface, view, 0, design)
    expect(design.plane.offset).toBeCloseTo(Math.abs(Math.log(-cash / value)), 12)
    expect(design.plane.bending).toBe(1)
    expect(bend).toBeLessThan(1e-12)
  }
})
