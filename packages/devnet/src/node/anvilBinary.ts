import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { NodeBinaryError } from '../errors.ts'

/** Path of anvil's binary. It comes in a package per platform, beside `@foundry-rs/anvil`, and needs no install script. */
export function anvilBinary(): string {
  const platform = process.platform
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const executable = platform === 'win32' ? 'anvil.exe' : 'anvil'
  try {
    const manifest = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
    return createRequire(manifest).resolve(
      `@foundry-rs/anvil-${platform}-${arch}/bin/${executable}`,
    )
  } catch (cause) {
    throw new NodeBinaryError({ platform: `${platform}-${arch}`, cause })
  }
}

/** What anvil says of itself, in one line. @throws {@link NodeBinaryError} when there is no binary. */
export async function anvilVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(anvilBinary(), ['--version'])
  return stdout.split('\n')[0]?.trim() ?? ''
}
