import { InvalidInputError } from '@plimsoll/domain'
import type { BarModel } from '../BarModel.ts'
import { BARS_PER_HOUR } from '../bars/Bars.ts'
import { type BarSums, between, coverage } from '../features/createBarSums.ts'
import { HORIZON_HOURS } from '../features/targetAt.ts'
import { withLaw } from './createLinearModel.ts'

/** GARCH(1,1) of hourly returns: `σ² ← ω + α r² + β σ²`, `ω = (1 − α − β) · variance`. */
export type Garch = {
  readonly alpha: number
  readonly beta: number
  /** Unconditional variance of an hour. */
  readonly variance: number
}

/** Hours that the variance of now is filtered from; older ones no longer matter at any persistence that is fitted. */
const FILTER_HOURS = 1_500

/**
 * Fits GARCH(1,1) by Gaussian quasi-likelihood with variance targeting, on a grid refined around its best point.
 *
 * @throws InvalidInputError on fewer than 500 returns.
 * @see Bollerslev (1986); Francq, Horváth and Zakoïan (2011) on variance targeting
 */
export function fitGarch(returns: Float64Array): Garch {
  if (returns.length < 500)
    throw new InvalidInputError({
      field: 'hourly returns for GARCH',
      found: returns.length,
      allowed: 'at least 500; load more history',
    })
  let sum = 0
  for (const r of returns) sum += r * r
  const variance = sum / returns.length
  let best = { alpha: 0.1, persistence: 0.97, loss: Number.POSITIVE_INFINITY }
  let [widthA, widthP] = [0.09, 0.029]
  for (let round = 0; round < 5; round++) {
    const { alpha: a0, persistence: p0 } = best
    for (let a = -4; a <= 4; a++)
      for (let b = -4; b <= 4; b++) {
        const alpha = Math.min(0.5, Math.max(0.005, a0 + (a / 4) * widthA))
        const persistence = Math.min(0.9995, Math.max(alpha, p0 + (b / 4) * widthP))
        const loss = quasiLoss(returns, variance, alpha, persistence - alpha)
        if (loss < best.loss) best = { alpha, persistence, loss }
      }
    widthA /= 2.5
    widthP /= 2.5
  }
  return { alpha: best.alpha, beta: best.persistence - best.alpha, variance }
}

function quasiLoss(returns: Float64Array, variance: number, alpha: number, beta: number): number {
  const omega = (1 - alpha - beta) * variance
  let [h, loss] = [variance, 0]
  for (const r of returns) {
    loss += Math.log(h) + (r * r) / h
    h = omega + alpha * r * r + beta * h
  }
  return loss
}

/** Hourly returns of bars `from` to `to − 1`, hours with less than half of their bars left out. */
export function hourlyReturns(sums: BarSums, from: number, to: number): Float64Array {
  const out: number[] = []
  for (let i = Math.max(0, from); i + BARS_PER_HOUR <= to; i += BARS_PER_HOUR)
    if (coverage(sums, i, i + BARS_PER_HOUR) >= 0.5)
      out.push(between(sums.drift, i, i + BARS_PER_HOUR))
  return Float64Array.from(out)
}

/** Creates the model from fitted parameters by asset; an asset without its own gets those under `*`. */
export function createGarch(fits: ReadonlyMap<string, Garch>): BarModel {
  return {
    id: 'garch-1-1',
    horizonsMs: HORIZON_HOURS.map((hours) => hours * 3_600_000),
    async forecast(contexts) {
      return contexts.map(({ own, i }) => {
        const garch = fits.get(own.bars.asset) ?? fits.get('*')
        if (garch === undefined)
          throw new InvalidInputError({
            field: 'asset of GARCH',
            found: own.bars.asset,
            allowed: `${[...fits.keys()].join(', ')}, or a fit under *`,
          })
        return HORIZON_HOURS.map((hours) =>
          withLaw(hours * 3_600_000, ahead(garch, own, i, hours), null),
        )
      })
    },
  }
}

/** Expected sum of squared hourly returns: each hour ahead returns to the mean by the persistence. */
function ahead({ alpha, beta, variance }: Garch, sums: BarSums, i: number, hours: number): number {
  const omega = (1 - alpha - beta) * variance
  let h = variance
  for (const r of hourlyReturns(sums, i - FILTER_HOURS * BARS_PER_HOUR, i))
    h = omega + alpha * r * r + beta * h
  const persistence = alpha + beta
  const gap = h - variance
  return hours * variance + (gap * (1 - persistence ** hours)) / (1 - persistence)
}
