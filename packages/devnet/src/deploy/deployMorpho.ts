import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Artifacts, type CompiledContract, compileSolidity } from '@plimsoll/contracts'
import { type Address, encodeAbiParameters, keccak256, parseUnits } from 'viem'
import { packageDir } from '../artifacts.ts'
import { FEED_OF, type MorphoDeployment, type MorphoMarket } from '../deployment.ts'
import { MissingArtifactError } from '../errors.ts'
import type { Contract, Deployer } from './deployer.ts'
import type { Base } from './deployTokens.ts'
import { amountWorth, MORPHO_LIQUIDITY_USD } from './market.ts'

const PACKAGE = '@morpho-org/morpho-blue'
const LLTV = parseUnits('0.86', 18)
const SECONDS_PER_YEAR = 31_536_000n
const MAX = 2n ** 256n - 1n

// The adaptive curve of Morpho, held still at its first rates: 1 %, 4 % and 16 % a year at 0 %, 90 % and 100 %.
const RATE_CURVE = [
  parseUnits('0.9', 18),
  parseUnits('0.01', 18) / SECONDS_PER_YEAR,
  parseUnits('0.04', 18) / SECONDS_PER_YEAR,
  parseUnits('0.16', 18) / SECONDS_PER_YEAR,
]

/** Compiles Morpho Blue from the sources of its package, with its own compiler and settings: some ten seconds, once. */
export async function compileMorpho(
  cacheDir: string,
  onProgress: (message: string) => void,
): Promise<CompiledContract> {
  const folder = packageDir(PACKAGE)
  const sources: Record<string, string> = {}
  for (const part of ['src', 'src/interfaces', 'src/libraries'])
    for (const file of (await readdir(join(folder, part))).filter((name) => name.endsWith('.sol')))
      sources[`${part}/${file}`] = await readFile(join(folder, part, file), 'utf8')
  const compiled = await compileSolidity({
    compiler: createRequire(import.meta.url).resolve('solc-0.8.19'),
    sources,
    settings: {
      viaIR: true,
      optimizer: { enabled: true, runs: 999_999 },
      evmVersion: 'paris',
      metadata: { bytecodeHash: 'none' },
    },
    wanted: ['src/Morpho.sol'],
    cacheDir,
    what: 'Morpho Blue',
    onCompile: () => onProgress('Compiling Morpho Blue (some ten seconds, once)'),
    onProgress,
  })
  const morpho = compiled.Morpho
  if (morpho === undefined)
    throw new MissingArtifactError({ packageName: PACKAGE, contract: 'Morpho', found: 0 })
  return morpho
}

/** Deploys Morpho Blue with a WETH/USDC and a WBTC/USDC market, and lends and borrows on both as the maker. */
export async function deployMorpho(
  deployer: Deployer,
  compiled: CompiledContract,
  artifacts: Artifacts,
  base: Base,
  maker: Address,
): Promise<MorphoDeployment> {
  const morpho = await deployer.deploy('Morpho', compiled, [deployer.account])
  const irm = await deployer.deploy('KinkedRateModel', artifacts.KinkedRateModel, RATE_CURVE)
  await deployer.send(morpho, 'enableIrm', [irm.address])
  await deployer.send(morpho, 'enableLltv', [LLTV])
  const { USDC } = base.tokens
  await deployer.send(USDC, 'approve', [morpho.address, MAX], maker)

  const open = async (collateral: 'WETH' | 'WBTC'): Promise<MorphoMarket> => {
    const oracle = await deployer.deploy(`${collateral}/USDC oracle`, artifacts.FeedRatioOracle, [
      base.feeds[FEED_OF[collateral]].address,
      base.tokens[collateral].address,
      base.feeds.USDC.address,
      USDC.address,
    ])
    const params = {
      loanToken: USDC.address,
      collateralToken: base.tokens[collateral].address,
      oracle: oracle.address,
      irm: irm.address,
      lltv: LLTV,
    }
    await deployer.send(morpho, 'createMarket', [params])
    await lend(deployer, { morpho, params, base, collateral, maker })
    return {
      id: marketId(params),
      collateral,
      loan: 'USDC',
      params: { ...params, lltv: LLTV.toString() },
    }
  }
  const [weth, wbtc] = [await open('WETH'), await open('WBTC')]
  return {
    morpho: morpho.address,
    irm: irm.address,
    oracles: { WETH: weth.params.oracle, WBTC: wbtc.params.oracle },
    markets: [weth, wbtc],
  }
}

interface Params {
  readonly loanToken: Address
  readonly collateralToken: Address
  readonly oracle: Address
  readonly irm: Address
  readonly lltv: bigint
}

function marketId({ loanToken, collateralToken, oracle, irm, lltv }: Params) {
  const types = ['address', 'address', 'address', 'address', 'uint256'].map((type) => ({ type }))
  return keccak256(encodeAbiParameters(types, [loanToken, collateralToken, oracle, irm, lltv]))
}

async function lend(
  deployer: Deployer,
  market: {
    readonly morpho: Contract
    readonly params: Params
    readonly base: Base
    readonly collateral: 'WETH' | 'WBTC'
    readonly maker: Address
  },
): Promise<void> {
  const { morpho, params, base, maker } = market
  const token = base.tokens[market.collateral]
  const { USDC } = base.tokens
  const { supply, borrow, collateral } = MORPHO_LIQUIDITY_USD
  const posted = amountWorth(collateral, token.price, token.decimals)
  const usdc = (value: number) => amountWorth(value, USDC.price, USDC.decimals)
  await deployer.send(USDC, 'mint', [maker, usdc(supply)])
  await deployer.send(token, 'mint', [maker, posted])
  await deployer.send(token, 'approve', [morpho.address, MAX], maker)
  await deployer.send(morpho, 'supply', [params, usdc(supply), 0n, maker, '0x'], maker)
  await deployer.send(morpho, 'supplyCollateral', [params, posted, maker, '0x'], maker)
  await deployer.send(morpho, 'borrow', [params, usdc(borrow), 0n, maker, maker], maker)
}
