import { type Price, price } from '@plimsoll/domain'
import { sqrtPriceX96 } from '../deploy/poolMath.ts'

const Q96 = 2n ** 96n
const MILLION = 1_000_000n

/** What a pool trades, token 0 first. */
export interface PoolPair {
  readonly decimals0: number
  readonly decimals1: number
}

/** The pool price at which neither side gains. Rounds down. [X96] */
export function fairSqrtPrice(pair: PoolPair, price0: Price, price1: Price): bigint {
  return sqrtPriceX96(
    price0 * 10n ** BigInt(pair.decimals1),
    price1 * 10n ** BigInt(pair.decimals0),
  )
}

/** What token 0 costs in this pool while token 1 costs `price1`. Rounds down. */
export function poolPriceOf0(pair: PoolPair, sqrtX96: bigint, price1: Price): Price {
  const raw = sqrtX96 * sqrtX96 * price1 * 10n ** BigInt(pair.decimals0)
  return price(raw / (Q96 * Q96 * 10n ** BigInt(pair.decimals1)))
}

/** What token 1 costs in this pool while token 0 costs `price0`. Rounds down. */
export function poolPriceOf1(pair: PoolPair, sqrtX96: bigint, price0: Price): Price {
  const raw = Q96 * Q96 * price0 * 10n ** BigInt(pair.decimals1)
  return price(raw / (sqrtX96 * sqrtX96 * 10n ** BigInt(pair.decimals0)))
}

/** A swap up to a price. */
export interface ArbitrageTarget {
  /** True sells token 0. */
  readonly zeroForOne: boolean
  /** Where the swap stops. [X96] */
  readonly limit: bigint
}

/**
 * Where an arbitrageur who pays the pool's fee stops trading: `fair ÷ (1 − fee)` from above, `fair × (1 − fee)` from below.
 *
 * @param p.feeE6 - The pool's fee. [millionths]
 * @returns null inside that band, where no trade pays.
 */
export function arbitrageTarget(p: {
  readonly current: bigint
  readonly fair: bigint
  readonly feeE6: number
}): ArbitrageTarget | null {
  const root = sqrtPriceX96(MILLION - BigInt(p.feeE6), MILLION)
  const upper = (p.fair * Q96) / root
  const lower = (p.fair * root) / Q96
  if (p.current > upper) return { zeroForOne: true, limit: upper }
  if (p.current < lower) return { zeroForOne: false, limit: lower }
  return null
}
