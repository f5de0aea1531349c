import { InvalidInputError } from '@plimsoll/domain'
import { healthAtLeverage } from './leverage.ts'
import type { PolicyTable } from './PolicyTable.ts'

/** A position and its market, as a table is asked about them. */
export type PolicyQuery = {
  /** `ltv` where liquidation starts, `1 − maintenance margin ratio` for a perp account. */
  readonly liquidationThreshold: number
  /** Exposure over equity the owner wants; above 1 and below `1 / (1 − liquidationThreshold)`. */
  readonly targetLeverage: number
  /** Gas of one action over equity, at the price of gas of calm times. */
  readonly gasShare: number
  /** Equity over the daily volume of the market traded in. */
  readonly sizeShare: number
  /** Fee and half spread of calm times; the table's base unless given. */
  readonly proportionalCost?: number
  /** Weight of stress, 0 to 1. */
  readonly stress: number
}

/** Cells around a query with their weights, and the ln health of its target. */
export type TableCorners = {
  readonly targetLnHealth: number
  readonly cells: readonly { readonly cell: number; readonly weight: number }[]
}

/**
 * Finds the cells around a query: linear in `−ln(1 − LT)`, in the logarithm of the target, in stress, and in the powers of
 * cost by which bands grow: `gas^(1/4)`, `fee^(1/3)`, and `size^(1/6)` since impact goes with `√size`.
 *
 * Beyond the end of an axis its last cell holds.
 *
 * @throws {@link InvalidInputError} when a field is not a number in its range, or the target could not be carried.
 */
export function tableCorners(table: PolicyTable, query: PolicyQuery): TableCorners {
  const { axes } = table
  const { liquidationThreshold, targetLeverage, gasShare, sizeShare, stress } = query
  const proportionalCost = query.proportionalCost ?? table.world.regimes[0]?.proportionalCost ?? 0
  check('liquidationThreshold', liquidationThreshold, (x) => x > 0 && x < 1, 'between 0 and 1')
  const most = 1 / (1 - liquidationThreshold)
  check(
    'targetLeverage',
    targetLeverage,
    (x) => x > 1 && x < most,
    `above 1 and below ${most.toFixed(3)}, where this threshold liquidates at once`,
  )
  check('gasShare', gasShare, (x) => x >= 0, 'zero or more')
  check('sizeShare', sizeShare, (x) => x >= 0, 'zero or more')
  check('proportionalCost', proportionalCost, (x) => x >= 0, 'zero or more')
  check('stress', stress, (x) => x >= 0 && x <= 1, 'from 0 to 1')
  const targetLnHealth = Math.log(healthAtLeverage(targetLeverage, liquidationThreshold))
  const brackets = [
    bracket(axes.liquidationThreshold, liquidationThreshold, (x) => -Math.log(1 - x)),
    bracket(axes.targetLnHealth, targetLnHealth, Math.log),
    bracket(axes.gasShare, gasShare, (x) => x ** (1 / 4)),
    bracket(axes.sizeShare, sizeShare, (x) => x ** (1 / 6)),
    bracket(axes.proportionalCost, proportionalCost, Math.cbrt),
    bracket(axes.stress, stress, (x) => x),
  ]
  let cells: { cell: number; weight: number }[] = [{ cell: 0, weight: 1 }]
  for (const { below, share, length } of brackets)
    cells = cells.flatMap(({ cell, weight }) => [
      ...(share < 1 ? [{ cell: cell * length + below, weight: weight * (1 - share) }] : []),
      ...(share > 0 ? [{ cell: cell * length + below + 1, weight: weight * share }] : []),
    ])
  return { targetLnHealth, cells }
}

function bracket(
  axis: readonly number[],
  x: number,
  map: (x: number) => number,
): { readonly below: number; readonly share: number; readonly length: number } {
  const { length } = axis
  const last = length - 1
  if (!(x > (axis[0] as number))) return { below: 0, share: 0, length }
  if (x >= (axis[last] as number)) return { below: last, share: 0, length }
  let below = 0
  while ((axis[below + 1] as number) <= x) below++
  const left = map(axis[below] as number)
  const right = map(axis[below + 1] as number)
  return { below, share: (map(x) - left) / (right - left), length }
}

function check(field: string, found: number, fits: (x: number) => boolean, allowed: string): void {
  if (!Number.isFinite(found) || !fits(found))
    throw new InvalidInputError({ field: `policy.${field}`, found, allowed })
}
