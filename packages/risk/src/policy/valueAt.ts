import { type PolicyTable, VALUE_UNIT } from './PolicyTable.ts'
import { placeOf } from './place.ts'
import { type PolicyQuery, tableCorners } from './tableCoordinates.ts'

/** Cost to go by ln health, as a share of equity. */
export type ValueCurve = (lnHealth: number) => number

/**
 * Cost to go of a position above the least one, as a share of its equity, if its policy is followed from now: of one cell,
 * at any health.
 *
 * `V(h) − V(h')` is what being at `h'` instead of `h` saves. Monotone cubic between the places of the table; straight on
 * below liquidation, where it only rises, and above the top.
 *
 * @throws InvalidInputError when the query is out of range.
 */
export function valueCurve(table: PolicyTable, query: PolicyQuery): ValueCurve {
  const { targetLnHealth, cells } = tableCorners(table, query)
  const knots = table.axes.place
  const last = knots.length - 1
  const values = knots.map((_, k) => {
    let sum = 0
    for (const { cell, weight } of cells)
      sum += weight * (table.values[cell * knots.length + k] as number)
    return sum * VALUE_UNIT
  })
  const value = (k: number) => values[k] as number
  const knot = (k: number) => knots[k] as number
  const slope = (k: number) => (value(k + 1) - value(k)) / (knot(k + 1) - knot(k))
  return (lnHealth) => {
    const place = placeOf(lnHealth, targetLnHealth)
    if (place <= knot(0)) return value(0) + Math.min(0, slope(0)) * (place - knot(0))
    if (place >= knot(last))
      return value(last) + Math.max(0, slope(last - 1)) * (place - knot(last))
    let k = 0
    while (knot(k + 1) <= place) k++
    const width = knot(k + 1) - knot(k)
    const secant = slope(k)
    const left = k > 0 ? tangent(slope(k - 1), secant, knot(k) - knot(k - 1), width) : secant
    const right =
      k < last - 1 ? tangent(secant, slope(k + 1), width, knot(k + 2) - knot(k + 1)) : secant
    const t = (place - knot(k)) / width
    return (
      value(k) * (1 + 2 * t) * (1 - t) ** 2 +
      width * left * t * (1 - t) ** 2 +
      value(k + 1) * t * t * (3 - 2 * t) -
      width * right * t * t * (1 - t)
    )
  }
}

/**
 * One value of a {@link valueCurve}.
 *
 * @throws InvalidInputError when the query is out of range.
 */
export const valueAt = (
  table: PolicyTable,
  { lnHealth, ...query }: PolicyQuery & { readonly lnHealth: number },
): number => valueCurve(table, query)(lnHealth)

/** Tangent that keeps a cubic monotone: the weighted harmonic mean of the slopes beside it (Fritsch and Butland 1984). */
function tangent(before: number, after: number, widthBefore: number, widthAfter: number): number {
  if (before * after <= 0) return 0
  const first = 2 * widthAfter + widthBefore
  const second = widthAfter + 2 * widthBefore
  return (first + second) / (first / before + second / after)
}
