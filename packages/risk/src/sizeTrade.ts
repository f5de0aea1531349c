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
 * Repeats `size → cost → size` until it stands still. Where the cost jumps (the sandwich bound sets in) the two sizes
 * it swings between both occur, and `prefer` says which is taken.
 *
 * @param sizeAt - Size that reaches the target at a cost; null when no size does.
 * @param costAt - Cost of a size; sizes above `limit` are never asked for.
 */
export function sizeTrade(p: {
  readonly limit: number
  readonly costAt: (size: number) => TradeCost
  readonly sizeAt: (cost: TradeCost) => number | null
  readonly prefer: 'more' | 'less'
}): number | null {
  let size = 0
  let before = 0
  for (let round = 0; round < 64; round++) {
    const next = p.sizeAt(p.costAt(size))
    if (next === null) return null
    before = size
    size = Math.min(next, p.limit)
    if (Math.abs(size - before) <= 1e-12 * size) break
  }
  return p.prefer === 'more' ? Math.max(size, before) : Math.min(size, before)
}
