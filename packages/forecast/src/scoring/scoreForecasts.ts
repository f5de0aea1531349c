import { normalCdf } from '@plimsoll/domain'
import { dieboldMariano, meanOf, varianceOf } from './dieboldMariano.ts'
import {
  BARRIERS,
  type BarrierScore,
  type ForecastRow,
  type Score,
  type TruthRow,
} from './Scored.ts'

/** A forecast and what became of it. */
export type Pair = { readonly forecast: ForecastRow; readonly truth: TruthRow }

/** `RV/f − ln(RV/f) − 1`. @see Patton (2011) */
export const qlike = (rv: number, variance: number): number =>
  rv / variance - Math.log(rv / variance) - 1

const keyOf = (row: { timestamp: number; asset: string; hours: number }): string =>
  `${row.asset} ${row.hours} ${row.timestamp}`

/** Pairs of forecasts and outcomes that can be scored; of two forecasts for one origin the last counts. */
export function pairUp(
  forecasts: readonly ForecastRow[],
  truths: readonly TruthRow[],
): readonly Pair[] {
  const byKey = new Map(truths.map((truth) => [keyOf(truth), truth]))
  const last = new Map(forecasts.map((forecast) => [keyOf(forecast), forecast]))
  const pairs: Pair[] = []
  for (const [key, forecast] of last) {
    const truth = byKey.get(key)
    if (truth !== undefined && forecast.variance > 0 && !Number.isNaN(truth.rv))
      pairs.push({ forecast, truth })
  }
  return pairs
}

/**
 * Scores forecasts by asset and horizon.
 *
 * A forecast without quantiles is scored by the Gaussian law of its variance, one without barriers by the first passage
 * of a driftless Gaussian walk, `2 Φ(ln(1 − d)/√f)`.
 *
 * @param p.reference - Forecasts to compare with, on common rows.
 */
export function scoreForecasts(p: {
  readonly forecasts: readonly ForecastRow[]
  readonly truths: readonly TruthRow[]
  readonly reference?: readonly ForecastRow[]
}): readonly Score[] {
  const reference = p.reference && new Map(p.reference.map((row) => [keyOf(row), row.variance]))
  const groups = new Map<string, Pair[]>()
  for (const pair of pairUp(p.forecasts, p.truths)) {
    if (reference && !reference.has(keyOf(pair.forecast))) continue
    const key = `${pair.forecast.asset} ${pair.forecast.hours}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [pair])
    else group.push(pair)
  }
  return [...groups.values()].map((pairs) => {
    pairs.sort((a, b) => a.forecast.timestamp - b.forecast.timestamp)
    return scoreGroup(pairs, reference)
  })
}

function scoreGroup(
  pairs: readonly Pair[],
  reference: ReadonlyMap<string, number> | undefined,
): Score {
  const { asset = '', hours = 0 } = pairs[0]?.forecast ?? {}
  const losses = pairs.map(({ forecast, truth }) => qlike(truth.rv, forecast.variance))
  const errors = pairs.map(({ forecast, truth }) => Math.log(truth.rv / forecast.variance))
  const mseLog = varianceOf(errors)
  const moved = pairs.filter(({ truth }) => !Number.isNaN(truth.ret))
  const priced = pairs.filter(({ truth }) => !Number.isNaN(truth.min))
  return {
    asset,
    hours,
    n: pairs.length,
    qlike: meanOf(losses),
    mseLog,
    mseLogRaw: meanOf(errors.map((e) => e * e)),
    r2Log: 1 - mseLog / varianceOf(pairs.map(({ truth }) => Math.log(truth.rv))),
    bias:
      meanOf(pairs.map(({ truth }) => truth.rv)) /
      meanOf(pairs.map(({ forecast }) => forecast.variance)),
    band99: share(moved, ({ forecast, truth }) => {
      const [low, , , high] = quantilesOf(forecast)
      return truth.ret >= low && truth.ret <= high
    }),
    tail1: share(moved, ({ forecast, truth }) => truth.ret < quantilesOf(forecast)[1]),
    barriers: BARRIERS.map((barrier, k) => scoreBarrier(priced, barrier, k)),
    versus: reference === undefined ? null : versus(pairs, losses, reference, hours),
  }
}

function versus(
  pairs: readonly Pair[],
  losses: readonly number[],
  reference: ReadonlyMap<string, number>,
  hours: number,
): Score['versus'] {
  const theirs = pairs.map(({ forecast, truth }) =>
    qlike(truth.rv, reference.get(keyOf(forecast)) ?? Number.NaN),
  )
  const differences = losses.map((loss, i) => loss - (theirs[i] ?? Number.NaN))
  return {
    percent: (100 * meanOf(differences)) / meanOf(theirs),
    t: dieboldMariano(differences, 2 * hours + 24),
  }
}

function scoreBarrier(pairs: readonly Pair[], barrier: number, index: number): BarrierScore {
  const hits = pairs.map(({ truth }) => (truth.min <= Math.log(1 - barrier) ? 1 : 0))
  const chances = pairs.map(({ forecast }) =>
    Math.min(1 - 1e-6, Math.max(1e-6, barrierChance(forecast, index))),
  )
  const rate = meanOf(hits)
  const brier = meanOf(chances.map((p, i) => (p - (hits[i] ?? 0)) ** 2))
  const climate = rate * (1 - rate)
  return {
    barrier,
    rate,
    mean: meanOf(chances),
    brier,
    skill: climate > 0 ? 1 - brier / climate : Number.NaN,
    logLoss: -meanOf(chances.map((p, i) => Math.log((hits[i] ?? 0) === 1 ? p : 1 - p))),
  }
}

/** P(lowest price ≤ price × (1 − d)) of a forecast, by index into {@link BARRIERS}. */
export const barrierChance = ({ barriers, variance }: ForecastRow, index: number): number =>
  barriers?.[index] ??
  2 * normalCdf(Math.log(1 - (BARRIERS[index] ?? Number.NaN)) / Math.sqrt(variance))

const quantilesOf = ({
  quantiles,
  variance,
}: ForecastRow): NonNullable<ForecastRow['quantiles']> => {
  const sigma = Math.sqrt(variance)
  return quantiles ?? [-2.5758 * sigma, -2.3263 * sigma, 2.3263 * sigma, 2.5758 * sigma]
}

const share = <T>(list: readonly T[], test: (item: T) => boolean): number =>
  list.filter(test).length / list.length
