import { InvalidInputError } from '@plimsoll/domain'
import type { PolicyTable } from './PolicyTable.ts'

/**
 * Weight of stress that a volatility estimate speaks for.
 *
 * `w = 1 / (1 + (midpoint/σ)^steepness)`.
 *
 * @param volatility - annual, as of the last half day or so. [1/√year]
 * @throws {@link InvalidInputError} when it is not a number of zero or more.
 */
export function stressWeight(volatility: number, table: Pick<PolicyTable, 'filter'>): number {
  if (!Number.isFinite(volatility) || volatility < 0)
    throw new InvalidInputError({
      field: 'policy.volatility',
      found: volatility,
      allowed: 'a number of zero or more',
    })
  const { midpoint, steepness } = table.filter
  return volatility === 0 ? 0 : 1 / (1 + (midpoint / volatility) ** steepness)
}
