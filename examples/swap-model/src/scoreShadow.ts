import type { Forecast } from '@plimsoll/domain'
import {
  type BarSums,
  contextsOf,
  type ForecastRow,
  forecastRow,
  HORIZON_HOURS,
  judgeShadow,
  type Score,
  type TruthRow,
  targetAt,
} from '@plimsoll/forecast'

/** Scores what a model on trial said against what was acted on, on full hours. */
export function scoreShadow(p: {
  readonly shadows: readonly Forecast[]
  readonly acting: readonly Forecast[]
  readonly sums: readonly BarSums[]
}): readonly Score[] {
  const rows = (list: readonly Forecast[]): readonly ForecastRow[] =>
    list
      .filter(({ at }) => at % 3_600_000 === 0)
      .flatMap(({ asset, at, horizons }) =>
        horizons.map((horizon) => forecastRow(asset, at / 1000, horizon)),
      )
  const truths = p.sums.flatMap((own) =>
    [...contextsOf(own, { btc: null, eth: null })].flatMap(({ i, time }) =>
      HORIZON_HOURS.map((hours): TruthRow => {
        const { rv, ret, min } = targetAt(own, i, hours)
        return { timestamp: time, asset: own.bars.asset, hours, rv, ret, min }
      }),
    ),
  )
  return judgeShadow({ candidate: rows(p.shadows), acting: rows(p.acting), truths }).scores
}
