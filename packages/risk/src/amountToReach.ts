import type { Margin } from '@plimsoll/domain'

/**
 * Computes how much of an action brings health to a target.
 *
 * `x = (h'·R − B) / (b − h'·r)` for backing `B`, requirement `R` and their changes `b`, `r` per unit of the action: the
 * root of `(B + b·x) / (R + r·x) = h'`. Repaying (`b = 0`, `r = −1`) gives `D(1 − h/h')`, adding collateral
 * (`b = LT`, `r = 0`) gives `(h'/h − 1)A`, deleveraging (`b = −LT`, `r = −1`) gives `(h' − h)D / (h' − LT)`, and
 * closing a perp of margin ratio `m` at cost `c` (`b = −c`, `r = −m`) gives `(h'·M − E) / (h'·m − c)`.
 *
 * @returns Units of the action, 0 when the target is reached already; null when the action does not raise health.
 * @see RISK.md part C
 */
export function amountToReach(p: {
  readonly margin: Margin
  readonly target: number
  readonly perUnit: Margin
}): number | null {
  const deficit = p.target * p.margin.requirement - p.margin.backing
  if (deficit <= 0) return 0
  const gain = p.perUnit.backing - p.target * p.perUnit.requirement
  return gain > 0 ? deficit / gain : null
}

/**
 * Computes how much of an action lowers health to a floor: what a donor can give.
 *
 * `x = (B − h'·R) / (h'·r − b)`, the same root seen from above.
 *
 * @returns Units of the action, 0 when health is at or below the floor; +∞ when the action does not lower health.
 */
export function amountAbove(p: {
  readonly margin: Margin
  readonly floor: number
  readonly perUnit: Margin
}): number {
  const surplus = p.margin.backing - p.floor * p.margin.requirement
  if (surplus <= 0) return 0
  const loss = p.floor * p.perUnit.requirement - p.perUnit.backing
  return loss > 0 ? surplus / loss : Number.POSITIVE_INFINITY
}
