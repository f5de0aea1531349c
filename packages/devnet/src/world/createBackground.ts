import type { Price } from '@plimsoll/domain'
import type { FeedAsset } from '../deployment.ts'
import type { WorldCall } from './createBlockBuilder.ts'
import type { DollarPool } from './readMarket.ts'
import type { Stage } from './Stage.ts'
import type { SeededRandom } from './seededRandom.ts'
import { inventoryCalls, type TradeCall, tokenOf, tradeCall } from './trading.ts'

const INVENTORY = { WETH: 10n ** 24n, WBTC: 10n ** 13n, USDC: 10n ** 16n }
const SMALLEST = 2_000 // USD
const LARGEST = 200_000 // USD, 0.04 % of price at the stated depth

/** Everyone else: a spot trade per pool and frame, of seeded side and size. */
export interface Background {
  readonly inventory: readonly WorldCall[]
  trades(prices: Readonly<Record<FeedAsset, Price>>): readonly TradeCall[]
}

/** Creates the ordinary flow, so that pools have volume and stray within their fee. */
export function createBackground(
  stage: Stage,
  pools: readonly DollarPool[],
  random: SeededRandom,
): Background {
  const by = stage.accounts.trader.address
  const { swapRouter02 } = stage.deployment.uniswap
  return {
    inventory: inventoryCalls(stage, 'trader', INVENTORY, [swapRouter02]),
    trades: (prices) =>
      pools
        .filter(({ venue }) => venue === 'uniswap-v3')
        .map((pool) => {
          const cents = SMALLEST * 100 * (LARGEST / SMALLEST) ** random.uniform(0, 1)
          const sells = random.uniform(0, 1) < 0.5
          const token = sells ? stage.tokens[tokenOf(pool)] : stage.tokens.USDC
          const unit = sells ? prices[pool.asset] : prices.USDC
          const amountIn = (BigInt(Math.round(cents)) * 10n ** BigInt(token.decimals + 16)) / unit
          const zeroForOne = sells === pool.isAssetFirst
          return tradeCall(stage, {
            pool,
            reason: 'background',
            by,
            zeroForOne,
            amountIn,
            limit: 0n,
          })
        }),
  }
}
