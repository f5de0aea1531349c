import { randomUUID } from 'node:crypto'
import { type FileHandle, link, open, readFile, rename, rm, stat } from 'node:fs/promises'

const HEARTBEAT_MS = 1_000

/** A lock that this process holds. */
export interface FileLock {
  /** Gives the lock up; one that was taken away in the meantime is left to its new holder. */
  release(): Promise<void>
}

/** A lock that someone holds. */
export interface HeldLock {
  /** Differs from one taking to the next. */
  readonly id: string
  /** Process of the holder; null when the file does not say. */
  readonly pid: number | null
  /** When the holder last gave a sign of life. [ms] */
  readonly beat: number
}

/**
 * Takes a lock unless someone has it.
 *
 * The file appears whole, by a link, and its holder touches it every second: a lock that is not touched has no holder.
 *
 * @returns null when someone has it.
 */
export async function takeLock(path: string): Promise<FileLock | null> {
  const id = randomUUID()
  const draft = `${path}.${id}`
  const file = await open(draft, 'wx')
  try {
    await file.writeFile(JSON.stringify({ id, pid: process.pid, since: new Date().toISOString() }))
    await link(draft, path)
  } catch (error) {
    await file.close()
    if (isCode(error, 'EEXIST')) return null
    throw error
  } finally {
    await rm(draft, { force: true })
  }
  return hold(path, id, file)
}

/** Who holds a lock; null when nobody does. */
export async function readLock(path: string): Promise<HeldLock | null> {
  try {
    const [{ mtimeMs: beat }, text] = await Promise.all([stat(path), readFile(path, 'utf8')])
    const { id, pid } = parse(text)
    return { id, pid, beat }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

/**
 * Removes a lock that its holder left behind, and no other: a newer one that took its place is put back.
 *
 * @param id - Of the lock that was found abandoned.
 */
export async function buryLock(path: string, id: string): Promise<void> {
  const grave = `${path}.${randomUUID()}`
  try {
    await rename(path, grave)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return
    throw error
  }
  if ((await readLock(grave))?.id !== id)
    await link(grave, path).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error
    })
  await rm(grave, { force: true })
}

/** Whether the process that took a lock has certainly ended. Its number may have gone to another: then nothing is certain. */
export function hasEnded({ pid }: HeldLock): boolean {
  if (pid === null) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return isCode(error, 'ESRCH')
  }
}

/** Whether an error of the system has a code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function hold(path: string, id: string, file: FileHandle): FileLock {
  // By the handle and not by the name, which may have become another's.
  const beat = () => void file.utimes(new Date(), new Date()).catch(() => {})
  const heart = setInterval(beat, HEARTBEAT_MS)
  heart.unref()
  return {
    async release() {
      clearInterval(heart)
      await file.close()
      if ((await readLock(path))?.id === id) await rm(path, { force: true })
    },
  }
}

function parse(text: string): Pick<HeldLock, 'id' | 'pid'> {
  try {
    const { id, pid } = JSON.parse(text)
    if (typeof id === 'string' && Number.isInteger(pid) && pid > 0) return { id, pid }
  } catch {
    // Empty, or not of our writing: someone's all the same, until it is seen that nobody touches it.
  }
  return { id: `unknown ${text}`, pid: null }
}
