import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Abi, Address, Hex } from 'viem'
import { MissingArtifactError, MissingLibraryError } from './errors.ts'
import { readSynthetixArtifact } from './synthetixArtifacts.ts'

/** What a protocol's package holds about one contract. */
export interface ProtocolArtifact {
  readonly contractName: string
  readonly abi: Abi
  /** Unlinked where the contract uses libraries: see {@link link}. */
  readonly bytecode: string
  readonly linkReferences: Readonly<
    Record<
      string,
      Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>
    >
  >
}

const require = createRequire(import.meta.url)
const listings = new Map<string, Promise<readonly string[]>>()

/** Folder of an installed package. */
export function packageDir(packageName: string): string {
  return dirname(require.resolve(`${packageName}/package.json`))
}

/**
 * Reads the compiled contract that a protocol's npm package ships.
 *
 * @throws {@link MissingArtifactError} when the package has none of that name, or several.
 */
export async function loadArtifact(
  packageName: string,
  contract: string,
): Promise<ProtocolArtifact> {
  if (packageName === 'synthetix') {
    const artifact = await readSynthetixArtifact(packageDir(packageName), contract)
    if (artifact === null) throw new MissingArtifactError({ packageName, contract, found: 0 })
    return artifact
  }
  const listing = listings.get(packageName) ?? list(join(packageDir(packageName), 'artifacts'))
  listings.set(packageName, listing)
  const found = (await listing).filter((path) => basename(path) === `${contract}.json`)
  const [path] = found
  if (path === undefined || found.length > 1)
    throw new MissingArtifactError({ packageName, contract, found: found.length })
  return JSON.parse(await readFile(path, 'utf8')) as ProtocolArtifact
}

async function list(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Puts the addresses of its libraries into a contract's bytecode. */
export function link(
  artifact: ProtocolArtifact,
  libraries: Readonly<Record<string, Address>> = {},
): Hex {
  let code = artifact.bytecode.replace(/^0x/, '')
  for (const file of Object.values(artifact.linkReferences ?? {})) {
    for (const [library, places] of Object.entries(file)) {
      const address = libraries[library]?.slice(2).toLowerCase()
      if (address === undefined)
        throw new MissingLibraryError({ contract: artifact.contractName, library })
      for (const { start, length } of places)
        code = code.slice(0, start * 2) + address + code.slice((start + length) * 2)
    }
  }
  return `0x${code}`
}
