import { BaseError, type HorizonForecast } from '@plimsoll/domain'
import type { BarModel } from '../BarModel.ts'
import { ModelStoppedError } from '../errors.ts'
import type { FeatureContext } from '../features/FEATURES.ts'
import type { ModelFiles, UnloadedModel } from '../model/loadModel.ts'
import { createOnnxModel, type OnnxModel } from './createOnnxModel.ts'

/** Forecasts of a batch, and who made them. */
export type Answer = {
  /** `name@version` of the model that answered. */
  readonly model: string
  readonly forecasts: readonly (readonly HorizonForecast[])[]
  /** Why the fallback answered; null when the model did. */
  readonly degraded: BaseError | null
}

/** A model that always answers: with its own forecast, or with the fallback's and the reason. */
export type Forecaster = {
  /** `name@version` of the model that should answer. */
  id(): string
  /** What is asked in one turn of the event loop runs as one batch. Never throws. */
  forecast(contexts: readonly FeatureContext[]): Promise<Answer>
  /**
   * Puts another model in place: its thread is started and checked first, then the old one ends.
   *
   * @throws what loading it throws; the old model stays then.
   */
  swap(files: ModelFiles): Promise<void>
  close(): Promise<void>
}

/** A run takes well below a millisecond; what takes this long hangs. */
export const DEFAULT_DEADLINE_MS = 250

type Ask = {
  readonly contexts: readonly FeatureContext[]
  readonly resolve: (answer: Answer) => void
}

/**
 * Creates a forecaster over one graph and a fallback that needs none.
 *
 * A graph that cannot be loaded, does not answer in time, dies or answers out of range is never an error of the caller:
 * the fallback answers, and says why. A thread that is gone is started anew.
 *
 * @param p.model - One that could not be loaded has its failure as the reason.
 * @param p.fallback - Answers in the process, and always.
 */
export async function createForecaster(p: {
  readonly model: ModelFiles | UnloadedModel
  readonly fallback: BarModel
  readonly deadlineMs?: number
}): Promise<Forecaster> {
  const deadlineMs = p.deadlineMs ?? DEFAULT_DEADLINE_MS
  let files: ModelFiles | UnloadedModel = p.model
  let model: OnnxModel | null = null
  let trouble: BaseError | null = null
  let starting: Promise<void> | null = null
  let closed = false
  let asks: Ask[] = []

  const start = async (): Promise<void> => {
    if ('failure' in files) {
      trouble = files.failure
      return
    }
    try {
      const fresh = await createOnnxModel(files, { deadlineMs })
      if (closed) await fresh.close()
      else model = fresh
    } catch (cause) {
      trouble = asModelError(files.id, cause)
    }
  }
  /** Starts the thread anew, once at a time; a graph that cannot be loaded is not tried again. */
  const restart = (): void => {
    starting ??= start().finally(() => {
      starting = null
    })
  }

  const answer = async (contexts: readonly FeatureContext[]): Promise<Answer> => {
    if (model !== null)
      try {
        return { model: model.id, forecasts: await model.forecast(contexts), degraded: null }
      } catch (cause) {
        trouble = asModelError(model.id, cause)
        if (!model.alive()) {
          model = null
          if (!closed) restart()
        }
      }
    const degraded = trouble ?? new ModelStoppedError({ model: files.id, found: 'not started' })
    return { model: p.fallback.id, forecasts: await p.fallback.forecast(contexts), degraded }
  }

  const flush = async (): Promise<void> => {
    const turn = asks
    asks = []
    const { forecasts, ...rest } = await answer(turn.flatMap(({ contexts }) => contexts))
    let from = 0
    for (const { contexts, resolve } of turn) {
      resolve({ ...rest, forecasts: forecasts.slice(from, from + contexts.length) })
      from += contexts.length
    }
  }

  await start()
  return {
    id: () => files.id,
    forecast: (contexts) =>
      new Promise((resolve, reject) => {
        asks.push({ contexts, resolve })
        if (asks.length === 1) queueMicrotask(() => void flush().catch(reject))
      }),
    async swap(next) {
      const fresh = await createOnnxModel(next, { deadlineMs })
      const old = model
      files = next
      model = fresh
      trouble = null
      await old?.close()
    },
    async close() {
      closed = true
      await starting
      await model?.close()
      model = null
    },
  }
}

const asModelError = (model: string, cause: unknown): BaseError =>
  cause instanceof BaseError ? cause : new ModelStoppedError({ model, found: String(cause), cause })
