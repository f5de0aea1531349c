import { InvariantError, type Price, price } from '@plimsoll/domain'
import type { Address } from 'viem'
import { type FeedAsset, PERP_ASSETS, type PerpAsset, type UniswapPool } from '../deployment.ts'
import { accountBalanceAbi, marketRegistryAbi, uniswapPoolAbi } from './abis.ts'
import { fairSqrtPrice, poolPriceOf0, poolPriceOf1 } from './arbitrageTarget.ts'
import type { Stage } from './Stage.ts'

/** A pool of the world that trades an asset against dollars. */
export interface DollarPool {
  readonly venue: 'uniswap-v3' | 'perp-v2'
  readonly asset: PerpAsset
  readonly address: Address
  readonly decimals0: number
  readonly decimals1: number
  /** True where token 0 is the asset, false where it is the dollar. */
  readonly isAssetFirst: boolean
  /** What a trader pays. [millionths] */
  readonly feeE6: number
}

/** Where the pools and the marks stand at one block. */
export interface Market {
  readonly sqrtPrices: ReadonlyMap<DollarPool, bigint>
  readonly markPrices: Readonly<Record<PerpAsset, Price>>
}

/** Finds the pools that arbitrage keeps at the path's price: the Uniswap pools against USDC and the perp markets. */
export async function findPools({
  deployment,
  tokens,
  client,
}: Stage): Promise<readonly DollarPool[]> {
  const spot = deployment.uniswap.pools.flatMap((pool): readonly DollarPool[] => {
    const asset = assetOf(pool)
    if (asset === null) return []
    return [
      {
        venue: 'uniswap-v3',
        asset,
        address: pool.address,
        decimals0: tokens[pool.token0].decimals,
        decimals1: tokens[pool.token1].decimals,
        isAssetFirst: pool.token1 === 'USDC',
        feeE6: pool.fee,
      },
    ]
  })
  const perp = PERP_ASSETS.map(async (asset): Promise<DollarPool> => {
    const { pool: address, baseToken } = deployment.perp.markets[asset]
    const feeE6 = await client.readContract({
      address: deployment.perp.marketRegistry,
      abi: marketRegistryAbi,
      functionName: 'getFeeRatio',
      args: [baseToken],
    })
    return {
      venue: 'perp-v2',
      asset,
      address,
      decimals0: 18,
      decimals1: 18,
      isAssetFirst: true, // a base token sorts below the quote token
      feeE6,
    }
  })
  return [...spot, ...(await Promise.all(perp))]
}

/** Reads every pool and every mark at the latest block. */
export async function readMarket(stage: Stage, pools: readonly DollarPool[]): Promise<Market> {
  const { perp } = stage.deployment
  const [slots, marks] = await Promise.all([
    stage.client.multicall({
      allowFailure: false,
      batchSize: 0,
      contracts: pools.map(
        ({ address }) => ({ address, abi: uniswapPoolAbi, functionName: 'slot0' }) as const,
      ),
    }),
    stage.client.multicall({
      allowFailure: false,
      batchSize: 0,
      contracts: PERP_ASSETS.map(
        (asset) =>
          ({
            address: perp.accountBalance,
            abi: accountBalanceAbi,
            functionName: 'getMarkPrice',
            args: [perp.markets[asset].baseToken],
          }) as const,
      ),
    }),
  ])
  const [ETH = 0n, BTC = 0n] = marks
  return {
    sqrtPrices: new Map(pools.map((pool, i) => [pool, slots[i]?.[0] ?? 0n])),
    markPrices: { ETH: price(ETH), BTC: price(BTC) },
  }
}

/** What a pool's asset trades at in USD. */
function priceIn(pool: DollarPool, sqrtX96: bigint, dollar: Price): Price {
  return pool.isAssetFirst
    ? poolPriceOf0(pool, sqrtX96, dollar)
    : poolPriceOf1(pool, sqrtX96, dollar)
}

/** Where a pool stands when the asset and the dollar have these prices. A perp's quote is a dollar by definition. */
export function fairPriceOf(pool: DollarPool, prices: Readonly<Record<FeedAsset, Price>>): bigint {
  const dollar = dollarPrice(pool, prices)
  return pool.isAssetFirst
    ? fairSqrtPrice(pool, prices[pool.asset], dollar)
    : fairSqrtPrice(pool, dollar, prices[pool.asset])
}

/** What one unit of the pool's other side is worth. */
function dollarPrice(pool: DollarPool, prices: Readonly<Record<FeedAsset, Price>>): Price {
  return pool.venue === 'uniswap-v3' ? prices.USDC : price(10n ** 18n)
}

function assetOf({ token0, token1 }: UniswapPool): PerpAsset | null {
  const other = token0 === 'USDC' ? token1 : token1 === 'USDC' ? token0 : null
  return other === 'WETH' ? 'ETH' : other === 'WBTC' ? 'BTC' : null
}

/** The market as a frame tells it. */
export function describeMarket(
  pools: readonly DollarPool[],
  { sqrtPrices, markPrices }: Market,
  prices: Readonly<Record<FeedAsset, Price>>,
) {
  const at = (wanted: DollarPool['venue'], asset: PerpAsset): Price => {
    const pool = pools.find((each) => each.venue === wanted && each.asset === asset)
    const sqrtX96 = pool === undefined ? undefined : sqrtPrices.get(pool)
    if (pool === undefined || sqrtX96 === undefined)
      throw new InvariantError({ expected: `a ${wanted} pool for ${asset}`, found: 'none' })
    return priceIn(pool, sqrtX96, dollarPrice(pool, prices))
  }
  return {
    poolPrices: { ETH: at('uniswap-v3', 'ETH'), BTC: at('uniswap-v3', 'BTC') },
    perpPrices: { ETH: at('perp-v2', 'ETH'), BTC: at('perp-v2', 'BTC') },
    markPrices,
  }
}
