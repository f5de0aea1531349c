import { mulDivDown, type Price, price, sameAddress, type Token, WAD } from '@plimsoll/domain'
import { isBaseFirst, type Pool } from './Pool.ts'

const Q192 = 2n ** 192n

/**
 * Marginal price of one token of a pool in the other, in whole tokens, rounded down. [1e18]
 *
 * `(sqrtPriceX96 / 2^96)²` is raw token1 per raw token0; nothing is rounded before the last division.
 */
export function spotPrice(pool: Pool, of: Token, sqrtPriceX96: bigint): Price {
  const { base, quote } = pool
  const isBase = sameAddress(of.address, base.address)
  const squared = sqrtPriceX96 * sqrtPriceX96
  const [numerator, denominator] = isBase === isBaseFirst(pool) ? [squared, Q192] : [Q192, squared]
  const other = isBase ? quote : base
  return price(
    mulDivDown(
      numerator,
      WAD * 10n ** BigInt(of.decimals),
      denominator * 10n ** BigInt(other.decimals),
    ),
  )
}

/**
 * Where `sqrtPriceX96` stands after the base's price changed by a share. Rounds towards no change.
 *
 * @param changeBps - Signed: −100 is 1 % down. [bps]
 */
export function movedSqrtPrice(pool: Pool, sqrtPriceX96: bigint, changeBps: bigint): bigint {
  const factor = [10_000n + changeBps, 10_000n] as const
  const [numerator, denominator] = isBaseFirst(pool) ? factor : [factor[1], factor[0]]
  const squared = sqrtPriceX96 * sqrtPriceX96 * numerator
  const root = squareRoot(squared / denominator)
  return root < sqrtPriceX96 ? root + 1n : root
}

/** Largest integer whose square is not above `value`: Newton's method. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
