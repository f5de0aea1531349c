import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Artifacts, buildOnce, pruneCache, writeWhole } from '@plimsoll/contracts'
import type { Accounts } from './accounts.ts'
import { packageDir } from './artifacts.ts'
import { detachClock } from './chainTime.ts'
import { createDevnetClient } from './client.ts'
import { deployAll, SETUP_SECONDS } from './deploy/deployAll.ts'
import { compileMorpho } from './deploy/deployMorpho.ts'
import type { StartPrices } from './deploy/market.ts'
import type { Deployment } from './deployment.ts'
import { dumpState } from './dumpState.ts'
import { spawnAnvil } from './node/spawnAnvil.ts'

const SRC = fileURLToPath(new URL('.', import.meta.url))
const PACKAGES = [
  '@aave/core-v3',
  '@aave/periphery-v3',
  '@foundry-rs/anvil',
  '@morpho-org/morpho-blue',
  '@perp/curie-contract',
  '@perp/perp-oracle-contract',
  '@uniswap/swap-router-contracts',
  '@uniswap/v3-core',
  '@uniswap/v3-periphery',
  'synthetix',
]

/** What a built state depends on besides the code. */
export interface StateInputs {
  readonly accounts: Accounts
  readonly artifacts: Artifacts
  readonly prices: StartPrices
  /** Time of the devnet's first block. [s] */
  readonly timestamp: number
}

/** A chain with everything deployed, ready to be loaded. */
export interface BuiltState {
  readonly statePath: string
  readonly deployment: Deployment
}

/** What the cache keeps beside a state. */
type KeptState = {
  readonly deployment: Deployment
  /** Length of the state's file. [bytes] */
  readonly size: number
}

/** Finds the deployed state in the cache, or deploys everything onto a passing node and keeps the result. */
export async function buildState(
  inputs: StateInputs,
  options: { readonly cacheDir: string; readonly onProgress: (message: string) => void },
): Promise<BuiltState> {
  const states = join(options.cacheDir, 'devnet')
  const folder = join(states, await hashOf(inputs))
  const statePath = join(folder, 'state.json')
  const build = async (): Promise<KeptState> => {
    const { state, deployment } = await deployOnPassingNode(inputs, options)
    await writeWhole(statePath, state)
    await pruneCache(states, Date.now())
    return { deployment, size: (await stat(statePath)).size }
  }
  const { deployment } = await buildOnce<KeptState>(join(folder, 'deployment.json'), build, {
    what: 'the devnet',
    onProgress: options.onProgress,
    isUsable: async ({ size }) => {
      const found = await stat(statePath).catch(() => null)
      return found?.size === size
    },
  })
  return { statePath, deployment }
}

async function deployOnPassingNode(
  inputs: StateInputs,
  {
    cacheDir,
    onProgress,
  }: { readonly cacheDir: string; readonly onProgress: (message: string) => void },
): Promise<{ readonly state: string; readonly deployment: Deployment }> {
  const morpho = compileMorpho(cacheDir, onProgress)
  morpho.catch(() => {}) // its failure is met where it is awaited
  const timestamp = inputs.timestamp - SETUP_SECONDS
  const anvil = await spawnAnvil({ timestamp, port: 0, statePath: null })
  try {
    const client = createDevnetClient(anvil.rpcUrl)
    await client.setAutomine(true)
    await client.request({ method: 'anvil_autoImpersonateAccount', params: [true] } as never)
    await detachClock(client)
    const deployment = await deployAll({ ...inputs, client, morpho, onProgress })
    return { state: await dumpState(client), deployment }
  } finally {
    await anvil.stop()
  }
}

/** Covers the protocol packages, our bytecode, this package's code but for the world that plays upon it, and the inputs. */
async function hashOf({ accounts, artifacts, prices, timestamp }: StateInputs): Promise<string> {
  const hash = createHash('sha256')
  for (const name of PACKAGES) {
    const manifest = JSON.parse(await readFile(join(packageDir(name), 'package.json'), 'utf8'))
    hash.update(`${name} ${manifest.version}\n`)
  }
  for (const folder of ['deploy', 'node', '.']) {
    const files = (await readdir(join(SRC, folder))).filter(isCode).sort()
    for (const file of files) hash.update(await readFile(join(SRC, folder, file)))
  }
  for (const { bytecode } of Object.values(artifacts)) hash.update(bytecode)
  const addresses = Object.values(accounts).map(({ address }) => address)
  hash.update(JSON.stringify([addresses, prices, timestamp]))
  return hash.digest('hex').slice(0, 16)
}

function isCode(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'index.ts'
}
