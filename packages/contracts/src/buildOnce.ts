import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 100

/**
 * Reads a JSON file of the cache, and builds it first where it is missing.
 *
 * Processes that want the same file wait for the one that builds it. The lock saves work and no more: the file appears
 * whole, by a rename, so two builders at once do no harm. A lock whose owner is dead is taken over.
 *
 * @param path - Where the file is kept. Its name must hold a hash of everything the build depends on.
 * @param build - Makes the content.
 */
export async function buildOnce<T>(path: string, build: () => Promise<T>): Promise<T> {
  const ready = await readJson<T>(path)
  if (ready !== null) return ready
  await mkdir(dirname(path), { recursive: true })
  const lock = `${path}.lock`
  while (!(await acquire(lock))) {
    await sleep(POLL_MS)
    const built = await readJson<T>(path)
    if (built !== null) return built
  }
  try {
    const late = await readJson<T>(path)
    if (late !== null) return late
    const content = await build()
    await writeWhole(path, JSON.stringify(content))
    return content
  } finally {
    await rm(lock, { force: true })
  }
}

/** Writes a file that no reader ever sees half written. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, content)
  await rename(draft, path)
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

async function acquire(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''))
  if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true })
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
