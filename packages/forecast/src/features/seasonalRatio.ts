import { BARS_PER_HOUR } from '../bars/Bars.ts'
import { type BarSums, coverage, variancePerBar } from './createBarSums.ts'

const WEEK = 168 * BARS_PER_HOUR

/** Terms by their place, by span: each is asked for again week after week. NaN: not computed; infinite: left out. */
type Terms = Map<number, Float64Array>
const termsOf = new WeakMap<BarSums, Terms>()

/**
 * How busy the coming `span` bars are by the clock: mean over past weeks of the log variance of the same hours of the
 * week over that of the whole week around them.
 *
 * `mean_k ln(RV(i − kW, i − kW + span) / RV(i − kW − W/2, i − kW + W/2))`, `k = 1 … weeks`; weeks with less than 90 % (of
 * the hours) or 50 % (of the week around) of their bars are left out, and the mean is shrunk as if one further week had
 * shown nothing. Nothing from bar `i` on is read: the week around the nearest hours ends at `i − W/2`.
 */
export function seasonalRatio(sums: BarSums, i: number, span: number, weeks: number): number {
  const terms = termsFor(sums, span)
  let [n, total] = [0, 0]
  for (let k = 1; k <= weeks; k++) {
    const at = i - k * WEEK
    if (at - WEEK / 2 < 0) break
    let term = terms[at] ?? Number.NaN
    if (Number.isNaN(term)) {
      term = seasonalTerm(sums, at, span)
      terms[at] = term
    }
    if (term === Number.POSITIVE_INFINITY) continue
    n += 1
    total += term
  }
  return total / (n + 1)
}

function termsFor(sums: BarSums, span: number): Float64Array {
  let terms = termsOf.get(sums)
  if (terms === undefined) {
    terms = new Map()
    termsOf.set(sums, terms)
  }
  let list = terms.get(span)
  if (list === undefined) {
    list = new Float64Array(sums.bars.length).fill(Number.NaN)
    terms.set(span, list)
  }
  return list
}

function seasonalTerm(sums: BarSums, at: number, span: number): number {
  if (coverage(sums, at, at + span) < 0.9) return Number.POSITIVE_INFINITY
  if (coverage(sums, at - WEEK / 2, at + WEEK / 2) < 0.5) return Number.POSITIVE_INFINITY
  return Math.log(
    variancePerBar(sums, at, at + span) / variancePerBar(sums, at - WEEK / 2, at + WEEK / 2),
  )
}
