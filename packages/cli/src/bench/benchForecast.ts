import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  type Batch,
  contextsOf,
  createBarSums,
  createBarTensor,
  createFeatureRows,
  createForecaster,
  createLinearModel,
  createSession,
  type FeatureContext,
  type Forecaster,
  type LinearModel,
  type ModelFiles,
  walkBars,
} from '@plimsoll/forecast'

/** What serving costs. */
export type ForecastBench = {
  readonly model: string
  readonly rows: number
  readonly inferences: number
  readonly swaps: number
  /** Time inside the graph for one batch. [ms] */
  readonly inferenceP50Ms: number
  readonly inferenceP99Ms: number
  /** From the call to the answer in the main thread, features included. [ms] */
  readonly answerP99Ms: number
  /** Delay of the main thread's event loop while a hundred batches a second run. [ms] */
  readonly loopDelayP99Ms: number
  /** Resident memory after the inferences and swaps less that after warming up. [MB] */
  readonly rssGrowthMb: number
}

const ROWS = 32
const DEADLINE_MS = 10_000
/** Batches that are under way at once in the long run. */
const PIPELINE = 4
const WARM_UP = 2_000
const WARM_SWAPS = 5
const PER_SECOND = 100

/** Measures inference, the event loop beside it, and memory over many inferences and swaps. */
export async function benchForecast(p: {
  readonly files: ModelFiles
  readonly fallback: LinearModel
  readonly inferences: number
  readonly swaps: number
  readonly seconds: number
  readonly onProgress: (message: string) => void
}): Promise<ForecastBench> {
  const { files, onProgress } = p
  const contexts = sampleContexts()
  const batch = batchOf(files, contexts)
  const forecaster = await createForecaster({
    model: files,
    fallback: createLinearModel(p.fallback),
    deadlineMs: DEADLINE_MS,
  })
  const session = await createSession(files)
  try {
    onProgress('warming up')
    await manyRuns(session, batch, WARM_UP)
    await swapOften(forecaster, files, contexts, WARM_SWAPS)
    const before = await residentMb()
    onProgress(`${p.inferences} inferences of ${ROWS} rows`)
    const times = await manyRuns(session, batch, p.inferences)
    onProgress(`${p.swaps} swaps`)
    await swapOften(forecaster, files, contexts, p.swaps)
    const rssGrowthMb = (await residentMb()) - before
    onProgress(`${PER_SECOND} batches a second for ${p.seconds} s`)
    const steady = await steadily(forecaster, contexts, p.seconds)
    times.sort()
    return {
      model: files.id,
      rows: ROWS,
      inferences: p.inferences,
      swaps: p.swaps,
      inferenceP50Ms: round(quantile(times, 0.5)),
      inferenceP99Ms: round(quantile(times, 0.99)),
      answerP99Ms: round(steady.answerP99Ms),
      loopDelayP99Ms: round(steady.loopDelayP99Ms),
      rssGrowthMb: round(rssGrowthMb),
    }
  } finally {
    await session.close()
    await forecaster.close()
  }
}

async function manyRuns(
  session: Awaited<ReturnType<typeof createSession>>,
  batch: Batch,
  count: number,
): Promise<Float64Array> {
  const times = new Float64Array(count)
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const at = next++
      times[at] = (await session.run(batch, DEADLINE_MS)).inferenceMs
    }
  }
  await Promise.all(Array.from({ length: PIPELINE }, lane))
  return times
}

async function swapOften(
  forecaster: Forecaster,
  files: ModelFiles,
  contexts: readonly FeatureContext[],
  count: number,
): Promise<void> {
  for (let k = 0; k < count; k++) {
    await forecaster.swap(files)
    await forecaster.forecast(contexts)
  }
}

async function steadily(
  forecaster: Forecaster,
  contexts: readonly FeatureContext[],
  seconds: number,
): Promise<{ readonly answerP99Ms: number; readonly loopDelayP99Ms: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const answers: number[] = []
  const open = new Set<Promise<void>>()
  delay.enable()
  for (let k = 0; k < seconds * PER_SECOND; k++) {
    const began = performance.now()
    const asked = forecaster.forecast(contexts).then(() => {
      answers.push(performance.now() - began)
      open.delete(asked)
    })
    open.add(asked)
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND))
  }
  delay.disable()
  await Promise.all(open)
  return {
    answerP99Ms: quantile(Float64Array.from(answers).sort(), 0.99),
    loopDelayP99Ms: delay.percentile(99) / 1e6,
  }
}

/** Memory that stays after a full collection. [MB] */
async function residentMb(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  for (let k = 0; k < 3; k++) {
    if (typeof collect === 'function') collect()
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return process.memoryUsage().rss / 1e6
}

function sampleContexts(): readonly FeatureContext[] {
  const walk = (asset: string, seed: number) =>
    createBarSums(walkBars({ asset, seed, length: 60 * 288 }))
  const [btc, eth] = [walk('BTC', 1), walk('ETH', 2)]
  return Array.from({ length: ROWS }, (_, k) => walk(`A${k}`, 3 + k)).flatMap((own) =>
    [...contextsOf(own, { btc, eth })].slice(-1),
  )
}

function batchOf({ manifest }: ModelFiles, contexts: readonly FeatureContext[]): Batch {
  return {
    rows: contexts.length,
    features: createFeatureRows(manifest.features.map(({ name }) => name)).matrix(contexts),
    bars: manifest.bars ? createBarTensor(contexts) : null,
  }
}

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN

const round = (value: number): number => Number(value.toFixed(3))
