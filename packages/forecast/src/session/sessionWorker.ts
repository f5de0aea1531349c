// Runs one graph for as long as the thread lives: a reload of a session leaks, a thread that ends does not.
import { parentPort, workerData } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Declared, RawTensor, Reply, Request } from './protocol.ts'

const port = parentPort
const reply = (message: Reply, transfer: ArrayBuffer[] = []): void =>
  port?.postMessage(message, transfer)

const session = await load()
if (session !== null) {
  reply({
    type: 'ready',
    inputs: session.inputMetadata.map(declared),
    outputs: session.outputMetadata.map(declared),
  })
  // One after another: `run` yields before it begins, and two that are under way would only wait for each other.
  let last: Promise<void> = Promise.resolve()
  let ended = false
  port?.on('message', (request: Request) => {
    if (request.type === 'end') {
      ended = true
      port.close()
    } else
      last = last.then(() => {
        if (!ended) return answer(session, request)
      })
  })
}

async function load(): Promise<InferenceSession | null> {
  try {
    return await InferenceSession.create(workerData as Uint8Array, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // A batch differs in rows from call to call: patterns kept for each would only grow.
      enableMemPattern: false,
      logSeverityLevel: 3,
    })
  } catch (cause) {
    reply({ type: 'unloadable', reason: words(cause) })
    return null
  }
}

async function answer(
  session: InferenceSession,
  { id, batch }: Request & { readonly type: 'run' },
): Promise<void> {
  try {
    const { rows, features, bars } = batch
    const feeds: Record<string, Tensor> = {
      features: new Tensor('float32', features, [rows, features.length / rows]),
    }
    if (bars !== null) feeds.bars = new Tensor('float32', bars, [rows, bars.length / rows / 4, 4])
    const began = performance.now()
    const results = await session.run(feeds)
    const inferenceMs = performance.now() - began
    const tensors: Record<string, RawTensor> = {}
    const transfer: ArrayBuffer[] = []
    for (const [name, { dims, data, type }] of Object.entries(results)) {
      if (type !== 'float32' || !(data instanceof Float32Array)) continue
      const copy = new Float32Array(data)
      tensors[name] = { dims, data: copy }
      transfer.push(copy.buffer)
    }
    reply({ type: 'done', id, outputs: { tensors, inferenceMs } }, transfer)
  } catch (cause) {
    reply({ type: 'failed', id, reason: words(cause) })
  }
}

function declared(value: InferenceSession.ValueMetadata): Declared {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: 'no tensor', shape: [] }
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
