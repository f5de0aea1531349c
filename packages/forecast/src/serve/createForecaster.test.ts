import { afterEach, describe, expect, test } from 'vitest'
import {
  constantGraph,
  goodGraph,
  misnamedGraph,
  modelOf,
  nanGraph,
  slowGraph,
} from '../../test/graphs.ts'
import type { BarModel } from '../BarModel.ts'
import { walkBars } from '../bars/walkBars.ts'
import { createEwmaBars } from '../classical/createEwmaBars.ts'
import {
  ModelContractError,
  ModelCorruptError,
  ModelOutputError,
  ModelStoppedError,
  ModelTimeoutError,
} from '../errors.ts'
import { contextsOf } from '../features/contextsOf.ts'
import { createBarSums } from '../features/createBarSums.ts'
import type { ModelFiles, UnloadedModel } from '../model/loadModel.ts'
import { createForecaster, type Forecaster } from './createForecaster.ts'

const sums = createBarSums(walkBars({ asset: 'ETH', length: 40 * 288, seed: 5 }))
const contexts = [...contextsOf(sums, { btc: null, eth: null })].slice(-3)
const fallback: BarModel = createEwmaBars()

const open: Forecaster[] = []
afterEach(async () => {
  for (const forecaster of open.splice(0)) await forecaster.close()
}, 60_000)
async function forecasterOf(
  model: ModelFiles | UnloadedModel,
  deadlineMs = 5_000,
): Promise<Forecaster> {
  const forecaster = await createForecaster({ model, fallback, deadlineMs })
  open.push(forecaster)
  return forecaster
}

// Threads start slowly on a busy machine.
const timeout = 60_000

describe('default', { timeout }, () => {
  test('the graph answers for every context, in order', async () => {
    const forecaster = await forecasterOf(modelOf(goodGraph()))
    const { model, forecasts, degraded } = await forecaster.forecast(contexts)
    expect([model, degraded, forecasts.length]).toEqual(['small@1', null, 3])
    const [own] = contexts
    const day = Math.log(
      (sums.squares[own!.i]! - sums.squares[own!.i - 288]!) /
        (sums.count[own!.i]! - sums.count[own!.i - 288]!),
    )
    const [first] = forecasts
    expect(first!.map(({ ms }) => ms / 3_600_000)).toEqual([1, 4, 24])
    for (const [h, bars] of [12, 48, 288].entries())
      expect(Math.log(first![h]!.variance)).toBeCloseTo(day + Math.log(bars), 5)
    expect(first![2]!.law!.fall.points.length).toBeGreaterThan(2)
  })

  test('behavior: what is asked in one turn runs as one batch, each gets its own', async () => {
    const forecaster = await forecasterOf(modelOf(goodGraph()))
    const together = await forecaster.forecast(contexts)
    const apart = await Promise.all(contexts.map((each) => forecaster.forecast([each])))
    expect(apart.flatMap(({ forecasts }) => forecasts)).toEqual(together.forecasts)
  })

  test('behavior: a swap replaces the model; one that cannot be loaded leaves it in place', async () => {
    const forecaster = await forecasterOf(modelOf(goodGraph()))
    await forecaster.swap(modelOf(constantGraph(-7), { name: 'other' }))
    const swapped = await forecaster.forecast(contexts)
    expect(swapped.model).toBe('other@1')
    expect(swapped.forecasts[0]![0]!.variance).toBeCloseTo(Math.exp(-7), 8)
    await expect(forecaster.swap(modelOf(misnamedGraph()))).rejects.toThrow(ModelContractError)
    expect((await forecaster.forecast(contexts)).model).toBe('other@1')
  })
})

describe('the fallback answers and says why', { timeout }, () => {
  const cases: readonly [string, () => Uint8Array, new (...args: never[]) => Error][] = [
    ['a corrupt file', () => goodGraph().slice(0, 90), ModelCorruptError],
    ['no ONNX at all', () => new TextEncoder().encode('<html>404</html>'), ModelCorruptError],
    ['an output of another name', misnamedGraph, ModelContractError],
    ['a NaN', nanGraph, ModelOutputError],
    ['a variance out of range', () => constantGraph(30), ModelOutputError],
  ]
  for (const [name, graph, error] of cases)
    test(name, async () => {
      const forecaster = await forecasterOf(modelOf(graph()))
      const answer = await forecaster.forecast(contexts)
      expect(answer.degraded).toBeInstanceOf(error)
      expect([answer.model, answer.forecasts.length]).toEqual([fallback.id, 3])
      expect(answer.forecasts).toEqual(await fallback.forecast(contexts))
    })

  test('a graph that does not answer in time, and one in its place', async () => {
    const forecaster = await forecasterOf(modelOf(slowGraph()), 20)
    const late = await forecaster.forecast(contexts.slice(0, 1))
    expect(late.degraded).toBeInstanceOf(ModelTimeoutError)
    expect(late.model).toBe(fallback.id)
    // While the thread is replaced the fallback goes on answering.
    expect((await forecaster.forecast(contexts.slice(0, 1))).model).toBe(fallback.id)
  })

  test('behavior: a model that could not be loaded, until one takes its place', async () => {
    const failure = new ModelCorruptError({ what: 'model.onnx', found: 'cannot be read' })
    const forecaster = await forecasterOf({ id: 'lost', failure })
    const { model, degraded } = await forecaster.forecast(contexts)
    expect([forecaster.id(), model, degraded]).toEqual(['lost', fallback.id, failure])
    await forecaster.swap(modelOf(goodGraph()))
    expect((await forecaster.forecast(contexts)).degraded).toBeNull()
  })

  test('behavior: a closed forecaster still answers', async () => {
    const forecaster = await forecasterOf(modelOf(goodGraph()))
    await forecaster.close()
    const { degraded, model } = await forecaster.forecast(contexts)
    expect(degraded).toBeInstanceOf(ModelStoppedError)
    expect(model).toBe(fallback.id)
  })
})
