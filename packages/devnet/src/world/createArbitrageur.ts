import type { Price } from '@plimsoll/domain'
import type { FeedAsset } from '../deployment.ts'
import { arbitrageTarget } from './arbitrageTarget.ts'
import type { WorldCall } from './createBlockBuilder.ts'
import { type DollarPool, fairPriceOf, type Market } from './readMarket.ts'
import type { Stage } from './Stage.ts'
import { depositCall, inventoryCalls, type TradeCall, tradeCall } from './trading.ts'

// Far more than the pools can take, so that it is never asked for again.
const INVENTORY = { WETH: 10n ** 25n, WBTC: 10n ** 14n, USDC: 10n ** 17n }
const PERP_MARGIN = 10n ** 16n
const UNBOUNDED = 10n ** 28n // the limit stops the trade

/** Perp v2 lets a market move by 1,000 ticks in 15 s; this much of √price stays below, roundings included. */
const STEP_E6 = 1_048_600n // 950 ticks
const MAX_STEPS = 6

/** Pulls the pools to the path. */
export interface Arbitrageur {
  /** What it needs before its first trade. */
  readonly inventory: readonly WorldCall[]
  /**
   * Trades that pull every pool to within its fee of these prices, block by block: perp markets that have further to go
   * than one block allows take several, {@link MAX_STEPS} at most. At least one block, perhaps of nothing.
   */
  plan(
    market: Market,
    prices: Readonly<Record<FeedAsset, Price>>,
  ): readonly (readonly TradeCall[])[]
}

/** Creates the arbitrageur, who has an endless purse and a strict sense of price. */
export function createArbitrageur(stage: Stage, pools: readonly DollarPool[]): Arbitrageur {
  const { deployment, accounts } = stage
  const by = accounts.arbitrageur.address
  const trade = (pool: DollarPool, zeroForOne: boolean, limit: bigint) =>
    tradeCall(stage, { pool, reason: 'arbitrage', by, zeroForOne, amountIn: UNBOUNDED, limit })
  return {
    inventory: [
      ...inventoryCalls(stage, 'arbitrageur', INVENTORY, [deployment.uniswap.swapRouter02]),
      ...inventoryCalls(stage, 'arbitrageur', { USDC: PERP_MARGIN }, [deployment.perp.vault]),
      depositCall(stage, by, PERP_MARGIN),
    ],
    plan(market, prices) {
      const blocks: TradeCall[][] = [[]]
      for (const pool of pools) {
        const fair = fairPriceOf(pool, prices)
        let current = market.sqrtPrices.get(pool) ?? fair
        for (let step = 0; step < MAX_STEPS; step++) {
          const target = arbitrageTarget({ current, fair, feeE6: pool.feeE6 })
          if (target === null || target.limit === current) break
          const { zeroForOne } = target
          const reach = pool.venue === 'perp-v2' ? reachOf(current, zeroForOne) : target.limit
          const isFurther = zeroForOne ? target.limit < reach : target.limit > reach
          const limit = isFurther ? reach : target.limit
          const block = blocks[step] ?? []
          block.push(trade(pool, zeroForOne, limit))
          blocks[step] = block
          if (!isFurther) break
          current = limit
        }
      }
      return blocks
    },
  }
}

function reachOf(current: bigint, isDown: boolean): bigint {
  return isDown ? (current * 1_000_000n) / STEP_E6 : (current * STEP_E6) / 1_000_000n
}
