import { BaseError } from '@plimsoll/domain'
import { walkBars } from '../bars/walkBars.ts'
import { contextsOf } from '../features/contextsOf.ts'
import { createBarSums } from '../features/createBarSums.ts'
import { createBarTensor } from '../features/createBarTensor.ts'
import { createFeatureRows } from '../features/createFeatureRows.ts'
import type { FeatureContext } from '../features/FEATURES.ts'
import { readOutputs } from '../law/readOutputs.ts'
import type { ModelFiles } from '../model/loadModel.ts'
import { createSession, type OnnxSession } from '../session/createSession.ts'
import type { Batch, RawOutputs } from '../session/protocol.ts'
import type { Golden } from './parseGolden.ts'

/** What a check found. */
export type CheckResult = {
  readonly name: string
  readonly passed: boolean
  readonly found: string
  /** What to change; empty where it passed. */
  readonly remedy: string
}

/** Limits of the checks. */
export const CHECK_LIMITS = {
  /** Largest difference to the recorded outputs, relative. */
  golden: 1e-3,
  /** Largest difference of a row's outputs alone and in a batch, relative: sums in another order, nothing more. */
  batch: 1e-4,
  /** A batch of 32 takes no longer at the 99th percentile. [ms] */
  inferenceMs: 2,
  rows: 32,
  runs: 200,
  rounds: 5,
} as const

const DEADLINE_MS = 10_000
/** On a random walk whose variance is known, a day's forecast is within this factor of it, in the mean. */
const PLAUSIBLE = 4
const SIGMA_DAY = 0.03
/** A stablecoin's day, and days of a collapse. */
const EXTREME_SIGMAS = [0.0005, 0.2, 0.6]

/**
 * Checks a model's graph: that it loads and has the manifest's tensors, gives the recorded outputs, is deterministic, does
 * not let one row change another, stays finite on rows far out and without a market, knows the unit of variance, and is
 * fast enough.
 */
export async function checkModel(
  files: ModelFiles,
  golden: Golden | null,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  const check = async (
    name: string,
    remedy: string,
    look: () => Promise<{ readonly passed: boolean; readonly found: string }>,
  ): Promise<void> => {
    try {
      const { passed, found } = await look()
      results.push({ name, passed, found, remedy: passed ? '' : remedy })
    } catch (cause) {
      if (!(cause instanceof BaseError)) throw cause
      results.push({ name, passed: false, found: `${cause.code}: ${cause.message}`, remedy })
    }
  }

  let session: OnnxSession | null = null
  await check(
    'contract',
    'Export the graph with the inputs and outputs that the message names, float32, the first size free.',
    async () => {
      session = await createSession(files)
      return { passed: true, found: `${session.outputs.map(({ name }) => name).join(', ')}` }
    },
  )
  const graph: OnnxSession | null = session
  if (graph === null) return results
  try {
    await checkGraph(files, golden, graph, check)
  } finally {
    await (graph as OnnxSession).close()
  }
  return results
}

type Check = (
  name: string,
  remedy: string,
  look: () => Promise<{ readonly passed: boolean; readonly found: string }>,
) => Promise<void>

async function checkGraph(
  files: ModelFiles,
  golden: Golden | null,
  session: OnnxSession,
  check: Check,
): Promise<void> {
  const { manifest } = files
  const contexts = sampleContexts(SIGMA_DAY)
  const batch = batchOf(files, contexts)
  const run = (each: Batch) => session.run(each, DEADLINE_MS)

  await check(
    'golden',
    'Record golden.json with the graph in the folder: {"features": [[…]], "outputs": {"logvar": [[…]]}}.',
    async () => {
      if (golden === null) return { passed: false, found: 'golden.json is missing' }
      const outputs = await run(golden.batch)
      const worst = Math.max(
        ...[...golden.outputs].map(([name, values]) =>
          difference(values, outputs.tensors[name]?.data ?? new Float32Array()),
        ),
      )
      return {
        passed: worst <= CHECK_LIMITS.golden,
        found: `${golden.batch.rows} rows, largest difference ${worst.toExponential(1)}`,
      }
    },
  )
  await check(
    'determinism',
    'Remove randomness from the graph: dropout, sampling, RandomNormal. Export it in eval mode.',
    async () => {
      const worst = largest(await run(batch), await run(batch))
      return { passed: worst === 0, found: `largest difference of two runs ${worst}` }
    },
  )
  await check(
    'rows are independent',
    'Normalise with constants recorded in training, inside the graph. What is computed over the batch (BatchNormalization in training mode, a mean over axis 0) leaks from one asset to another.',
    async () => {
      const whole = await run(batch)
      let worst = 0
      for (const row of [0, 7, 31]) {
        const alone = await run(slice(batch, row))
        for (const [name, { data }] of Object.entries(alone.tensors)) {
          const size = data.length
          const inBatch = whole.tensors[name]?.data.subarray(row * size, (row + 1) * size)
          worst = Math.max(worst, difference(data, inBatch ?? new Float32Array()))
        }
      }
      return {
        passed: worst <= CHECK_LIMITS.batch,
        found: `largest difference alone and in a batch ${worst.toExponential(1)}`,
      }
    },
  )
  await check(
    'finite far out',
    'Clip normalised inputs inside the graph (six standard deviations do) and bound what is exponentiated.',
    async () => {
      const wild = EXTREME_SIGMAS.flatMap((sigmaDay) => sampleContexts(sigmaDay, 0.05))
      readOutputs(manifest, await run(batchOf(files, wild)), wild.length)
      return {
        passed: true,
        found: `${wild.length} origins from a still to a raging market, bars missing, answered`,
      }
    },
  )
  await check(
    'unit of variance',
    'logvar is the natural log of the expected SUM of squared 5-minute log returns over the whole horizon: not a mean, not annualised, not a standard deviation, not in per cent.',
    async () => {
      const rows = readOutputs(manifest, await run(batch), batch.rows)
      const factors = manifest.horizonsMs.map((ms, h) => {
        const mean =
          rows.reduce((sum, row) => sum + Math.log(row[h]?.variance ?? Number.NaN), 0) / rows.length
        return Math.exp(mean) / ((SIGMA_DAY ** 2 * ms) / 86_400_000)
      })
      return {
        passed: factors.every((factor) => factor < PLAUSIBLE && factor > 1 / PLAUSIBLE),
        found: `forecast over true variance of a random walk ${factors.map((f) => f.toFixed(2)).join(', ')}`,
      }
    },
  )
  await check(
    'speed',
    'Make the graph smaller, or fuse it: an agent waits for it on every tick.',
    async () => {
      // The calmest of a few rounds: other work on the machine is not the model's.
      let p99 = Number.POSITIVE_INFINITY
      for (let round = 0; round < CHECK_LIMITS.rounds; round++) {
        const times: number[] = []
        for (let k = 0; k < CHECK_LIMITS.runs; k++) times.push((await run(batch)).inferenceMs)
        p99 = Math.min(p99, times.sort((x, y) => x - y)[Math.floor(0.99 * times.length)] ?? p99)
      }
      return {
        passed: p99 <= CHECK_LIMITS.inferenceMs,
        found: `${CHECK_LIMITS.rows} rows take ${p99.toFixed(2)} ms at the 99th percentile, at most ${CHECK_LIMITS.inferenceMs}`,
      }
    },
  )
}

/** Origins of random walks, with and without a market. */
function sampleContexts(sigmaDay: number, gaps = 0): readonly FeatureContext[] {
  const length = 45 * 288
  const walk = (asset: string, seed: number) =>
    createBarSums(walkBars({ asset, seed, length, sigmaDay, gaps }))
  const [btc, eth, own] = [walk('BTC', 1), walk('ETH', 2), walk('OWN', 3)]
  const known = [...contextsOf(own, { btc, eth })]
  const alone = [...contextsOf(own, { btc: null, eth: null })]
  const step = Math.floor(known.length / CHECK_LIMITS.rows)
  return Array.from(
    { length: CHECK_LIMITS.rows },
    (_, k) => (k % 2 === 0 ? known : alone)[k * step],
  ).filter((context) => context !== undefined)
}

function batchOf({ manifest }: ModelFiles, contexts: readonly FeatureContext[]): Batch {
  return {
    rows: contexts.length,
    features: createFeatureRows(manifest.features.map(({ name }) => name)).matrix(contexts),
    bars: manifest.bars ? createBarTensor(contexts) : null,
  }
}

function slice({ rows, features, bars }: Batch, row: number): Batch {
  const cut = (data: Float32Array): Float32Array => {
    const size = data.length / rows
    return data.slice(row * size, (row + 1) * size)
  }
  return { rows: 1, features: cut(features), bars: bars === null ? null : cut(bars) }
}

const largest = (a: RawOutputs, b: RawOutputs): number =>
  Math.max(
    ...Object.entries(a.tensors).map(([name, { data }]) =>
      difference(data, b.tensors[name]?.data ?? new Float32Array()),
    ),
  )

/** Largest difference relative to the larger of 1 and the value; infinite where lengths or NaN differ. */
function difference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? Number.NaN, b[i] ?? Number.NaN]
    const gap = Math.abs(x - y) / Math.max(1, Math.abs(x))
    worst = Math.max(worst, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap)
  }
  return worst
}
