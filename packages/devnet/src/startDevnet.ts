import {
  CACHE_DIR,
  compileContracts,
  priceFeedAbi,
  synthetixStandInAbi,
  testTokenAbi,
} from '@plimsoll/contracts'
import { type Address, encodeFunctionData, type Hex, parseAbi, parseGwei } from 'viem'
import { type Accounts, createAccounts } from './accounts.ts'
import { buildState } from './buildState.ts'
import { detachClock, mineAfter, mineAt } from './chainTime.ts'
import { createDevnetClient, type DevnetClient } from './client.ts'
import { START_PRICES, type StartPrices } from './deploy/market.ts'
import type { Deployment, FeedAsset, PerpAsset, TokenSymbol } from './deployment.ts'
import { UnknownSnapshotError } from './errors.ts'
import { CHAIN_ID, spawnAnvil } from './node/spawnAnvil.ts'
import { sendTransaction } from './sendTransaction.ts'
import { signPriceUpdate } from './signPriceUpdate.ts'

/** 2026-01-01T00:00:00Z. */
const DEFAULT_TIMESTAMP = 1_767_225_600
const BASE_FEE = parseGwei('1')
const dispatcherAbi = parseAbi(['function dispatchPrice(uint256 interval)'])

export interface DevnetOptions {
  /** Told what is being done, in words; silent on a warm start. */
  readonly onProgress?: (message: string) => void
  /** Where built contracts and states are kept. The workspace's `.cache` unless given. */
  readonly cacheDir?: string
  /** A free one unless given. */
  readonly port?: number
  /** Time of the first block. [s] */
  readonly timestamp?: number
  /** USD prices at the start: 2000, 40000 and 1 unless given. */
  readonly prices?: Partial<StartPrices>
}

/** The real protocols on a chain of one's own. */
export interface Devnet {
  readonly rpcUrl: string
  readonly chainId: number
  readonly deployment: Deployment
  readonly accounts: Accounts
  readonly client: DevnetClient
  /** Gives an account new tokens. [raw] */
  mint(token: TokenSymbol, to: Address, amount: bigint): Promise<void>
  /** Gives an account new sUSD. [raw] */
  mintSusd(to: Address, amount: bigint): Promise<void>
  /** Sets an account's ETH. [wei] */
  setBalance(address: Address, value: bigint): Promise<void>
  /** Mines one block some seconds after the last; every other block is one second after its parent. [s] */
  mine(seconds: number): Promise<void>
  /** Writes a feed's answer, which Synthetix reads too, and passes it on to Perp v2's market of that asset. [USD 1e8] */
  setFeed(asset: FeedAsset, price: bigint): Promise<void>
  /**
   * Price bytes for the execution of an off-chain Synthetix order, as the oracle's publisher signs them.
   *
   * @param price - [USD 1e8]
   * @param publishTime - An order takes none that is not at least 3 s later than itself. [s]
   */
  signPrice(asset: PerpAsset, price: bigint, publishTime: bigint): Promise<Hex>
  /** Sets what the next block charges per gas; it falls by an eighth with every empty block after. [wei] */
  setBaseFee(value: bigint): Promise<void>
  /** Remembers the chain as it is. */
  snapshot(): Promise<Hex>
  /**
   * Goes back to a snapshot, which is thereby used up.
   *
   * @throws {@link UnknownSnapshotError} when it was used before.
   */
  revert(snapshot: Hex): Promise<void>
  /** Ends the node; resolves when it is gone. */
  stop(): Promise<void>
}

/**
 * Starts a devnet: Aave v3, Morpho Blue, Perp v2, Synthetix PerpsV2 and Uniswap v3 on a local chain, liquid and priced.
 *
 * The first start compiles and deploys for a quarter of a minute and keeps the result; later ones load it. The node ends
 * with this process, however that ends, and does not keep it alive.
 *
 * @throws {@link NodeStartError} when the node does not start, as when the port is taken.
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { port = 0, timestamp = DEFAULT_TIMESTAMP } = options
  const accounts = createAccounts()
  const { statePath, deployment } = await prepare(options)
  const anvil = await spawnAnvil({ timestamp, port, statePath })
  try {
    const client = createDevnetClient(anvil.rpcUrl)
    await detachClock(client)
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: BASE_FEE })
    await mineAt(client, BigInt(timestamp))
    await client.impersonateAccount({ address: accounts.deployer.address })
    return createDevnet({ ...anvil, client, deployment, accounts })
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

/**
 * Where everything is on every devnet started with the same options: on one that another process runs, too.
 *
 * Builds what the first start would build.
 */
export async function loadDeployment(
  options: Omit<DevnetOptions, 'port'> = {},
): Promise<Deployment> {
  return (await prepare(options)).deployment
}

async function prepare(options: Omit<DevnetOptions, 'port'>) {
  const { onProgress = () => {}, cacheDir = CACHE_DIR, timestamp = DEFAULT_TIMESTAMP } = options
  const artifacts = await compileContracts({ cacheDir, onProgress })
  return buildState(
    {
      accounts: createAccounts(),
      artifacts,
      prices: { ...START_PRICES, ...options.prices },
      timestamp,
    },
    { cacheDir, onProgress },
  )
}

function createDevnet(
  base: Pick<Devnet, 'rpcUrl' | 'client' | 'deployment' | 'accounts' | 'stop'>,
): Devnet {
  const { client, deployment, accounts } = base
  const from = accounts.deployer.address
  return {
    ...base,
    chainId: CHAIN_ID,
    async mint(token, to, amount) {
      const data = encodeFunctionData({
        abi: testTokenAbi,
        functionName: 'mint',
        args: [to, amount],
      })
      const { address } = deployment.tokens[token]
      await sendTransaction(client, { action: `${token}.mint`, from, to: address, data })
    },
    async mintSusd(to, amount) {
      const { standIn } = deployment.synthetix
      const data = encodeFunctionData({
        abi: synthetixStandInAbi,
        functionName: 'mint',
        args: [to, amount],
      })
      await sendTransaction(client, { action: 'sUSD.mint', from, to: standIn, data })
    },
    setBalance: (address, value) => client.setBalance({ address, value }),
    mine: (seconds) => mineAfter(client, seconds),
    async setFeed(asset, price) {
      const update = encodeFunctionData({
        abi: priceFeedAbi,
        functionName: 'update',
        args: [price],
      })
      const feed = deployment.feeds[asset]
      await sendTransaction(client, {
        action: `${asset} feed.update`,
        from,
        to: feed,
        data: update,
      })
      if (asset === 'USDC') return
      const { priceFeedDispatcher: to } = deployment.perp.markets[asset]
      const data = encodeFunctionData({ abi: dispatcherAbi, args: [0n] })
      await sendTransaction(client, { action: `${asset} dispatcher.dispatchPrice`, from, to, data })
    },
    signPrice: (asset, price, publishTime) =>
      signPriceUpdate(accounts.deployer, {
        chainId: CHAIN_ID,
        verifier: deployment.synthetix.pyth,
        id: deployment.synthetix.markets[asset].priceFeedId,
        price,
        publishTime,
      }),
    setBaseFee: (baseFeePerGas) => client.setNextBlockBaseFeePerGas({ baseFeePerGas }),
    snapshot: () => client.snapshot(),
    async revert(id) {
      const isReverted: unknown = await client.request({ method: 'evm_revert', params: [id] })
      if (isReverted !== true) throw new UnknownSnapshotError(id)
    },
  }
}
