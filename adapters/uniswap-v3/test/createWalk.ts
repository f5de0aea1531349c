import { known, type TestChain } from '@plimsoll/devnet'
import type { Address, SwapIntent, Token } from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import type { Random } from '@plimsoll/testkit'
import { encodeFunctionData, type Hex } from 'viem'
import { expect } from 'vitest'
import { loadUniswapV3, type Pool } from '../src/index.ts'
import { isBaseFirst } from '../src/Pool.ts'
import { factoryAbi, positionManagerAbi, routerAbi, slot0Abi } from './abis.ts'
import { configOf } from './createHarness.ts'

const MAX = 2n ** 256n - 1n
const DEADLINE = 2n ** 40n
const SPACING: Readonly<Record<number, number>> = { 500: 10, 3000: 60, 10000: 200 }

/** A swap that happened, by the sender's balances. */
export type Traded = {
  readonly pool: Pool
  /** [s] */
  readonly timestamp: bigint
  readonly paid: bigint
  readonly received: bigint
  /** Quote in or out. [quote decimals] */
  readonly quote: bigint
}

/**
 * Two venues over four pools of three fees, whose traders trade at random and whose makers add liquidity in narrow ranges, so
 * that swaps cross ticks.
 */
export async function createWalk(chain: TestChain, random: Random) {
  const { client, devnet, tokens } = chain
  const { factory, positionManager, swapRouter02 } = devnet.deployment.uniswap
  const must = async (from: Address, to: Address, data: Hex): Promise<void> =>
    expect(await chain.send([{ to, data }], from)).toEqual({ type: 'settled' })

  const [trader, maker] = [await chain.account(), await chain.account()]
  for (const token of Object.values(tokens))
    for (const [account, spender] of [
      [trader, swapRouter02],
      [maker, positionManager],
    ] as const) {
      await chain.fund(account, token, 10n ** BigInt(token.decimals + 11))
      const args = [spender, MAX] as const
      await must(
        account,
        token.address,
        encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args }),
      )
    }

  const slot0 = async ({ address }: Pool) => {
    const [sqrtPriceX96, tick] = await client.readContract({
      address,
      abi: slot0Abi,
      functionName: 'slot0',
    })
    return { sqrtPriceX96, tick }
  }
  const ordered = (pool: Pool): readonly [Token, Token] =>
    isBaseFirst(pool) ? [pool.base, pool.quote] : [pool.quote, pool.base]

  /** Liquidity between two ticks around the price, or on one side of it. */
  const provide = async (pool: Pool): Promise<void> => {
    const spacing = known(SPACING[pool.fee], `a spacing of fee ${pool.fee}`)
    const { tick } = await slot0(pool)
    const near = (offset: number) => Math.floor((tick + offset) / spacing) * spacing
    const tickLower = near(random.int(-1_500, 300))
    const tickUpper = tickLower + spacing * random.int(1, Math.ceil(1_500 / spacing))
    const [token0, token1] = ordered(pool)
    const whole = (token: Token) =>
      (token.symbol === 'USDC' ? 400_000n : token.symbol === 'WETH' ? 200n : 10n) *
      10n ** BigInt(token.decimals)
    const params = {
      token0: token0.address,
      token1: token1.address,
      fee: pool.fee,
      tickLower,
      tickUpper,
      amount0Desired: random.bigint(1n, whole(token0)),
      amount1Desired: random.bigint(1n, whole(token1)),
      amount0Min: 0n,
      amount1Min: 0n,
      recipient: maker,
      deadline: DEADLINE,
    }
    const data = encodeFunctionData({
      abi: positionManagerAbi,
      functionName: 'mint',
      args: [params],
    })
    // A range on one side of the price takes one token only: an offer of the other alone is no liquidity.
    await chain.send([{ to: positionManager, data }], maker)
  }

  /** A pool of another fee on a pair that has one, at the same price. */
  const open = async (like: Pool, fee: number): Promise<Pool> => {
    const [token0, token1] = ordered(like)
    const { sqrtPriceX96 } = await slot0(like)
    const args = [token0.address, token1.address, fee, sqrtPriceX96] as const
    const functionName = 'createAndInitializePoolIfNecessary'
    await must(
      maker,
      positionManager,
      encodeFunctionData({ abi: positionManagerAbi, functionName, args }),
    )
    const address = await client.readContract({
      address: factory,
      abi: factoryAbi,
      functionName: 'getPool',
      args: [token0.address, token1.address, fee],
    })
    const pool = { ...like, address, fee }
    for (let n = 0; n < 12; n++) await provide(pool)
    return pool
  }

  const config = configOf(chain)
  const [weth, wbtc] = [known(config.pools[0], 'a pool'), known(config.pools[1], 'a pool')]
  // On the devnet USDC sorts first: the last pool is told with USDC as its base, so that both orders are walked.
  const turned = { ...wbtc, base: wbtc.quote, quote: wbtc.base }
  const others = [await open(weth, 3_000), await open(turned, 10_000)]
  const venues = await Promise.all(
    [config.pools, others].map(async (pools) => ({
      pools,
      venue: await loadUniswapV3({ ...config, pools }),
    })),
  )

  const balances = ({ tokenIn, tokenOut }: Pick<SwapIntent, 'tokenIn' | 'tokenOut'>) =>
    Promise.all([chain.balance(trader, tokenIn), chain.balance(trader, tokenOut)])

  /** Does something as the trader and says what it changed. */
  const trading = async (
    pool: Pool,
    pair: Pick<SwapIntent, 'tokenIn' | 'tokenOut'>,
    act: () => Promise<void>,
  ): Promise<Traded> => {
    const [heldIn, heldOut] = await balances(pair)
    await act()
    const [leftIn, nowOut] = await balances(pair)
    const [paid, received] = [heldIn - leftIn, nowOut - heldOut]
    const quote = pair.tokenIn.address === pool.quote.address ? paid : received
    return { pool, timestamp: (await chain.latest()).timestamp, paid, received, quote }
  }

  return {
    trader,
    slot0,

    /** Perhaps adds liquidity and lets time pass, then names a pool and a swap to try there. */
    async step() {
      const { venue, pools } = random.pick(venues)
      const pool = random.pick(pools)
      if (random.next() < 0.25) await provide(pool)
      if (random.next() < 0.5) await devnet.mine(random.int(1, 200))
      const isSale = random.next() < 0.5
      const [tokenIn, tokenOut] = isSale ? [pool.base, pool.quote] : [pool.quote, pool.base]
      const whole = tokenIn.symbol === 'USDC' ? 200_000 : tokenIn.symbol === 'WETH' ? 100 : 5
      const most = BigInt(whole) * 10n ** BigInt(tokenIn.decimals)
      const size = random.next() < 0.2 ? 10_000n : most / 10n ** BigInt(random.int(0, 3))
      const amountIn = random.bigint(1n, size)
      return {
        venue,
        pool,
        intent: { type: 'swap', venue: venue.id, tokenIn, tokenOut, amountIn } as const,
      }
    },

    /** Sends calls that swap. */
    swap: (pool: Pool, intent: SwapIntent, calls: Parameters<TestChain['send']>[0]) =>
      trading(pool, intent, async () => {
        expect(await chain.send(calls, trader)).toEqual({ type: 'settled' })
      }),

    /** Trades in one direction until the pool's price stands at a limit. */
    push: (pool: Pool, pair: Pick<SwapIntent, 'tokenIn' | 'tokenOut'>, sqrtPriceLimitX96: bigint) =>
      trading(pool, pair, async () => {
        const { tokenIn, tokenOut } = pair
        const params = {
          tokenIn: tokenIn.address,
          tokenOut: tokenOut.address,
          fee: pool.fee,
          recipient: trader,
          amountIn: 10n ** BigInt(tokenIn.decimals + 10),
          amountOutMinimum: 0n,
          sqrtPriceLimitX96,
        }
        const approve = encodeFunctionData({
          abi: erc20Abi,
          functionName: 'approve',
          args: [swapRouter02, MAX],
        })
        await must(trader, tokenIn.address, approve)
        await must(
          trader,
          swapRouter02,
          encodeFunctionData({ abi: routerAbi, functionName: 'exactInputSingle', args: [params] }),
        )
      }),
  }
}
