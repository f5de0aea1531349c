import { type Price, price, sameAddress } from '@plimsoll/domain'
import { type Address, encodeFunctionData, erc20Abi } from 'viem'
import type { FeedAsset } from '../deployment.ts'
import { swapRouterAbi, uniswapPoolAbi } from './abis.ts'
import { arbitrageTarget, fairSqrtPrice } from './arbitrageTarget.ts'
import type { WorldCall } from './createBlockBuilder.ts'
import type { Stage } from './Stage.ts'
import type { SeededRandom } from './seededRandom.ts'
import { mintSusdCall } from './synthetixCalls.ts'

const INVENTORY = 10n ** 28n // far more than the pool can take, of either token
const PAR = price(10n ** 18n)
const GAS = 2_500_000n
const MAX = 2n ** 256n - 1n
const SMALLEST = 50_000 // USD
const LARGEST = 400_000 // USD

/** Keeps the pool of sUSD and USDC at par. */
export interface PegTrader {
  /** What it needs before its first trade; its USDC it has as an arbitrageur. */
  readonly inventory: readonly WorldCall[]
  /** The trade that pulls the pool to within its fee of par; none where none pays. */
  plan(prices: Readonly<Record<FeedAsset, Price>>): Promise<readonly WorldCall[]>
  /** Others' trades of a frame, one each way, of seeded sizes: the pool has volume and stays about where it is. */
  flow(): readonly WorldCall[]
}

/** Creates the part of the arbitrageur that trades sUSD as the dollar it is worth in margin. */
export function createPegTrader(stage: Stage, random: SeededRandom): PegTrader {
  const { client, deployment, tokens } = stage
  const { susd, susdPool } = deployment.synthetix
  const by = stage.accounts.arbitrageur.address
  const router = deployment.uniswap.swapRouter02
  const isSusdFirst = sameAddress(susdPool.token0, susd.address)
  const [decimals0, decimals1] = isSusdFirst
    ? [susd.decimals, tokens.USDC.decimals]
    : [tokens.USDC.decimals, susd.decimals]

  const swapCall = (
    what: string,
    p: {
      readonly tokenIn: Address
      readonly tokenOut: Address
      readonly amountIn: bigint
      readonly limit: bigint
    },
  ): WorldCall => ({
    action: `${what} of sUSD on uniswap-v3`,
    from: by,
    to: router,
    gas: GAS,
    data: encodeFunctionData({
      abi: swapRouterAbi,
      functionName: 'exactInputSingle',
      args: [
        {
          tokenIn: p.tokenIn,
          tokenOut: p.tokenOut,
          fee: susdPool.fee,
          recipient: by,
          amountIn: p.amountIn,
          amountOutMinimum: 0n,
          sqrtPriceLimitX96: p.limit,
        },
      ],
    }),
  })

  return {
    inventory: [
      mintSusdCall(stage, by, INVENTORY),
      {
        action: 'sUSD.approve',
        from: by,
        to: susd.address,
        data: encodeFunctionData({
          abi: erc20Abi,
          functionName: 'approve',
          args: [router, MAX],
        }),
      },
    ],
    async plan(prices) {
      const [current] = await client.readContract({
        address: susdPool.address,
        abi: uniswapPoolAbi,
        functionName: 'slot0',
      })
      const [price0, price1] = isSusdFirst ? [PAR, prices.USDC] : [prices.USDC, PAR]
      const fair = fairSqrtPrice({ decimals0, decimals1 }, price0, price1)
      const target = arbitrageTarget({ current, fair, feeE6: susdPool.fee })
      if (target === null || target.limit === current) return []
      const [tokenIn, tokenOut] = target.zeroForOne
        ? [susdPool.token0, susdPool.token1]
        : [susdPool.token1, susdPool.token0]
      return [
        swapCall('arbitrage', { tokenIn, tokenOut, amountIn: INVENTORY, limit: target.limit }),
      ]
    },
    flow() {
      const { address: usdc } = tokens.USDC
      const worth = (decimals: number) =>
        BigInt(Math.round(SMALLEST * (LARGEST / SMALLEST) ** random.uniform(0, 1))) *
        10n ** BigInt(decimals)
      return [
        swapCall('flow', {
          tokenIn: susd.address,
          tokenOut: usdc,
          amountIn: worth(susd.decimals),
          limit: 0n,
        }),
        swapCall('flow', {
          tokenIn: usdc,
          tokenOut: susd.address,
          amountIn: worth(tokens.USDC.decimals),
          limit: 0n,
        }),
      ]
    },
  }
}
