import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const KEPT = 6
const IN_USE_MS = 3_600_000

/**
 * Removes old folders of the cache: all but the newest few, and none that was used within the hour.
 *
 * A folder's time is that of its last use, which {@link buildOnce} notes before it reads.
 *
 * @param folder - Holds a folder per thing built.
 * @param now - [ms]
 * @param kept - How many stay however old they are.
 */
export async function pruneCache(folder: string, now: number, kept = KEPT): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory())
  const used = await Promise.all(
    folders.map(async ({ name }) => {
      const path = join(folder, name)
      return { path, at: await lastUse(path) }
    }),
  )
  const old = used
    .sort((a, b) => b.at - a.at)
    .slice(kept)
    .filter(({ at }) => now - at > IN_USE_MS)
  for (const { path, at } of old)
    if ((await lastUse(path)) === at) await rm(path, { recursive: true, force: true })
}

/** [ms] Zero when the folder is gone. */
async function lastUse(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}
