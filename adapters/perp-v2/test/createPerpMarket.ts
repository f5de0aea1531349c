import { type Devnet, type PerpAsset, startDevnet } from '@plimsoll/devnet'
import type { Address, BlockRef, Hex, PerpVenue } from '@plimsoll/domain'
import { type ChainClient, createChainClient, erc20Abi } from '@plimsoll/evm'
import { type Abi, encodeFunctionData, parseAbi, toHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { clearingHouseAbi, vaultAbi } from '../src/abi.ts'
import { createPerpV2, type PerpV2Config } from '../src/index.ts'

const ONE = 10n ** 18n
const Q96 = 2n ** 96n
const feedAbi = parseAbi([
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
])
const poolAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24, uint16, uint16, uint16, uint8, bool)',
])

/** What became of a transaction. */
export type Sent =
  | { readonly type: 'settled'; readonly hash: Hex }
  | { readonly type: 'reverted'; readonly data: Hex }

/** A devnet with a venue on it, and a whale that moves its pools. */
export type PerpMarket = {
  readonly devnet: Devnet
  readonly client: ChainClient
  readonly venue: PerpVenue
  readonly config: PerpV2Config
  readonly whale: Address
  latest(): Promise<BlockRef>
  account(): Promise<Address>
  send(call: { readonly to: Address; readonly data: Hex }, from: Address): Promise<Sent>
  /** A feed's answer. [USD 1e8] */
  feed(asset: PerpAsset): Promise<bigint>
  /** Trades until the pool stands at a price [USD], as far as the market allows each time, waiting before. [s] */
  pullPool(asset: PerpAsset, to: number, wait?: number): Promise<void>
}

/** Creates it; `devnet.stop()` ends it. */
export async function createPerpMarket(): Promise<PerpMarket> {
  const devnet = await startDevnet()
  const { chainId, deployment, rpcUrl } = devnet
  const { perp, tokens, multicall3 } = deployment
  const client = await createChainClient({ rpcUrl, chainId, multicall3 })
  const { address, decimals } = tokens.USDC
  const config: PerpV2Config = {
    chainId,
    clearingHouse: perp.clearingHouse,
    clearingHouseConfig: perp.clearingHouseConfig,
    vault: perp.vault,
    accountBalance: perp.accountBalance,
    exchange: perp.exchange,
    marginToken: { chainId, address, symbol: 'USDC', decimals, asset: 'USDC' },
    markets: [
      { name: 'ETH', asset: 'ETH', ...perp.markets.ETH },
      { name: 'BTC', asset: 'BTC', ...perp.markets.BTC },
    ],
  }

  let accounts = 0
  const account = async (): Promise<Address> => {
    const address = privateKeyToAddress(toHex(0x900_000 + ++accounts, { size: 32 }))
    await devnet.setBalance(address, 100n * ONE)
    await devnet.client.impersonateAccount({ address })
    return address
  }

  const send: PerpMarket['send'] = async (call, from) => {
    const request = { ...call, from, gas: toHex(10_000_000n) }
    const receipt = await rpc(devnet, 'eth_sendTransactionSync', [request])
    const { status, transactionHash: hash } = receipt as { status: Hex; transactionHash: Hex }
    if (status === '0x1') return { type: 'settled', hash }
    const trace = await rpc(devnet, 'debug_traceTransaction', [hash, { tracer: 'callTracer' }])
    return { type: 'reverted', data: (trace as { output?: Hex }).output ?? '0x' }
  }

  const whale = await account()
  const must = async (abi: Abi, to: Address, functionName: string, args: unknown[]) => {
    const sent = await send({ to, data: encodeFunctionData({ abi, functionName, args }) }, whale)
    if (sent.type === 'reverted') throw new WhaleRefusal(`${functionName}: ${sent.data}`)
  }
  const purse = 10n ** 15n // a billion USDC
  await devnet.mint('USDC', whale, purse)
  await must(erc20Abi, address, 'approve', [perp.vault, purse])
  await must(vaultAbi, perp.vault, 'deposit', [address, purse])

  const sqrtPrice = async (asset: PerpAsset): Promise<bigint> => {
    const at = { address: perp.markets[asset].pool, abi: poolAbi } as const
    return (await client.readContract({ ...at, functionName: 'slot0' }))[0]
  }

  return {
    devnet,
    client,
    venue: createPerpV2({ client, ...config }),
    config,
    whale,
    account,
    send,
    async latest() {
      const { number, hash, timestamp, baseFeePerGas } = await client.getBlock()
      return { number, hash, timestamp, gasPrice: baseFeePerGas ?? 0n }
    },
    async feed(asset) {
      const at = { address: deployment.feeds[asset], abi: feedAbi } as const
      return (await client.readContract({ ...at, functionName: 'latestRoundData' }))[1]
    },
    async pullPool(asset, to, wait = 15) {
      const goal = BigInt(Math.round(Math.sqrt(to) * 1e9)) * (Q96 / 10n ** 9n)
      for (;;) {
        const now = await sqrtPrice(asset)
        if (now === goal) return
        const isBaseToQuote = goal < now
        // A 9 % step: the market allows 10 % per 15 s.
        const edge = isBaseToQuote ? (now * 955n) / 1_000n : (now * 1_045n) / 1_000n
        const sqrtPriceLimitX96 = isBaseToQuote === goal > edge ? goal : edge
        await devnet.mine(wait)
        await must(clearingHouseAbi, perp.clearingHouse, 'openPosition', [
          {
            baseToken: perp.markets[asset].baseToken,
            isBaseToQuote,
            isExactInput: true,
            amount: isBaseToQuote ? 10n ** 24n : 10n ** 27n,
            oppositeAmountBound: 0n,
            deadline: 2n ** 64n,
            sqrtPriceLimitX96,
            referralCode: toHex(0, { size: 32 }),
          },
        ])
      }
    },
  }
}

class WhaleRefusal extends Error {}

function rpc(devnet: Devnet, method: string, params: unknown[]): Promise<unknown> {
  const request = devnet.client.request as (request: {
    method: string
    params: unknown[]
  }) => Promise<unknown>
  return request({ method, params })
}
