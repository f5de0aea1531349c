import { InvalidInputError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { modelOf } from '../../test/graphs.ts'
import { createUniform, walkBars } from '../bars/walkBars.ts'
import { contextsOf } from '../features/contextsOf.ts'
import { createBarSums } from '../features/createBarSums.ts'
import { FEATURES } from '../features/FEATURES.ts'
import { createOnnxModel } from '../serve/createOnnxModel.ts'
import { createEwmaBars } from './createEwmaBars.ts'
import { createLinearModel } from './createLinearModel.ts'
import { exportLinear } from './exportLinear.ts'
import { createGarch, fitGarch } from './fitGarch.ts'
import { fitHar, HAR_FEATURES, HAR_X_FEATURES } from './fitHar.ts'
import { fitLinear } from './fitLinear.ts'

const uniform = createUniform(11)
const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
const sums = createBarSums(walkBars({ asset: 'ETH', seed: 3, length: 90 * 288, sigmaDay: 0.03 }))
const contexts = [...contextsOf(sums, { btc: null, eth: null })]

describe('fitLinear', () => {
  test('default: recovers the weights and the scale that QLIKE asks for', () => {
    const n = 20_000
    const rows = new Float32Array(2 * n).map(() => normal())
    const variances = Float64Array.from({ length: n }, (_, r) =>
      Math.exp(-9 + 0.7 * rows[2 * r]! - 0.3 * rows[2 * r + 1]! + 0.5 * normal()),
    )
    const { intercept, weights } = fitLinear({ rows, features: 2, variances })
    expect(weights[0]).toBeCloseTo(0.7, 1)
    expect(weights[1]).toBeCloseTo(-0.3, 1)
    // E exp(0.5 z) = exp(0.125)
    expect(intercept).toBeCloseTo(-9 + 0.125, 1)
    let ratio = 0
    for (let r = 0; r < n; r++)
      ratio +=
        variances[r]! /
        Math.exp(intercept + weights[0]! * rows[2 * r]! + weights[1]! * rows[2 * r + 1]!) /
        n
    expect(ratio).toBeCloseTo(1, 9)
  })

  test('behavior: a feature that never changes gets no weight', () => {
    const rows = new Float32Array(2_000).map((_, i) => (i % 2 === 0 ? 1 : normal()))
    const variances = new Float64Array(1_000).map(() => Math.exp(normal()))
    const { weights } = fitLinear({ rows, features: 2, variances })
    expect(Math.abs(weights[0]!)).toBeLessThan(1e-9)
  })

  test('error: InvalidInputError', () => {
    const variances = Float64Array.of(1, Number.NaN, 2)
    expect(() => fitLinear({ rows: new Float32Array(6), features: 2, variances })).toThrow(
      InvalidInputError,
    )
  })
})

describe('HAR', () => {
  const fit = (features: readonly string[]) =>
    fitHar({ name: 'har', version: '1', features, contexts, until: Number.POSITIVE_INFINITY })

  test('behavior: knows the level of a walk whose volatility wanders about 3 % a day', async () => {
    const forecasts = await createLinearModel(fit(HAR_FEATURES)).forecast(contexts)
    const mean = forecasts.reduce((sum, row) => sum + row[2]!.variance / forecasts.length, 0)
    const true24 = (sums.squares.at(-1)! - sums.squares[0]!) / 90
    expect(mean / true24).toBeGreaterThan(0.7)
    expect(mean / true24).toBeLessThan(1.4)
  })

  test('behavior: the exported graph says what the weights say', async () => {
    const linear = fit(HAR_X_FEATURES)
    const unit = new Map(FEATURES.map(({ name, unit }) => [name, unit]))
    const graph = await createOnnxModel(
      modelOf(exportLinear(linear), {
        features: linear.features.map((name) => ({ name, unit: unit.get(name)! })),
      }),
      { deadlineMs: 20_000 },
    )
    try {
      const chosen = contexts.slice(-50)
      const [there, here] = [
        await graph.forecast(chosen),
        await createLinearModel(linear).forecast(chosen),
      ]
      for (const [r, row] of there.entries())
        for (const [h, { variance }] of row.entries())
          expect(variance / here[r]![h]!.variance).toBeCloseTo(1, 4)
    } finally {
      await graph.close()
    }
  }, 60_000)

  test('behavior: rows that reach past the end are not fitted to', () => {
    const until = contexts[900]!.time
    const early = contexts.filter(({ time }) => time + 3_600 <= until)
    const [part] = fitHar({
      name: 'har',
      version: '1',
      features: HAR_FEATURES,
      contexts,
      until,
    }).horizons
    const [whole] = fitHar({
      name: 'har',
      version: '1',
      features: HAR_FEATURES,
      contexts: early,
      until: Number.POSITIVE_INFINITY,
    }).horizons
    expect(part).toEqual(whole)
  })
})

describe('GARCH(1,1)', () => {
  test('default: recovers the parameters it simulates', () => {
    const [alpha, beta, variance] = [0.12, 0.85, 1e-4]
    let h = variance
    const returns = Float64Array.from({ length: 30_000 }, () => {
      const r = Math.sqrt(h) * normal()
      h = (1 - alpha - beta) * variance + alpha * r * r + beta * h
      return r
    })
    const fitted = fitGarch(returns)
    expect(fitted.alpha).toBeCloseTo(alpha, 1)
    expect(fitted.alpha + fitted.beta).toBeCloseTo(alpha + beta, 1)
  })

  test('behavior: a day ahead is nearer to the mean than an hour ahead', async () => {
    const garch = createGarch(new Map([['*', { alpha: 0.2, beta: 0.7, variance: 1e-3 }]]))
    const [row] = await garch.forecast(contexts.slice(-1))
    const perHour = row!.map(({ ms, variance }) => variance / (ms / 3_600_000))
    expect(Math.abs(perHour[2]! - 1e-3)).toBeLessThan(Math.abs(perHour[0]! - 1e-3))
  })

  test('error: InvalidInputError', async () => {
    expect(() => fitGarch(new Float64Array(499))).toThrow(InvalidInputError)
    await expect(createGarch(new Map()).forecast(contexts.slice(-1))).rejects.toThrow(
      InvalidInputError,
    )
  })
})

test('EWMA: the classical recursion, once its start is forgotten', async () => {
  const { i } = contexts.at(-1)!
  let variance = 0
  for (let to = 12; to <= i; to += 12)
    variance = 0.94 * variance + 0.06 * (sums.squares[to]! - sums.squares[to - 12]!)
  const [row] = await createEwmaBars().forecast(contexts.slice(-1))
  expect(row![0]!.variance / variance).toBeCloseTo(1, 6)
  expect(row![2]!.variance / row![0]!.variance).toBeCloseTo(24, 9)
})
