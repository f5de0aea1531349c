import type { BarModel } from '../BarModel.ts'
import { BARS_PER_HOUR } from '../bars/Bars.ts'
import { type BarSums, coverage, variancePerBar } from '../features/createBarSums.ts'
import { HORIZON_HOURS } from '../features/targetAt.ts'
import { withLaw } from './createLinearModel.ts'

/** Past this, an hour weighs less than a millionth at any decay in use. */
const HOURS = 480

/**
 * Creates RiskMetrics' model on hourly realised variances: `σ² ← λ σ² + (1 − λ) RV`, the same for every hour to come.
 *
 * @param lambda - Decay per hour.
 */
export function createEwmaBars(lambda = 0.94): BarModel {
  return {
    id: `ewma-${lambda}`,
    horizonsMs: HORIZON_HOURS.map((hours) => hours * 3_600_000),
    async forecast(contexts) {
      return contexts.map(({ own, i }) => {
        const hourly = weighted(own, i, lambda)
        return HORIZON_HOURS.map((hours) => withLaw(hours * 3_600_000, hourly * hours, null))
      })
    },
  }
}

function weighted(sums: BarSums, i: number, lambda: number): number {
  let [total, weight, w] = [0, 0, 1]
  for (let k = 0; k < HOURS; k++, w *= lambda) {
    const to = i - k * BARS_PER_HOUR
    if (to - BARS_PER_HOUR < 0) break
    if (coverage(sums, to - BARS_PER_HOUR, to) < 0.5) continue
    total += w * variancePerBar(sums, to - BARS_PER_HOUR, to) * BARS_PER_HOUR
    weight += w
  }
  return total / weight
}
