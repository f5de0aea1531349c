import { BARS_PER_HOUR } from '../bars/Bars.ts'
import { type BarSums, coverage, variancePerBar } from './createBarSums.ts'

const WEEK = 168 * BARS_PER_HOUR

/**
 * How busy the coming `span` bars are by the clock: mean over past weeks of the log variance of the same hours of the
 * week over that of the whole week around them.
 *
 * `mean_k ln(RV(i − kW, i − kW + span) / RV(i − kW − W/2, i − kW + W/2))`, `k = 1 … weeks`; weeks with less than 90 % (of
 * the hours) or 50 % (of the week around) of their bars are left out, and the mean is shrunk as if one further week had
 * shown nothing. The last bar it reads is `i − W/2 − 1`, and for a day `i − W + span − 1`.
 */
export function seasonalRatio(sums: BarSums, i: number, span: number, weeks: number): number {
  let [n, total] = [0, 0]
  for (let k = 1; k <= weeks; k++) {
    const at = i - k * WEEK
    if (at - WEEK / 2 < 0) break
    if (coverage(sums, at, at + span) < 0.9) continue
    if (coverage(sums, at - WEEK / 2, at + WEEK / 2) < 0.5) continue
    n += 1
    total += Math.log(
      variancePerBar(sums, at, at + span) / variancePerBar(sums, at - WEEK / 2, at + WEEK / 2),
    )
  }
  return total / (n + 1)
}
