import { numberFromWad, type Price } from '@plimsoll/domain'
import type { FeedAsset } from '../deployment.ts'
import type { WorldCall } from './createBlockBuilder.ts'
import type { PriceFrame } from './PricePath.ts'
import type { DollarPool } from './readMarket.ts'
import type { Stage } from './Stage.ts'
import type { SeededRandom } from './seededRandom.ts'
import { inventoryCalls, type TradeCall, tokenOf, tradeCall } from './trading.ts'

const INVENTORY = { WETH: 10n ** 24n, WBTC: 10n ** 13n, USDC: 10n ** 16n }
const SMALLEST = 2_000 // USD
const LARGEST = 200_000 // USD, 0.04 % of price at the stated depth

/** Everyone else: a spot trade per pool and frame, of seeded side and size; with turnover, as much again sold and bought back. */
export interface Background {
  readonly inventory: readonly WorldCall[]
  /** @param frame - Of the path: its volumes are what turnover is a share of. */
  trades(
    prices: Readonly<Record<FeedAsset, Price>>,
    frame: Pick<PriceFrame, 'volumes'>,
  ): readonly TradeCall[]
}

/**
 * Creates the ordinary flow, so that pools have volume and stray within their fee.
 *
 * @param turnover - Share of the path's own volume that goes through the spot pools, half of it sold and then bought back.
 */
export function createBackground(
  stage: Stage,
  pools: readonly DollarPool[],
  random: SeededRandom,
  turnover: number,
): Background {
  const by = stage.accounts.trader.address
  const { swapRouter02 } = stage.deployment.uniswap
  return {
    inventory: inventoryCalls(stage, 'trader', INVENTORY, [swapRouter02]),
    trades(prices, { volumes }) {
      const trade = (pool: DollarPool, sells: boolean, amountIn: bigint): TradeCall =>
        tradeCall(stage, {
          ...{ pool, by, amountIn, reason: 'background', limit: 0n },
          zeroForOne: sells === pool.isAssetFirst,
        })
      const raw = (pool: DollarPool, sells: boolean, cents: number): bigint => {
        const token = sells ? stage.tokens[tokenOf(pool)] : stage.tokens.USDC
        const unit = sells ? prices[pool.asset] : prices.USDC
        return (BigInt(Math.round(cents)) * 10n ** BigInt(token.decimals + 16)) / unit
      }
      return pools
        .filter(({ venue }) => venue === 'uniswap-v3')
        .flatMap((pool) => {
          const cents = SMALLEST * 100 * (LARGEST / SMALLEST) ** random.uniform(0, 1)
          const sells = random.uniform(0, 1) < 0.5
          const half =
            (turnover * (volumes?.[pool.asset] ?? 0) * numberFromWad(prices[pool.asset])) / 2
          const around = half > 0 ? [true, false] : []
          return [
            trade(pool, sells, raw(pool, sells, cents)),
            ...around.map((side) => trade(pool, side, raw(pool, side, 100 * half))),
          ]
        })
    },
  }
}
