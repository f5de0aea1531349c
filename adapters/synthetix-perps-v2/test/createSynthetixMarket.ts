import { type Devnet, type PerpAsset, startDevnet } from '@plimsoll/devnet'
import type { Address, BlockRef, Call, Hex } from '@plimsoll/domain'
import { createChainClient, erc20Abi } from '@plimsoll/evm'
import { encodeFunctionData, parseAbi, toHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import {
  type LoadedSynthetixPerpsV2,
  loadSynthetixPerpsV2,
  type SynthetixMarket,
} from '../src/index.ts'

const ONE = 10n ** 18n
const UPDATE_FEE = 1n // wei
/** More than the least age of an order. [s] */
const FILL_DELAY = 3n

const abi = parseAbi([
  'struct DelayedOrder { bool isOffchain; int128 sizeDelta; uint128 desiredFillPrice; uint128 targetRoundId; uint128 commitDeposit; uint128 keeperDeposit; uint256 executableAtTime; uint256 intentionTime; bytes32 trackingCode; }',
  'function delayedOrders(address account) view returns (DelayedOrder)',
  'function executeOffchainDelayedOrder(address account, bytes[] priceUpdateData) payable',
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
])

/** What became of a transaction. */
export type Sent =
  | { readonly type: 'settled'; readonly hash: Hex; readonly block: bigint }
  | { readonly type: 'reverted'; readonly data: Hex }

export type SynthetixBench = Awaited<ReturnType<typeof createSynthetixMarket>>

/** A devnet with a venue on it, and a keeper that fills its orders; `devnet.stop()` ends it. */
export async function createSynthetixMarket() {
  const devnet = await startDevnet()
  const { chainId, deployment, rpcUrl } = devnet
  const { synthetix, multicall3 } = deployment
  const client = await createChainClient({ rpcUrl, chainId, multicall3 })
  const venue: LoadedSynthetixPerpsV2 = await loadSynthetixPerpsV2({
    client,
    chainId,
    addressResolver: synthetix.addressResolver,
    marginToken: { chainId, symbol: 'sUSD', asset: 'USDC', ...synthetix.susd },
    markets: (['ETH', 'BTC'] as const).map((asset) => ({
      name: `${asset}-PERP`,
      asset,
      address: synthetix.markets[asset].proxy,
      key: synthetix.markets[asset].key,
    })),
  })

  let accounts = 0
  const account = async (): Promise<Address> => {
    const address = privateKeyToAddress(toHex(0xa00_000 + ++accounts, { size: 32 }))
    await devnet.setBalance(address, 100n * ONE)
    await devnet.client.impersonateAccount({ address })
    return address
  }
  const keeper = await account()

  const send = async (
    call: { readonly to: Address; readonly data: Hex; readonly value?: bigint },
    from: Address,
  ): Promise<Sent> => {
    const value = toHex(call.value ?? 0n)
    const request = { to: call.to, data: call.data, value, from, gas: toHex(10_000_000n) }
    const receipt = await rpc(devnet, 'eth_sendTransactionSync', [request])
    const { status, transactionHash: hash, blockNumber } = receipt as Record<string, Hex>
    if (hash === undefined || blockNumber === undefined)
      throw new NoReceipt(JSON.stringify(receipt))
    if (status === '0x1') return { type: 'settled', hash, block: BigInt(blockNumber) }
    const trace = await rpc(devnet, 'debug_traceTransaction', [hash, { tracer: 'callTracer' }])
    return { type: 'reverted', data: (trace as { output?: Hex }).output ?? '0x' }
  }

  const feed = async (asset: PerpAsset): Promise<bigint> => {
    const at = { address: deployment.feeds[asset], abi } as const
    return (await client.readContract({ ...at, functionName: 'latestRoundData' }))[1]
  }

  const latest = async (): Promise<BlockRef> => {
    const { number, hash, timestamp, baseFeePerGas } = await client.getBlock()
    return { number, hash, timestamp, gasPrice: baseFeePerGas ?? 0n }
  }

  const marketOf = (name: string): SynthetixMarket => {
    const found = venue.config.markets.find((each) => each.name === name)
    if (found === undefined) throw new NoReceipt(name)
    return found
  }
  const perpAsset = (asset: string): PerpAsset => (asset === 'BTC' ? 'BTC' : 'ETH')

  /** Brings price bytes to an account's order, as soon as it takes any; the feed's price unless given. [USD 1e8] */
  const fill = async (
    owner: Address,
    market: SynthetixMarket,
    { price, by = keeper }: { readonly price?: bigint; readonly by?: Address } = {},
  ): Promise<Sent> => {
    const at = { address: market.address, abi } as const
    const { intentionTime } = await client.readContract({
      ...at,
      functionName: 'delayedOrders',
      args: [owner],
    })
    const wait = intentionTime + FILL_DELAY - (await latest()).timestamp
    if (wait > 0n) await devnet.mine(Number(wait))
    const asset = perpAsset(market.asset)
    const { timestamp } = await latest()
    const update = await devnet.signPrice(asset, price ?? (await feed(asset)), timestamp)
    const functionName = 'executeOffchainDelayedOrder'
    const data = encodeFunctionData({ abi, functionName, args: [owner, [update]] })
    return send({ to: market.address, data, value: UPDATE_FEE }, by)
  }

  return {
    devnet,
    client,
    venue,
    config: venue.config,
    keeper,
    account,
    send,
    feed,
    latest,
    marketOf,
    fill,
    async sendAll(
      calls: readonly Call[],
      from: Address,
    ): Promise<Sent & { readonly index: number }> {
      let sent: Sent = { type: 'reverted', data: '0x' }
      for (const [index, call] of calls.entries()) {
        sent = await send(call, from)
        if (sent.type === 'reverted') return { ...sent, index }
      }
      return { ...sent, index: calls.length - 1 }
    },
    balance: (owner: Address): Promise<bigint> =>
      client.readContract({
        address: synthetix.susd.address,
        abi: erc20Abi,
        functionName: 'balanceOf',
        args: [owner],
      }),
    /** Lets time pass, and has the feeds say again what they said: they go stale. [s] */
    async pass(seconds: number): Promise<void> {
      await devnet.mine(seconds)
      for (const asset of ['ETH', 'BTC'] as const) await devnet.setFeed(asset, await feed(asset))
    },
  }
}

class NoReceipt extends Error {}

function rpc(devnet: Devnet, method: string, params: unknown[]): Promise<unknown> {
  const request = devnet.client.request as (request: {
    method: string
    params: unknown[]
  }) => Promise<unknown>
  return request({ method, params })
}
