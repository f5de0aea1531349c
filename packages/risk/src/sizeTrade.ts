/** What a trade of a size is expected to cost and the most it may cost. Shares of its value. */
export type TradeCost = {
  readonly fee: number
  readonly impact: number
  /** Between the expected and the least accepted outcome. */
  readonly slack: number
}

/**
 * Solves for the size of a trade whose cost depends on its size.
 *
 * Repeats `size → cost → size` until it stands still: impact within the slippage cap changes the size by a few per cent
 * at most, so each round gains more than a digit.
 *
 * @param p.costAt - Cost of a size; sizes above `limit` are never asked for.
 * @param p.sizeAt - Size that reaches the target at a cost; null when no size does.
 */
export function sizeTrade<Cost>(p: {
  readonly limit: number
  readonly costAt: (size: number) => Cost
  readonly sizeAt: (cost: Cost) => number | null
}): number | null {
  let size = 0
  for (let round = 0; round < 64; round++) {
    const next = p.sizeAt(p.costAt(size))
    if (next === null) return null
    const before = size
    size = Math.min(next, p.limit)
    if (Math.abs(size - before) <= 1e-14 * size) break
  }
  return size
}
