import { parentPort, workerData } from 'node:worker_threads'
import { runCell, tuneCell } from '../src/policyStudy.ts'
import type { PolicyJob } from './policy.ts'

const job = workerData as PolicyJob
parentPort?.postMessage(
  job.type === 'tune'
    ? tuneCell(job.cell, job.size)
    : runCell(job.cell, job.size, job.tuned, job.from, job.to),
)
