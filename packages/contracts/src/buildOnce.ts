import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buryLock, type HeldLock, hasEnded, isCode, readLock, takeLock } from './FileLock.ts'

const POLL_MS = 100
const PATIENCE_MS = 15_000

/** How a file of the cache is built. */
export interface BuildOptions<T> {
  /** What is built, in words: "our contracts". */
  readonly what?: string
  /** Told when another process is being waited for. */
  readonly onProgress?: (message: string) => void
  /** Whether what the cache holds can still be used: files that belong to it may be gone. */
  readonly isUsable?: (content: T) => Promise<boolean>
  /** How long a lock may go without a sign of life. [ms] */
  readonly patienceMs?: number
}

/**
 * Reads a JSON file of the cache, and builds it first where it is missing or broken.
 *
 * Processes that want the same file wait for the one that builds it. The lock saves work and no more: the file appears
 * whole, by a rename, so two builders at once do no harm. A lock whose owner is dead, or gives no sign of life, is taken
 * over, so nobody waits for nothing.
 *
 * @param path - Where the file is kept. Its name, or its folder's, must hold a hash of everything the build depends on.
 * @param build - Makes the content.
 */
export async function buildOnce<T>(
  path: string,
  build: () => Promise<T>,
  options: BuildOptions<T> = {},
): Promise<T> {
  const ready = await readUsable(path, options)
  if (ready !== null) return ready
  await mkdir(dirname(path), { recursive: true })
  const lockPath = `${path}.lock`
  let lock = await takeLock(lockPath)
  if (lock === null) {
    const isAbandoned = createWatch(options)
    while (lock === null) {
      const held = await readLock(lockPath)
      const isHeld = held !== null && !isAbandoned(held)
      if (isHeld) await sleep(POLL_MS)
      else if (held !== null) await buryLock(lockPath, held.id)
      const built = await readUsable(path, options)
      if (built !== null) return built
      if (isHeld) continue
      lock = await takeLock(lockPath)
    }
  }
  try {
    const late = await readUsable(path, options)
    if (late !== null) return late
    const content = await build()
    await writeWhole(path, JSON.stringify(content))
    return content
  } finally {
    await lock.release()
  }
}

/** Writes a file that no reader ever sees half written. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, content)
  await rename(draft, path)
}

/** Tells whether a lock that is looked at again and again has lost its holder. Says once who is waited for. */
function createWatch<T>(options: BuildOptions<T>) {
  const { what = 'a file of the cache', onProgress, patienceMs = PATIENCE_MS } = options
  let told: number | null = null
  let last = ''
  let since = 0
  return (held: HeldLock): boolean => {
    if (hasEnded(held)) return true
    if (held.pid !== null && held.pid !== told) {
      told = held.pid
      onProgress?.(`Waiting for process ${held.pid} to build ${what}`)
    }
    const sign = `${held.id} ${held.beat}`
    const now = performance.now() // by one's own watch, whatever the file system's says
    if (sign !== last) {
      last = sign
      since = now
    }
    return now - since > patienceMs
  }
}

/** Reads what the cache holds, and notes that it was used; null when there is nothing, or nothing that can be used. */
async function readUsable<T>(path: string, { isUsable }: BuildOptions<T>): Promise<T | null> {
  const now = new Date()
  await utimes(dirname(path), now, now).catch(() => {}) // a cache that cannot be written can still be read
  const content = await readJson<T>(path)
  return content === null || (isUsable !== undefined && !(await isUsable(content))) ? null : content
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError) return null
    throw error
  }
}
