import { TokenOrderError } from '../errors.ts'

const ONE_PERCENT_MOVE = Math.sqrt(1.01) - 1

/** √(amount1 / amount0) × 2⁹⁶ for a price given as a ratio of raw amounts. Rounds down. */
export function sqrtPriceX96(amount1: bigint, amount0: bigint): bigint {
  return squareRoot((amount1 << 192n) / amount0)
}

/** The tick of a price ratio, moved to the nearest multiple of `spacing`. */
export function nearestTick(price: number, spacing: number): number {
  return Math.round(Math.log(price) / Math.log(1.0001) / spacing) * spacing
}

/**
 * Value of one side of a pool over all prices, for a wanted depth.
 *
 * A pool of liquidity L takes L·√P·(√1.01 − 1) of the quote token to move up by 1 %, and holds L·√P of it.
 */
export function sideForDepth(depth: number): number {
  return Math.round(depth / ONE_PERCENT_MOVE)
}

/** Throws unless the base token sorts below the quote token. */
export function requireOrder(base: string, quote: string): void {
  if (BigInt(base) >= BigInt(quote)) throw new TokenOrderError({ base, quote })
}

function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
