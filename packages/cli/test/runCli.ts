import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** How a run of the command ended. */
export type Outcome = { readonly code: number | null; readonly out: string; readonly err: string }

/** Starts `plimsoll` as a shell would, with no market data unless the environment names some. */
export function spawnCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const { PLIMSOLL_DATA: _, ...inherited } = process.env
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...env },
  })
}

/** Runs `plimsoll` to its end. */
export async function runCli(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const child = spawnCli(args, env)
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}
