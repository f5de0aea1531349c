import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { NodeStartError } from '../errors.ts'
import { anvilBinary } from './anvilBinary.ts'

const GUARD = fileURLToPath(new URL('./anvilGuard.ts', import.meta.url))
const START_TIMEOUT_MS = 60_000
const READY = /Listening on (\S+:\d+)/

export const CHAIN_ID = 31337

/** A running node. */
export interface Anvil {
  readonly rpcUrl: string
  /** Kills the node; resolves when it is gone. May be called again. */
  stop(): Promise<void>
}

/**
 * Starts anvil under a guard that ends it with this process, and waits until it listens.
 *
 * Neither the node nor its pipes keep this process alive.
 *
 * @throws {@link NodeStartError} when it ends or stays silent instead.
 */
export async function spawnAnvil(options: {
  /** Time of the genesis block. [s] */
  readonly timestamp: number
  /** 0 lets the system choose a free one. */
  readonly port: number
  /** File of a state to load, null for an empty chain. */
  readonly statePath: string | null
}): Promise<Anvil> {
  const args = ['--port', options.port, '--chain-id', CHAIN_ID, '--timestamp', options.timestamp]
  const fixed = ['--host', '127.0.0.1', '--hardfork', 'prague', '--accounts', 1, '--balance', 0]
  const state = options.statePath === null ? [] : ['--load-state', options.statePath]
  const guard = spawn(
    process.execPath,
    [GUARD, anvilBinary(), ...[...args, ...fixed, ...state].map(String)],
    // Its own process group: Ctrl-C reaches the holder, which may still have to close what stands on the chain.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  )
  const gone = new Promise<void>((resolve) => {
    guard.once('exit', () => resolve())
    guard.once('error', () => resolve()) // it never was
  })
  const stop = async () => {
    guard.ref()
    guard.stdin.destroy()
    await gone
  }
  try {
    const rpcUrl = await listening(guard)
    release(guard)
    return { rpcUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function listening(guard: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (reason: string) => {
      clearTimeout(timer)
      reject(new NodeStartError({ reason, output: output.trim().slice(-500) }))
    }
    const timer = setTimeout(() => fail(`silent for ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS)
    const listen = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-5_000)
      const address = READY.exec(output)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(`http://${address}`)
    }
    guard.stdout?.on('data', listen)
    guard.stderr?.on('data', listen)
    guard.once('error', (error) => fail(error.message))
    guard.once('exit', (code) => fail(`it ended with code ${code}`))
  })
}

/** Keeps the pipes drained, so that anvil never waits to write, without holding the process open. */
function release(guard: ChildProcess): void {
  for (const stream of [guard.stdout, guard.stderr]) {
    stream?.removeAllListeners('data')
    stream?.resume()
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
  const leash = guard.stdin
  if (leash !== null && 'unref' in leash && typeof leash.unref === 'function') leash.unref()
  guard.unref()
}
