/**
 * Log-price move of a sale into a constant-product pool: `2·ln(1 + Δ/R)`, which is `2Δ/R` for small sales.
 *
 * @param amount - What is paid in after fees, never negative; in units of the reserve.
 * @param reserve - Reserve of what is paid in.
 * @returns Size of the move, infinite for an empty pool.
 */
export function constantProductImpact(amount: number, reserve: number): number {
  if (amount === 0) return 0
  return reserve > 0 && amount > 0 ? 2 * Math.log1p(amount / reserve) : Number.POSITIVE_INFINITY
}

/** Liquidity of a v3 pool between two prices. */
export type LiquidityRange = {
  /** [quote per base] */
  readonly lower: number
  readonly upper: number
  /** `L = Δx·√P` at a price P. [√(base·quote)] */
  readonly liquidity: number
}

/**
 * Log-price move of a trade through the tick liquidity of a v3 pool.
 *
 * Selling walks down: a range gives way by `Δx = L(1/√P' − 1/√P)`; buying walks up by `Δy = L(√P' − √P)`. A gap without
 * liquidity is jumped at no cost to the trader and in full by the price.
 *
 * @param ranges - In any order, not overlapping.
 * @param amount - Base sold, or quote paid, after fees.
 * @returns Size of the move, infinite when the pool cannot take the amount.
 */
export function tickImpact(p: {
  readonly price: number
  readonly ranges: readonly LiquidityRange[]
  readonly side: 'sell' | 'buy'
  readonly amount: number
}): number {
  const { price, side } = p
  if (p.amount === 0) return 0
  if (!(price > 0) || !(p.amount > 0)) return Number.POSITIVE_INFINITY
  const down = side === 'sell'
  const ahead = p.ranges
    .filter(
      ({ lower, upper, liquidity }) => liquidity > 0 && (down ? lower < price : upper > price),
    )
    .toSorted((a, b) => (down ? b.upper - a.upper : a.lower - b.lower))
  let left = p.amount
  for (const { lower, upper, liquidity } of ahead) {
    const from = Math.sqrt(down ? Math.min(price, upper) : Math.max(price, lower))
    const to = Math.sqrt(down ? lower : upper)
    const holds = liquidity * (down ? 1 / to - 1 / from : to - from)
    if (left <= holds) {
      const end = down ? 1 / (left / liquidity + 1 / from) : left / liquidity + from
      return Math.abs(2 * Math.log(end / Math.sqrt(price)))
    }
    left -= holds
  }
  return Number.POSITIVE_INFINITY
}
