import type { Bands } from './bandsOf.ts'
import { BAND_UNIT, type PolicyTable } from './PolicyTable.ts'
import { lnHealthAtPlace } from './place.ts'
import { type PolicyQuery, tableCorners } from './tableCoordinates.ts'

/** Places this near to an end of the grid are its end: trading there is as good as never. */
const NEVER = { below: 0.02, above: 1.95 }

/**
 * Bands of a position: when to trade and how far, in ln health, interpolated between the cells of a table.
 *
 * Null where no trade ever pays.
 *
 * @throws InvalidInputError when the query is out of range.
 */
export function bandsAt(table: PolicyTable, query: PolicyQuery): Bands {
  const { targetLnHealth, cells } = tableCorners(table, query)
  const places = [0, 0, 0, 0]
  for (const { cell, weight } of cells)
    for (let k = 0; k < 4; k++)
      places[k] = (places[k] ?? 0) + weight * BAND_UNIT * (table.bands[cell * 4 + k] as number)
  const [below, belowTo, above, aboveTo] = places as [number, number, number, number]
  const lnHealth = (place: number) => lnHealthAtPlace(place, targetLnHealth)
  const delevers = below > NEVER.below && belowTo > below
  const relevers = above < NEVER.above && aboveTo < above
  return {
    deleverBelow: delevers ? lnHealth(below) : null,
    deleverTo: delevers ? lnHealth(belowTo) : null,
    releverAbove: relevers ? lnHealth(above) : null,
    releverTo: relevers ? lnHealth(aboveTo) : null,
  }
}
