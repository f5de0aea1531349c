import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CompiledDomain } from './compileDomain.ts'
import { createLiquidationModel, type PlaneMethod } from './createLiquidationModel.ts'
import type { ReturnLaw } from './ReturnLaw.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
const HORIZONS_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS, DAY_MS, 7 * DAY_MS]
const ASSETS = ['A', 'B', 'C', 'USDC']

const part = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000 }).map((n) => min + ((max - min) * n) / 1_000)

const law: fc.Arbitrary<ReturnLaw> = fc
  .record({
    sigmas: fc.tuple(part(0.2, 2), part(0.2, 2), part(0.2, 2)),
    correlation: part(-0.2, 1),
    sd: part(0, 1),
    jumps: fc.option(
      fc.record({ perYear: part(0, 100), mean: part(-0.05, 0.03), sd: part(0, 0.1) }),
    ),
    df: fc.constantFrom(null, 5, 8),
  })
  .map(({ sigmas, correlation, sd, jumps, df }) => ({
    assets: ASSETS,
    variance: [...sigmas.map((s) => [{ ms: YEAR_MS, variance: s * s }]), []],
    correlation: ASSETS.map((_, i) =>
      ASSETS.map((_, j) => (i === j ? 1 : i === 3 || j === 3 ? 0 : correlation)),
    ),
    volOfVol: { sd, halfLifeMs: DAY_MS },
    jumps:
      jumps === null
        ? null
        : {
            perYear: jumps.perYear,
            mean: [jumps.mean, jumps.mean, 2 * jumps.mean, 0],
            sd: [jumps.sd, jumps.sd, 2 * jumps.sd, 0],
            correlation: 0.7,
          },
    updateMs: 5 * MINUTE_MS,
    innovationDf: df,
  }))

type Sketch = {
  readonly backing: readonly number[]
  readonly requirement: readonly number[]
  readonly health: number
}

/** Values in four assets, the last of them stable, on both sides; loans and perp accounts alike. */
const sketch: fc.Arbitrary<Sketch> = fc.record({
  backing: fc.tuple(part(-80, 100), part(-80, 100), part(0, 100), part(0, 300)),
  requirement: fc.tuple(part(0, 50), part(0, 100), part(0, 5), part(1, 100)),
  health: fc.integer({ min: 0, max: 1_000 }).map((n) => 1 + (n / 1_000) ** 3),
})

/** Scales the requirement to a health. */
function bookOf({ backing, requirement, health }: Sketch): CompiledDomain | null {
  const own = backing.reduce((sum, v) => sum + v, 0)
  const must = requirement.reduce((sum, v) => sum + v, 0)
  if (own <= 1) return null
  const scale = own / must / health
  return {
    id: 'book',
    assets: ASSETS,
    active: Int32Array.of(0, 1, 2, 3),
    backing: Float64Array.from(backing),
    backingConstant: 0,
    requirement: Float64Array.from(requirement, (v) => v * scale),
    requirementConstant: 0,
    status: 'open',
  }
}

function probabilities(of: ReturnLaw, domain: CompiledDomain, method: PlaneMethod = 'auto') {
  const into = new Float64Array(HORIZONS_MS.length)
  createLiquidationModel({ law: of, horizonsMs: HORIZONS_MS, method }).probabilities(domain, into)
  return [...into]
}

test('property: a probability, never NaN, by any method', () => {
  fc.assert(
    fc.property(law, sketch, fc.constantFrom('auto', 'delta', 'form'), (of, how, method) => {
      const domain = bookOf(how)
      if (domain === null) return
      for (const p of probabilities(of, domain, method)) {
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
      }
    }),
    { numRuns: 500 },
  )
})

/** Steps of a plane or of a table may turn a comparison by this much. */
const SLACK = 1.02
const FLOOR = 1e-6

test('property: more backing in cash, less probability', () => {
  fc.assert(
    fc.property(law, sketch, part(0.001, 0.1), (of, how, more) => {
      const domain = bookOf(how)
      if (domain === null) return
      const own = how.backing.reduce((sum, v) => sum + v, 0)
      const safer = probabilities(of, { ...domain, backingConstant: own * more }, 'form')
      probabilities(of, domain, 'form').forEach((p, i) => {
        expect(safer[i] ?? 1).toBeLessThanOrEqual(p * SLACK + FLOOR)
      })
    }),
    { numRuns: 300 },
  )
})

test('property: a longer horizon, more probability', () => {
  fc.assert(
    fc.property(law, sketch, (of, how) => {
      const domain = bookOf(how)
      if (domain === null) return
      const ps = probabilities(of, domain, 'form')
      for (let i = 1; i < ps.length; i++)
        expect((ps[i] ?? 0) * SLACK + FLOOR).toBeGreaterThanOrEqual(ps[i - 1] ?? 0)
    }),
    { numRuns: 300 },
  )
})

test('property: one volatile asset: more volatility, more probability', () => {
  fc.assert(
    fc.property(law, part(1.001, 1.6), part(1.02, 2), (of, health, more) => {
      const domain: CompiledDomain = {
        id: 'loan',
        assets: ASSETS,
        active: Int32Array.of(0),
        backing: Float64Array.of(health),
        backingConstant: 0,
        requirement: Float64Array.of(0),
        requirementConstant: 1,
        status: 'open',
      }
      const wilder = {
        ...of,
        variance: of.variance.map((knots) =>
          knots.map(({ ms, variance }) => ({ ms, variance: variance * more * more })),
        ),
      }
      const low = probabilities(of, domain)
      probabilities(wilder, domain).forEach((p, i) => {
        expect(p * SLACK + FLOOR).toBeGreaterThanOrEqual(low[i] ?? 0)
      })
    }),
    { numRuns: 300 },
  )
})
