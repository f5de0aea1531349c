import { Worker } from 'node:worker_threads'
import type { BaseError } from '@plimsoll/domain'
import {
  ModelContractError,
  ModelCorruptError,
  ModelStoppedError,
  ModelTimeoutError,
} from '../errors.ts'
import type { ModelFiles } from '../model/loadModel.ts'
import { checkDeclared } from './checkDeclared.ts'
import type { Batch, Declared, RawOutputs, Reply, Request } from './protocol.ts'

/** A graph that runs in its own thread. */
export type OnnxSession = {
  /** `name@version` of the model. */
  readonly id: string
  readonly inputs: readonly Declared[]
  readonly outputs: readonly Declared[]
  /**
   * Runs a batch. The batch's arrays are copied; its caller may reuse them.
   *
   * @throws ModelTimeoutError when no answer comes in time: the thread is given up, ends by itself, and every
   *   later call throws.
   * @throws ModelStoppedError when the thread is gone.
   * @throws ModelContractError when the graph cannot run on the batch.
   */
  run(batch: Batch, deadlineMs: number): Promise<RawOutputs>
  /** Whether it still answers. */
  alive(): boolean
  /** Ends the thread once its run has returned. What is asked of it then throws. */
  close(): Promise<void>
}

type Waiting = {
  readonly resolve: (outputs: RawOutputs) => void
  readonly reject: (error: BaseError) => void
  readonly timer: NodeJS.Timeout
}

/** Loading a graph takes milliseconds; a machine under load gets its time. */
const START_MS = 30_000

/**
 * Starts a worker thread, loads the model's graph there once and checks what it declares against the manifest.
 *
 * @throws ModelCorruptError when the graph cannot be loaded.
 * @throws ModelContractError when its inputs or outputs are not the manifest's.
 * @throws ModelTimeoutError when it does not load in time.
 */
export async function createSession(model: ModelFiles): Promise<OnnxSession> {
  const { id } = model
  const worker = new Worker(new URL('./sessionWorker.ts', import.meta.url), {
    workerData: model.onnx,
    name: id,
  })
  const waiting = new Map<number, Waiting>()
  let stopped: BaseError | null = null
  let next = 0
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const end = (): Promise<void> => {
    endThread(worker)
    return gone
  }

  const stop = (error: BaseError): void => {
    if (stopped !== null) return
    stopped = error
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer)
      reject(error)
    }
    waiting.clear()
    void end()
  }
  const settle = (message: number): Waiting | null => {
    const found = waiting.get(message)
    if (found === undefined) return null
    waiting.delete(message)
    clearTimeout(found.timer)
    if (waiting.size === 0) worker.unref() // an idle model keeps no process alive
    return found
  }

  const declared = await started(worker, id)
  try {
    checkDeclared(model, declared)
  } catch (error) {
    await end()
    throw error
  }
  worker.unref()
  worker.on('message', (reply: Reply) => {
    if (reply.type === 'done') settle(reply.id)?.resolve(reply.outputs)
    if (reply.type === 'failed')
      settle(reply.id)?.reject(
        new ModelContractError({
          model: id,
          what: 'A run',
          found: `refused by the graph: ${reply.reason}`,
          allowed: 'a graph that runs on any number of rows',
        }),
      )
  })
  worker.on('error', (cause) =>
    stop(new ModelStoppedError({ model: id, found: cause.message, cause })),
  )
  worker.on('exit', (code) => stop(new ModelStoppedError({ model: id, found: `exit ${code}` })))

  return {
    id,
    ...declared,
    alive: () => stopped === null,
    run: (batch, deadlineMs) =>
      new Promise((resolve, reject) => {
        if (stopped !== null) return reject(stopped)
        const message = next++
        const timer = setTimeout(
          () => stop(new ModelTimeoutError({ model: id, deadlineMs })),
          deadlineMs,
        )
        waiting.set(message, { resolve, reject, timer })
        worker.ref()
        worker.postMessage({ type: 'run', id: message, batch } satisfies Request)
      }),
    async close() {
      stop(new ModelStoppedError({ model: id, found: 'closed' }))
      await gone
    },
  }
}

/**
 * Asks a thread to end when what it runs has returned, and keeps the process until it has.
 *
 * Never `terminate`: the runtime throws into a thread that may run no JavaScript any more when its native call returns,
 * and that aborts the whole process.
 */
function endThread(worker: Worker): void {
  worker.ref()
  worker.postMessage({ type: 'end' } satisfies Request)
}

type DeclaredGraph = { readonly inputs: readonly Declared[]; readonly outputs: readonly Declared[] }

/** Waits until the thread has loaded its graph. */
function started(worker: Worker, id: string): Promise<DeclaredGraph> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      worker.off('error', onError).off('exit', onExit).off('message', onMessage)
    }
    const fail = (error: BaseError): void => {
      stop()
      endThread(worker)
      reject(error)
    }
    const onError = (cause: Error): void =>
      fail(new ModelStoppedError({ model: id, found: cause.message, cause }))
    const onExit = (code: number): void =>
      fail(new ModelStoppedError({ model: id, found: `exit ${code} while loading` }))
    const onMessage = (reply: Reply): void => {
      if (reply.type === 'ready') {
        stop()
        resolve({ inputs: reply.inputs, outputs: reply.outputs })
        return
      }
      const found = reply.type === 'unloadable' ? reply.reason : reply.type
      fail(new ModelCorruptError({ what: `model.onnx of ${id}`, found }))
    }
    const timer = setTimeout(
      () => fail(new ModelTimeoutError({ model: id, deadlineMs: START_MS })),
      START_MS,
    )
    worker.on('error', onError).on('exit', onExit).on('message', onMessage)
  })
}
