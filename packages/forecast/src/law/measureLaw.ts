import { InvalidInputError } from '@plimsoll/domain'
import type { HorizonCalibration, QuantileLevels } from '../model/Manifest.ts'

/** What happened over a horizon of which a variance was forecast; all in log prices. */
export type Outcome = {
  readonly variance: number
  readonly ret: number
  readonly min: number
  readonly max: number
}

/**
 * Measures the law of returns and extremes in units of sigma: filtered historical simulation, with Hill's index of the
 * share beyond the outermost level.
 *
 * @throws InvalidInputError when there are too few outcomes for the outermost level.
 */
export function measureLaw(
  outcomes: readonly Outcome[],
  levels: QuantileLevels,
): HorizonCalibration {
  const known = outcomes.filter(({ ret, min, max }) => !Number.isNaN(ret + min + max))
  const outermost = levels.excursions.at(-1) ?? 1
  if (known.length * outermost < 10)
    throw new InvalidInputError({
      field: 'outcomes for a law',
      found: known.length,
      allowed: `at least ${Math.ceil(10 / outermost)}; load more history`,
    })
  const sorted = (value: (o: Outcome) => number): Float64Array =>
    Float64Array.from(known, (o) => value(o) / Math.sqrt(o.variance)).sort()
  const returns = sorted(({ ret }) => ret)
  const fall = sorted(({ min }) => Math.max(0, -min))
  const rise = sorted(({ max }) => Math.max(0, max))
  const distances = (list: Float64Array) => levels.excursions.map((p) => quantileOf(list, 1 - p))
  return {
    varianceScale: 1,
    law: {
      levels,
      returns: levels.returns.map((p) => quantileOf(returns, p)),
      fall: distances(fall),
      rise: distances(rise),
    },
    scale: null,
    fallTail: hillIndex(fall, outermost),
    riseTail: hillIndex(rise, outermost),
  }
}

/** Quantile of a rising list, linear between its points. */
export function quantileOf(list: Float64Array, probability: number): number {
  const at = probability * (list.length - 1)
  const low = list[Math.floor(at)] ?? Number.NaN
  return low + (at - Math.floor(at)) * ((list[Math.ceil(at)] ?? Number.NaN) - low)
}

/** `1 / mean ln(x / threshold)` of the largest `share` of a rising list. @see Hill (1975) */
function hillIndex(list: Float64Array, share: number): number {
  const from = Math.floor((1 - share) * list.length)
  const threshold = list[from] ?? Number.NaN
  let [sum, n] = [0, 0]
  for (let i = from + 1; i < list.length; i++) {
    sum += Math.log((list[i] ?? Number.NaN) / threshold)
    n += 1
  }
  return n / sum
}
