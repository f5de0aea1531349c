import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CompiledContract, compileSolidity } from './compileSolidity.ts'

const FOLDER = fileURLToPath(new URL('../solidity/', import.meta.url))

/** The workspace's cache of built things; ignored by git. */
export const CACHE_DIR = fileURLToPath(new URL('../../../.cache/', import.meta.url))

/** How, and from what, our own contracts are built. */
export interface CompileOptions {
  readonly cacheDir?: string
  readonly onProgress?: (message: string) => void
}

/** Compiles every source of ours. Gives the compiler's own ABIs, untyped. */
export async function compileSources(
  options: CompileOptions = {},
): Promise<Record<string, CompiledContract>> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sol')).sort()
  const sources: Record<string, string> = {}
  for (const name of names) sources[name] = await readFile(join(FOLDER, name), 'utf8')
  return compileSolidity({
    compiler: createRequire(import.meta.url).resolve('solc'),
    sources,
    settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: 'cancun' },
    wanted: names,
    cacheDir: options.cacheDir ?? CACHE_DIR,
    what: 'our contracts',
    onCompile: () => options.onProgress?.('Compiling our contracts'),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  })
}
