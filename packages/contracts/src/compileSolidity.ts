import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { buildOnce } from './buildOnce.ts'
import { CompilationError } from './errors.ts'
import { pruneCache } from './pruneCache.ts'

/** A contract as the compiler gives it. */
export interface CompiledContract {
  readonly abi: readonly unknown[]
  /** What it is deployed from. */
  readonly bytecode: `0x${string}`
  /** What the chain then has, with zeros where {@link immutables} go. */
  readonly runtime: `0x${string}`
  /** Where in the runtime code a constructor writes immutable values. [bytes] */
  readonly immutables: readonly ByteRange[]
}

/** A part of some code. [bytes] */
export interface ByteRange {
  readonly start: number
  readonly length: number
}

const OUTPUT = [
  'abi',
  'evm.bytecode.object',
  'evm.deployedBytecode.object',
  'evm.deployedBytecode.immutableReferences',
]

/** Sources for the compiler, and how to compile them. */
export interface SolidityJob {
  /** Path of the entry file of an installed solc package: `require.resolve('solc')`. */
  readonly compiler: string
  /** Source text by path. */
  readonly sources: Readonly<Record<string, string>>
  /** The compiler's `settings`, but for `outputSelection`. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Paths of the sources whose contracts are wanted. */
  readonly wanted: readonly string[]
  readonly cacheDir: string
  /** Called when the compiler has to run, so not on a warm start. */
  readonly onCompile?: () => void
  /** What is compiled, in words, and who is told when another process does it. */
  readonly what?: string
  readonly onProgress?: (message: string) => void
}

/**
 * Compiles Solidity in a worker, or takes the result of an earlier run from the cache.
 *
 * @returns The wanted contracts by name.
 * @throws {@link CompilationError} when a source has an error.
 */
export async function compileSolidity(job: SolidityJob): Promise<Record<string, CompiledContract>> {
  const compiler = await describe(job.compiler)
  const input = JSON.stringify({
    language: 'Solidity',
    sources: Object.fromEntries(
      Object.entries(job.sources).map(([path, content]) => [path, { content }]),
    ),
    settings: {
      ...job.settings,
      outputSelection: Object.fromEntries(job.wanted.map((path) => [path, { '*': OUTPUT }])),
    },
  })
  const hash = createHash('sha256').update(`${compiler}\n${input}`).digest('hex').slice(0, 16)
  const folder = join(job.cacheDir, 'contracts')
  const build = async () => {
    job.onCompile?.()
    const compiled = parseOutput(compiler, await runCompiler(compiler, job.compiler, input))
    await pruneCache(folder, Date.now())
    return compiled
  }
  return buildOnce(join(folder, hash, 'contracts.json'), build, {
    what: job.what ?? `what ${compiler} compiles`,
    ...(job.onProgress === undefined ? {} : { onProgress: job.onProgress }),
  })
}

async function describe(compilerPath: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(dirname(compilerPath), 'package.json'), 'utf8'))
  return `${manifest.name} ${manifest.version}`
}

function runCompiler(compiler: string, path: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./solcWorker.ts', import.meta.url), {
      workerData: { compiler: path, input },
      execArgv: [],
    })
    const fail = (cause: unknown) =>
      reject(new CompilationError({ compiler, messages: [String(cause)], cause }))
    worker.once('message', (output: string) => {
      resolve(output)
      void worker.terminate()
    })
    worker.once('error', fail)
    worker.once('exit', (code) => fail(`the worker ended with code ${code}`))
  })
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly abi: readonly unknown[]
            readonly evm: {
              readonly bytecode: { readonly object: string }
              readonly deployedBytecode: {
                readonly object: string
                readonly immutableReferences?: Readonly<Record<string, readonly ByteRange[]>>
              }
            }
          }
        >
      >
    >
  >
}

function parseOutput(compiler: string, json: string): Record<string, CompiledContract> {
  const output = JSON.parse(json) as SolcOutput
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0)
    throw new CompilationError({
      compiler,
      messages: errors.map((error) => error.formattedMessage),
    })
  const compiled: Record<string, CompiledContract> = {}
  for (const contracts of Object.values(output.contracts ?? {}))
    for (const [name, { abi, evm }] of Object.entries(contracts))
      if (evm.bytecode.object !== '')
        compiled[name] = {
          abi,
          bytecode: `0x${evm.bytecode.object}`,
          runtime: `0x${evm.deployedBytecode.object}`,
          immutables: Object.values(evm.deployedBytecode.immutableReferences ?? {}).flat(),
        }
  return compiled
}
