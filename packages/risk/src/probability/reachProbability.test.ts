import { InvalidInputError } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalTail, normalTailInverse } from './normalTail.ts'
import type { RunningExtremes } from './RunningExtremes.ts'
import { reachProbability } from './reachProbability.ts'

const LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999]
/** Quantiles of the reach of a Brownian path: `P(reach > x) = 2Φ̄(x)`. */
const BROWNIAN = LEVELS.map((level) => normalTailInverse((1 - level) / 2))
const EXTREMES: RunningExtremes = {
  ms: 86_400_000,
  sigma: 0.04,
  levels: LEVELS,
  minimum: { quantiles: BROWNIAN, tailIndex: 4 },
  maximum: { quantiles: BROWNIAN.map((q) => 0.8 * q), tailIndex: 6 },
}
const fall = (sigmas: number) =>
  reachProbability({ asset: 'ETH', distance: 0.04 * sigmas, side: 'fall' }, EXTREMES)
const rise = (sigmas: number) =>
  reachProbability({ asset: 'ETH', distance: 0.04 * sigmas, side: 'rise' }, EXTREMES)

test('default', () => {
  LEVELS.forEach((level, i) => {
    expect(fall(BROWNIAN[i] ?? 0)).toBeCloseTo(1 - level, 10)
    expect(rise(0.8 * (BROWNIAN[i] ?? 0))).toBeCloseTo(1 - level, 10)
  })
})

test('behavior: between quantiles it is near the law they come from', () => {
  for (let x = 0.3; x < 3.2; x += 0.05)
    expect(Math.abs(fall(x) / (2 * normalTail(x)) - 1)).toBeLessThan(0.03)
})

test('behavior: beyond the last quantile the tail is a power', () => {
  const last = BROWNIAN[BROWNIAN.length - 1] ?? 0
  expect(fall(2 * last)).toBeCloseTo(0.001 / 16, 10)
  expect(rise(0.8 * 3 * last)).toBeCloseTo(0.001 / 729, 10)
})

test('behavior: certain at the barrier, nothing where the price does not move', () => {
  expect(fall(0)).toBe(1)
  const still = { quantiles: LEVELS.map(() => 0), tailIndex: 4 }
  expect(
    reachProbability(
      { asset: 'USDC', distance: 0.01, side: 'fall' },
      { ...EXTREMES, minimum: still },
    ),
  ).toBe(0)
})

test('property: a probability that falls with distance, whatever the quantiles', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 500 }), {
    minLength: LEVELS.length,
    maxLength: LEVELS.length,
  })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 12 }), (rises, tailIndex) => {
      let sum = 0
      const quantiles = rises.map((step) => {
        sum += step / 100
        return sum
      })
      const extremes = { ...EXTREMES, minimum: { quantiles, tailIndex } }
      let before = 1
      for (let x = 0; x < 60; x += 0.23) {
        const p = reachProbability({ asset: 'ETH', distance: 0.04 * x, side: 'fall' }, extremes)
        expect(p).toBeLessThanOrEqual(before + 1e-12)
        expect(p).toBeGreaterThanOrEqual(0)
        before = p
      }
    }),
  )
})

test('error: InvalidInputError', () => {
  const bad: readonly Partial<RunningExtremes>[] = [
    { sigma: 0 },
    { levels: [] },
    { levels: [0.5, 0.4] },
    { levels: [0.5, 1] },
    { minimum: { quantiles: [1], tailIndex: 4 } },
    { minimum: { quantiles: [...BROWNIAN].reverse(), tailIndex: 4 } },
    { minimum: { quantiles: BROWNIAN.map((q) => -q), tailIndex: 4 } },
    { minimum: { quantiles: BROWNIAN, tailIndex: 0 } },
  ]
  for (const part of bad)
    expect(() =>
      reachProbability({ asset: 'ETH', distance: 0.1, side: 'fall' }, { ...EXTREMES, ...part }),
    ).toThrow(InvalidInputError)
})
