import { type PolicyTable, VALUE_UNIT } from './PolicyTable.ts'
import { placeOf } from './place.ts'
import { type PolicyQuery, tableCorners } from './tableCoordinates.ts'

/**
 * Cost to go of a position above the least one, as a share of its equity, if its policy is followed from now.
 *
 * `V(h) − V(h')` is what being at `h'` instead of `h` saves. Monotone cubic between the places of the table; straight on
 * below liquidation, where it only rises, and above the top.
 *
 * @throws InvalidInputError when the query is out of range.
 */
export function valueAt(
  table: PolicyTable,
  query: PolicyQuery & { readonly lnHealth: number },
): number {
  const { targetLnHealth, cells } = tableCorners(table, query)
  const knots = table.axes.place
  const count = knots.length
  const place = placeOf(query.lnHealth, targetLnHealth)
  const value = (k: number) => {
    let sum = 0
    for (const { cell, weight } of cells) sum += weight * (table.values[cell * count + k] as number)
    return sum * VALUE_UNIT
  }
  const knot = (k: number) => knots[k] as number
  const slope = (k: number) => (value(k + 1) - value(k)) / (knot(k + 1) - knot(k))
  if (place <= knot(0)) return value(0) + Math.min(0, slope(0)) * (place - knot(0))
  if (place >= knot(count - 1))
    return value(count - 1) + Math.max(0, slope(count - 2)) * (place - knot(count - 1))
  let k = 0
  while (knot(k + 1) <= place) k++
  const width = knot(k + 1) - knot(k)
  const secant = slope(k)
  const left = k > 0 ? tangent(slope(k - 1), secant, knot(k) - knot(k - 1), width) : secant
  const right =
    k < count - 2 ? tangent(secant, slope(k + 1), width, knot(k + 2) - knot(k + 1)) : secant
  const t = (place - knot(k)) / width
  return (
    value(k) * (1 + 2 * t) * (1 - t) ** 2 +
    width * left * t * (1 - t) ** 2 +
    value(k + 1) * t * t * (3 - 2 * t) -
    width * right * t * t * (1 - t)
  )
}

/** Tangent that keeps a cubic monotone: the weighted harmonic mean of the slopes beside it (Fritsch and Butland 1984). */
function tangent(before: number, after: number, widthBefore: number, widthAfter: number): number {
  if (before * after <= 0) return 0
  const first = 2 * widthAfter + widthBefore
  const second = widthAfter + 2 * widthBefore
  return (first + second) / (first / before + second / after)
}
