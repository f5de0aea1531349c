import { HORIZON_HOURS } from '../features/targetAt.ts'
import type { ForecastRow, Score, TruthRow } from '../scoring/Scored.ts'
import { scoreForecasts } from '../scoring/scoreForecasts.ts'

/** What a candidate must show before it takes over. */
export type Gate = {
  /** Scored origins by asset and horizon. */
  readonly minOrigins: number
  /** At no horizon worse in mean QLIKE by more. [%] */
  readonly maxWorse: number
  /** At one horizon at least, better for every asset with a Diebold–Mariano t below. */
  readonly t: number
  /** Share of returns that the 99 % band must hold, and of those that may fall below the 1 % quantile. */
  readonly band99: readonly [least: number, most: number]
  readonly tail1: readonly [least: number, most: number]
}

/** Four weeks of hours, one-sided 5 %, and coverage that four weeks can tell from wrong. */
export const DEFAULT_GATE: Gate = {
  minOrigins: 672,
  maxWorse: 1,
  t: -1.64,
  band99: [0.975, 0.9995],
  tail1: [0.002, 0.025],
}

/** A judgement, with every reason. */
export type Judgement = {
  readonly passed: boolean
  /** What speaks against it; empty when it passed. */
  readonly against: readonly string[]
  readonly scores: readonly Score[]
}

/** Judges a candidate's shadow forecasts against those that acted, on the same origins. */
export function judgeShadow(p: {
  readonly candidate: readonly ForecastRow[]
  readonly acting: readonly ForecastRow[]
  readonly truths: readonly TruthRow[]
  readonly gate?: Gate
}): Judgement {
  const gate = p.gate ?? DEFAULT_GATE
  const scores = scoreForecasts({
    forecasts: p.candidate,
    truths: p.truths,
    reference: p.acting,
  })
  const against: string[] = []
  if (scores.length === 0) against.push('no forecast of both models could be scored')
  for (const { asset, hours, n, band99, tail1 } of scores) {
    const where = `${asset} ${hours} h`
    if (n < gate.minOrigins)
      against.push(`${where}: ${n} origins scored, at least ${gate.minOrigins} needed`)
    if (!within(band99, gate.band99))
      against.push(`${where}: the 99 % band held ${percent(band99)}, allowed ${range(gate.band99)}`)
    if (!within(tail1, gate.tail1))
      against.push(
        `${where}: ${percent(tail1)} fell below the 1 % quantile, allowed ${range(gate.tail1)}`,
      )
  }
  const significant = HORIZON_HOURS.filter((hours) => {
    const each = scores.filter((score) => score.hours === hours)
    const worse = each.reduce((sum, { versus }) => sum + (versus?.percent ?? 0) / each.length, 0)
    if (worse > gate.maxWorse)
      against.push(
        `${hours} h: QLIKE worse by ${worse.toFixed(1)} %, at most ${gate.maxWorse} % allowed`,
      )
    return each.length > 0 && each.every(({ versus }) => (versus?.t ?? 0) < gate.t)
  })
  if (significant.length === 0)
    against.push(`at no horizon better for every asset with t below ${gate.t}`)
  return { passed: against.length === 0, against, scores }
}

const within = (value: number, [least, most]: readonly [number, number]): boolean =>
  value >= least && value <= most
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
const range = ([least, most]: readonly [number, number]): string =>
  `${percent(least)} to ${percent(most)}`
