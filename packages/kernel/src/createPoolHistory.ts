import { type DepthReading, type Frame, numberFromUsd, numberFromWad } from '@plimsoll/domain'
import type { PoolHistory } from '@plimsoll/risk'

/** What each pool was like over the last half hour: what circuit breakers compare its spot with. */
export type PoolMemory = {
  /** Keeps the depth readings of a frame. */
  observe(frame: Frame): void
  /** Of pools seen for long enough: the average spot weighted by time, and the depth at the start. */
  read(): readonly PoolHistory[]
}

const WINDOW_SECONDS = 1_800
/** A shorter memory says nothing of half an hour. */
const SHORTEST_SECONDS = 600

type Seen = { readonly at: number; readonly spot: number; readonly depth: number }

/**
 * Creates a memory of pools, in memory only: after a restart it takes ten minutes until a pool is known again.
 *
 * The average is over what was seen: a spot counts until the next frame. It is not the pool's own oracle.
 */
export function createPoolHistory(): PoolMemory {
  const pools = new Map<string, { readonly pool: DepthReading; readonly seen: Seen[] }>()
  return {
    observe({ block, depth }) {
      const at = Number(block.timestamp)
      for (const pool of depth) {
        const key = `${pool.venue} ${pool.base.address} ${pool.quote.address} ${pool.fee}`
        const seen = pools.get(key)?.seen ?? []
        const last = seen.at(-1)
        if (last !== undefined && at <= last.at) continue
        seen.push({
          at,
          spot: numberFromWad(pool.spot),
          depth: Math.min(numberFromUsd(pool.depthDown), numberFromUsd(pool.depthUp)),
        })
        // The first one kept may be older than the window: it was the spot when the window began.
        while (seen[1] !== undefined && seen[1].at <= at - WINDOW_SECONDS) seen.shift()
        pools.set(key, { pool, seen })
      }
    },
    read: () =>
      [...pools.values()].flatMap(({ pool, seen }) => {
        const first = seen[0]
        const last = seen.at(-1)
        if (first === undefined || last === undefined) return []
        if (last.at - first.at < SHORTEST_SECONDS) return []
        return [
          {
            venue: pool.venue,
            asset: pool.asset,
            fee: pool.fee,
            quote: pool.quote.asset,
            twap30m: averageOf(seen, last.at - WINDOW_SECONDS),
            depthBefore: first.depth,
          },
        ]
      }),
  }
}

/** Average of spots from a moment on, each for the time until the next. */
function averageOf(seen: readonly Seen[], from: number): number {
  let weighted = 0
  let time = 0
  for (const [i, { at, spot }] of seen.entries()) {
    const until = seen[i + 1]?.at
    if (until === undefined) break
    const length = until - Math.max(at, from)
    weighted += spot * length
    time += length
  }
  return weighted / time
}
