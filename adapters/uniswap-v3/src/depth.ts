import { isBaseFirst, type Pool } from './Pool.ts'
import { movedSqrtPrice } from './price.ts'
import { fromSdkInteger, sdkInteger, type TickDataProvider, TickMath, v3Swap } from './sdk.ts'

/** A change of price that depth is measured over. [bps] */
const ONE_PERCENT = 100n
/** More than any pool holds: the price limit ends the swap, not the amount. */
const EVERYTHING = 2n ** 200n
const WORD = 256

/** What decides a pool's next trades, in native units. */
export type PoolState = {
  readonly sqrtPriceX96: bigint
  readonly tick: number
  /** Liquidity at the current price. */
  readonly liquidity: bigint
  readonly tickSpacing: number
  /** Initialised ticks near the price and the liquidity that begins at each going up; in order. */
  readonly ticks: readonly { readonly index: number; readonly liquidityNet: bigint }[]
}

/** First and last tick that a change of price by 1 % either way can cross. */
export function tickWindow(pool: Pool, sqrtPriceX96: bigint): readonly [number, number] {
  const ends = [-ONE_PERCENT, ONE_PERCENT].map((change) =>
    TickMath.getTickAtSqrtRatio(sdkInteger(movedSqrtPrice(pool, sqrtPriceX96, change))),
  )
  return [Math.min(...ends), Math.max(...ends) + 1]
}

/**
 * Quote that changes hands when trades move the base's price down and up by 1 %, fee included. [quote decimals]
 *
 * Down: what sellers of the base get; up: what buyers pay. The swap is Uniswap's own, run by its SDK over the pool's ticks,
 * so both equal what the pool would pay and take, to the unit.
 */
export async function depthOf(
  pool: Pool,
  state: PoolState,
): Promise<{ readonly down: bigint; readonly up: bigint }> {
  const quoteMoved = async (changeBps: bigint, amount: bigint): Promise<bigint> => {
    const limit = movedSqrtPrice(pool, state.sqrtPriceX96, changeBps)
    if (limit === state.sqrtPriceX96) return 0n
    const { amountCalculated } = await v3Swap(
      sdkInteger(BigInt(pool.fee)),
      sdkInteger(state.sqrtPriceX96),
      state.tick,
      sdkInteger(state.liquidity),
      state.tickSpacing,
      tickProvider(state),
      isBaseFirst(pool) === changeBps < 0n,
      sdkInteger(amount),
      sdkInteger(limit),
    )
    const moved = fromSdkInteger(amountCalculated)
    return moved < 0n ? -moved : moved
  }
  return {
    down: await quoteMoved(-ONE_PERCENT, EVERYTHING),
    up: await quoteMoved(ONE_PERCENT, -EVERYTHING),
  }
}

/** Answers the SDK as a pool's tick bitmap would, from the ticks around the price. */
export function tickProvider({ ticks }: Pick<PoolState, 'ticks'>): TickDataProvider {
  return {
    async getTick(index) {
      const found = ticks.find((tick) => tick.index === index)
      return { liquidityNet: (found?.liquidityNet ?? 0n).toString() }
    },
    async nextInitializedTickWithinOneWord(tick, downwards, tickSpacing) {
      const compressed = Math.floor(tick / tickSpacing)
      if (downwards) {
        const edge = Math.floor(compressed / WORD) * WORD * tickSpacing
        const found = ticks.findLast(({ index }) => index <= tick)
        return found !== undefined && found.index >= edge ? [found.index, true] : [edge, false]
      }
      const edge = (Math.floor((compressed + 1) / WORD) * WORD + WORD - 1) * tickSpacing
      const found = ticks.find(({ index }) => index > tick)
      return found !== undefined && found.index <= edge ? [found.index, true] : [edge, false]
    },
  }
}
