import { type PolicyTable, type PolicyWorld, stressWeight } from '@plimsoll/risk'
import { HOURS_PER_YEAR } from './World.ts'

/** From the returns of a path to the weight of stress at the start of each hour, from what was seen before it. */
export type StressFilter = (returns: Float64Array) => Float64Array

/** Variance that a filter starts from. [1/year] */
const LONG_RUN_VARIANCE = 0.36

/** Annual volatility at the start of each hour: exponentially weighted mean of squared hourly returns. */
export function ewmaVolatility(returns: Float64Array, halfLifeHours: number): Float64Array {
  const keep = 2 ** (-1 / halfLifeHours)
  const volatility = new Float64Array(returns.length)
  let variance = LONG_RUN_VARIANCE
  for (let t = 0; t < returns.length; t++) {
    volatility[t] = Math.sqrt(variance)
    const move = returns[t] as number
    variance = keep * variance + (1 - keep) * move * move * HOURS_PER_YEAR
  }
  return volatility
}

/** Stress is there or not: above a volatility. */
export function thresholdFilter(halfLifeHours: number, limit: number): StressFilter {
  return (returns) =>
    ewmaVolatility(returns, halfLifeHours).map((volatility) => (volatility > limit ? 1 : 0))
}

/** The weight that a table gives to a volatility. */
export function tableFilter(table: Pick<PolicyTable, 'filter'>): StressFilter {
  return (returns) =>
    ewmaVolatility(returns, table.filter.halfLifeHours).map((volatility) =>
      stressWeight(volatility, table),
    )
}

/**
 * Probability of stress given all returns before, if the market were as the table's world says (forward recursion of a
 * hidden Markov chain).
 */
export function bayesFilter({ regimes }: Pick<PolicyWorld, 'regimes'>): StressFilter {
  const [calm, stress] = regimes as readonly [Regime, Regime]
  const enter = 1 / calm.stayHours
  const leave = 1 / stress.stayHours
  return (returns) => {
    const weights = new Float64Array(returns.length)
    let belief = enter / (enter + leave)
    for (let t = 0; t < returns.length; t++) {
      weights[t] = belief
      const move = returns[t] as number
      const stressed = belief * density(stress, move)
      const quiet = (1 - belief) * density(calm, move)
      const posterior = stressed / (stressed + quiet)
      belief = posterior * (1 - leave) + (1 - posterior) * enter
    }
    return weights
  }
}

type Regime = PolicyWorld['regimes'][number]

/** Density of one hour's return in a regime. */
export function density(regime: Regime, move: number): number {
  const variance = regime.volatility ** 2 / HOURS_PER_YEAR
  const jump = regime.jumpRate / HOURS_PER_YEAR
  const drift = -0.5 * variance
  return (
    (1 - jump) * normal(move - drift, variance) +
    jump * normal(move - drift - regime.jumpMean, variance + regime.jumpSd ** 2)
  )
}

const normal = (x: number, variance: number) =>
  Math.exp((-0.5 * x * x) / variance) / Math.sqrt(2 * Math.PI * variance)
