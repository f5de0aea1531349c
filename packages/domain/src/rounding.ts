import { DivisionByZeroError } from './errors.ts'

/**
 * Computes `⌊a × b / c⌋`, exact for any size and sign.
 *
 * Rounds toward negative infinity, so the result is never above the exact ratio.
 *
 * @throws {@link DivisionByZeroError} when `c` is zero.
 */
export function mulDivDown(a: bigint, b: bigint, c: bigint): bigint {
  if (c === 0n) throw new DivisionByZeroError('mulDivDown')
  const n = a * b
  const q = n / c
  return n % c !== 0n && n < 0n !== c < 0n ? q - 1n : q
}

/**
 * Computes `⌈a × b / c⌉`, exact for any size and sign.
 *
 * Rounds toward positive infinity, so the result is never below the exact ratio.
 *
 * @throws {@link DivisionByZeroError} when `c` is zero.
 */
export function mulDivUp(a: bigint, b: bigint, c: bigint): bigint {
  if (c === 0n) throw new DivisionByZeroError('mulDivUp')
  return -mulDivDown(-a, b, c)
}

/**
 * Computes `a × b / c` rounded to the nearest integer, halves up (toward positive infinity).
 *
 * @throws {@link DivisionByZeroError} when `c` is zero.
 */
export function mulDivHalfUp(a: bigint, b: bigint, c: bigint): bigint {
  if (c === 0n) throw new DivisionByZeroError('mulDivHalfUp')
  return c < 0n ? mulDivDown(-2n * a * b - c, 1n, -2n * c) : mulDivDown(2n * a * b + c, 1n, 2n * c)
}
