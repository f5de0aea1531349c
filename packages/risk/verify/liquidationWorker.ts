import { parentPort } from 'node:worker_threads'
import { liquidationPaths } from './liquidationPaths.ts'
import { WORLDS } from './liquidationWorlds.ts'

/** A share of the paths, drawn from a stream of its own: the sum is the same with any number of workers. */
export type Share = {
  readonly world: number
  readonly paths: number
  readonly seed: number
  readonly stream: number
}

parentPort?.on('message', (share: Share) => {
  const world = WORLDS[share.world]
  if (world !== undefined)
    parentPort?.postMessage({
      world: share.world,
      paths: share.paths,
      ...liquidationPaths({ ...share, world }),
    })
})
