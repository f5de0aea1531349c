import { type Price, price, sameAddress } from '@plimsoll/domain'
import { encodeFunctionData, erc20Abi } from 'viem'
import type { FeedAsset } from '../deployment.ts'
import { swapRouterAbi, uniswapPoolAbi } from './abis.ts'
import { arbitrageTarget, fairSqrtPrice } from './arbitrageTarget.ts'
import type { WorldCall } from './createBlockBuilder.ts'
import type { Stage } from './Stage.ts'
import { mintSusdCall } from './synthetixCalls.ts'

const INVENTORY = 10n ** 28n // far more than the pool can take, of either token
const PAR = price(10n ** 18n)
const GAS = 2_500_000n
const MAX = 2n ** 256n - 1n

/** Keeps the pool of sUSD and USDC at par. */
export interface PegTrader {
  /** What it needs before its first trade; its USDC it has as an arbitrageur. */
  readonly inventory: readonly WorldCall[]
  /** The trade that pulls the pool to within its fee of par; none where none pays. */
  plan(prices: Readonly<Record<FeedAsset, Price>>): Promise<readonly WorldCall[]>
}

/** Creates the part of the arbitrageur that trades sUSD as the dollar it is worth in margin. */
export function createPegTrader(stage: Stage): PegTrader {
  const { client, deployment, tokens } = stage
  const { susd, susdPool } = deployment.synthetix
  const by = stage.accounts.arbitrageur.address
  const router = deployment.uniswap.swapRouter02
  const isSusdFirst = sameAddress(susdPool.token0, susd.address)
  const [decimals0, decimals1] = isSusdFirst
    ? [susd.decimals, tokens.USDC.decimals]
    : [tokens.USDC.decimals, susd.decimals]

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
      const swap = {
        tokenIn,
        tokenOut,
        fee: susdPool.fee,
        recipient: by,
        amountIn: INVENTORY,
        amountOutMinimum: 0n,
        sqrtPriceLimitX96: target.limit,
      }
      return [
        {
          action: 'arbitrage of sUSD on uniswap-v3',
          from: by,
          to: router,
          gas: GAS,
          data: encodeFunctionData({
            abi: swapRouterAbi,
            functionName: 'exactInputSingle',
            args: [swap],
          }),
        },
      ]
    },
  }
}
