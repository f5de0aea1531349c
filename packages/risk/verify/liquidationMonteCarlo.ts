import { Worker } from 'node:worker_threads'
import { liquidationBooks, liquidationOwners } from './liquidationGrid.ts'
import type { Hits } from './liquidationPaths.ts'
import type { Share } from './liquidationWorker.ts'
import { HORIZONS, WORLDS } from './liquidationWorlds.ts'

const SHARE = 5_000
const SEED = 911

/** Runs the same number of paths in every world over several threads; `heard` is told how many are done. */
export async function liquidationMonteCarlo(p: {
  readonly paths: number
  readonly threads: number
  heard(done: number, of: number): void
}): Promise<readonly Hits[]> {
  const sums: Hits[] = WORLDS.map(() => ({
    byBook: new Float64Array(liquidationBooks().length * HORIZONS.length),
    byOwner: new Float64Array(liquidationOwners().length),
  }))
  const shares: Share[] = Array.from({ length: Math.ceil(p.paths / SHARE) }, (_, i) =>
    WORLDS.map((_, world) => ({
      world,
      paths: Math.min(SHARE, p.paths - i * SHARE),
      seed: SEED + world,
      stream: i + 1,
    })),
  ).flat()
  const all = p.paths * WORLDS.length
  let next = 0
  let done = 0
  await Promise.all(
    Array.from(
      { length: p.threads },
      () =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(new URL('./liquidationWorker.ts', import.meta.url))
          const feed = () => {
            const share = shares[next++]
            if (share !== undefined) worker.postMessage(share)
            else {
              void worker.terminate()
              resolve()
            }
          }
          worker.on('error', reject)
          worker.on('message', (hits: Hits & Share) => {
            const into = sums[hits.world]
            hits.byBook.forEach((count, i) => {
              if (into) into.byBook[i] = (into.byBook[i] ?? 0) + count
            })
            hits.byOwner.forEach((count, i) => {
              if (into) into.byOwner[i] = (into.byOwner[i] ?? 0) + count
            })
            done += hits.paths
            p.heard(done, all)
            feed()
          })
          feed()
        }),
    ),
  )
  return sums
}
