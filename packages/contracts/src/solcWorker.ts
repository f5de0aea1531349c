import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

// Runs solc-js, which computes for seconds to minutes without a pause, off the main thread.
interface Job {
  readonly compiler: string
  readonly input: string
}

const { compiler, input } = workerData as Job
const solc = createRequire(import.meta.url)(compiler) as { compile(input: string): string }
parentPort?.postMessage(solc.compile(input))
