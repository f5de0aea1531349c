import type { HorizonForecast } from '@plimsoll/domain'
import type { BarModel } from '../BarModel.ts'
import { createBarTensor } from '../features/createBarTensor.ts'
import { createFeatureRows } from '../features/createFeatureRows.ts'
import { readOutputs } from '../law/readOutputs.ts'
import type { ModelFiles } from '../model/loadModel.ts'
import { createSession, type OnnxSession } from '../session/createSession.ts'
import type { RawOutputs } from '../session/protocol.ts'

/** A graph behind the port of models, with the thread it runs in. */
export type OnnxModel = BarModel & Pick<OnnxSession, 'alive' | 'close'>

/** Rows of one run: more are asked in turn, so that a large batch delays no small one for long. */
const MAX_ROWS = 512

/**
 * Starts a model's graph: features, run, checked outputs, calibration.
 *
 * @param p.deadlineMs - Longest wait for one run.
 * @throws what {@link createSession} throws; forecasts throw what its runs throw, and ModelOutputError.
 */
export async function createOnnxModel(
  files: ModelFiles,
  p: { readonly deadlineMs: number },
): Promise<OnnxModel> {
  const { manifest, id } = files
  const rows = createFeatureRows(manifest.features.map(({ name }) => name))
  const session = await createSession(files)
  return {
    id,
    horizonsMs: manifest.horizonsMs,
    alive: session.alive,
    close: session.close,
    async forecast(contexts) {
      const out: (readonly HorizonForecast[])[] = []
      const take = async (running: Promise<RawOutputs>, count: number): Promise<void> => {
        out.push(...readOutputs(manifest, await running, count))
      }
      let before: { readonly running: Promise<RawOutputs>; readonly count: number } | null = null
      for (let from = 0; from < contexts.length; from += MAX_ROWS) {
        const chunk = contexts.slice(from, from + MAX_ROWS)
        const running = session.run(
          {
            rows: chunk.length,
            features: rows.matrix(chunk),
            bars: manifest.bars ? createBarTensor(chunk) : null,
          },
          p.deadlineMs,
        )
        running.catch(() => {}) // told when it is taken; the one before may fail first
        // While the thread works on this chunk, the one before is read.
        if (before !== null) await take(before.running, before.count)
        before = { running, count: chunk.length }
      }
      if (before !== null) await take(before.running, before.count)
      return out
    },
  }
}
