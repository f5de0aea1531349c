import type { Artifacts, CompiledContract } from '@plimsoll/contracts'
import { parseEther } from 'viem'
import { type Accounts, quoteTokenDeployer, ROLES } from '../accounts.ts'
import { mineAfter, mineAt } from '../chainTime.ts'
import { type DevnetClient, MULTICALL3 } from '../client.ts'
import { type Deployment, FEEDS } from '../deployment.ts'
import { CHAIN_ID } from '../node/spawnAnvil.ts'
import { deployAave } from './deployAave.ts'
import { createDeployer, type Deployer } from './deployer.ts'
import { deployMorpho } from './deployMorpho.ts'
import { deployPerp, makePerpMarkets } from './deployPerp.ts'
import { deploySynthetix } from './deploySynthetix.ts'
import { type Base, deployTokens } from './deployTokens.ts'
import { deployUniswap } from './deployUniswap.ts'
import { makeSynthetixMarkets } from './makeSynthetixMarkets.ts'
import { answerOf, type StartPrices } from './market.ts'

/** The deployment happens in the day before the devnet's first block. [s] */
export const SETUP_SECONDS = 86_400

const TWAP_HISTORY_SECONDS = 3_600
const OPEN_INTEREST_SECONDS = 300 // before the first block
const LAST_UPDATE_SECONDS = 60

/** Deploys every protocol onto an empty chain and leaves its markets liquid, priced and ready at `timestamp`. */
export async function deployAll(plan: {
  readonly client: DevnetClient
  readonly accounts: Accounts
  readonly artifacts: Artifacts
  readonly morpho: Promise<CompiledContract>
  readonly prices: StartPrices
  /** Time of the devnet's first block. [s] */
  readonly timestamp: number
  readonly onProgress: (message: string) => void
}): Promise<Deployment> {
  const { client, accounts, artifacts, prices, onProgress } = plan
  const maker = accounts.maker.address
  const deployer = createDeployer(client, accounts.deployer.address)
  await fund(client, accounts)
  onProgress('Deploying tokens and feeds')
  await deployMulticall(deployer, artifacts)
  const base = await deployTokens(deployer, artifacts, prices)
  onProgress('Deploying Perp v2')
  const perp = await deployPerp(deployer, base, quoteTokenDeployer())
  onProgress('Deploying Uniswap v3')
  const uniswap = await deployUniswap(deployer, base, maker)
  await mineAfter(client, TWAP_HISTORY_SECONDS)
  await refreshFeeds(deployer, base, perp.markets)
  await makePerpMarkets(deployer, perp, base, maker)
  onProgress('Deploying Aave v3')
  const treasury = accounts.treasury.address
  const aave = await deployAave(deployer, base, { maker, treasury })
  const compiled = await plan.morpho
  onProgress('Deploying Morpho Blue')
  const morpho = await deployMorpho(deployer, compiled, artifacts, base, maker)
  onProgress('Deploying Synthetix PerpsV2')
  const publisher = accounts.deployer.address
  const others = { base, uniswap, maker, publisher }
  const synthetix = await deploySynthetix(deployer, artifacts, others)

  await mineAt(client, BigInt(plan.timestamp - OPEN_INTEREST_SECONDS))
  await refreshFeeds(deployer, base, perp.markets)
  await makeSynthetixMarkets(deployer, synthetix, { accounts, prices })
  await mineAt(client, BigInt(plan.timestamp - LAST_UPDATE_SECONDS))
  await refreshFeeds(deployer, base, perp.markets)
  const startBlock = Number(await client.getBlockNumber()) + 1
  const token = (symbol: keyof Base['tokens']) => {
    const { address, decimals } = base.tokens[symbol]
    return { address, decimals }
  }
  return {
    chainId: CHAIN_ID,
    startBlock,
    multicall3: MULTICALL3,
    tokens: { WETH: token('WETH'), WBTC: token('WBTC'), USDC: token('USDC') },
    feeds: {
      ETH: base.feeds.ETH.address,
      BTC: base.feeds.BTC.address,
      USDC: base.feeds.USDC.address,
    },
    aave,
    morpho,
    uniswap,
    perp,
    synthetix,
  }

  /** Writes the start prices again at the present time, so that no feed is stale, and tells the perp markets. */
  async function refreshFeeds(
    by: Deployer,
    { feeds }: Base,
    markets: Deployment['perp']['markets'],
  ): Promise<void> {
    for (const asset of FEEDS) await by.send(feeds[asset], 'update', [answerOf(prices[asset])])
    for (const { priceFeedDispatcher } of Object.values(markets)) {
      const dispatcher = await by.at(
        '@perp/perp-oracle-contract',
        'PriceFeedDispatcher',
        priceFeedDispatcher,
      )
      await by.send(dispatcher, 'dispatchPrice', [0])
    }
  }
}

async function fund(client: DevnetClient, accounts: Accounts): Promise<void> {
  const value = parseEther('10000')
  const addresses = [...ROLES.map((role) => accounts[role].address), quoteTokenDeployer()]
  for (const address of addresses) await client.setBalance({ address, value })
}

/** Multicall3 stands at its usual address: the code is ours, so it is deployed once and copied there. */
async function deployMulticall(deployer: Deployer, artifacts: Artifacts): Promise<void> {
  const { client } = deployer
  const { address } = await deployer.deploy('Multicall', artifacts.Multicall)
  const bytecode = await client.getCode({ address })
  await client.setCode({ address: MULTICALL3, bytecode: bytecode ?? '0x' })
}
