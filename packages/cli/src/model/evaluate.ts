import {
  BARRIERS,
  type BarSums,
  barrierChance,
  brierSkill,
  contextsOf,
  type DatedChance,
  type ForecastRow,
  HORIZON_HOURS,
  type Market,
  pairUp,
  type ReliabilityBin,
  reliability,
  type Score,
  type Skill,
  scoreForecasts,
  type TruthRow,
  targetAt,
} from '@plimsoll/forecast'

/** A model's forecasts and how they did. */
export type Evaluated = {
  readonly id: string
  readonly rows: readonly ForecastRow[]
  readonly scores: readonly Score[]
  /** At every barrier and horizon, over all assets. */
  readonly barriers: readonly EvaluatedBarrier[]
}

/** How the chances of one barrier did. */
type EvaluatedBarrier = {
  readonly barrier: number
  readonly hours: number
  readonly n: number
  readonly rate: number
  readonly skill: Skill
  readonly bins: readonly ReliabilityBin[]
}

/** What became of every usable origin in a span. */
export function truthsOf(
  sums: readonly BarSums[],
  span: { readonly from: number; readonly to: number },
): readonly TruthRow[] {
  return sums.flatMap((own) =>
    [...contextsOf(own, { btc: null, eth: null } satisfies Market, span)].flatMap(({ i, time }) =>
      HORIZON_HOURS.flatMap((hours): TruthRow[] => {
        const { rv, ret, min } = targetAt(own, i, hours)
        return Number.isNaN(rv)
          ? []
          : [{ timestamp: time, asset: own.bars.asset, hours, rv, ret, min }]
      }),
    ),
  )
}

/** Scores forecasts on what became of them, against a reference on common rows. */
export function evaluate(p: {
  readonly id: string
  readonly rows: readonly ForecastRow[]
  readonly truths: readonly TruthRow[]
  readonly reference: readonly ForecastRow[]
}): Evaluated {
  const scores = scoreForecasts({ forecasts: p.rows, truths: p.truths, reference: p.reference })
  const pairs = pairUp(p.rows, p.truths).filter(({ truth }) => !Number.isNaN(truth.min))
  const barriers = HORIZON_HOURS.flatMap((hours) =>
    BARRIERS.map((barrier, index): EvaluatedBarrier => {
      const chances = pairs
        .filter(({ truth }) => truth.hours === hours)
        .map(
          ({ forecast, truth }): DatedChance => ({
            probability: barrierChance(forecast, index),
            happened: truth.min <= Math.log(1 - barrier),
            timestamp: truth.timestamp,
          }),
        )
      const hits = chances.filter(({ happened }) => happened).length
      return {
        barrier,
        hours,
        n: chances.length,
        rate: hits / chances.length,
        skill: brierSkill(chances),
        bins: reliability(chances),
      }
    }),
  )
  return { id: p.id, rows: p.rows, scores, barriers }
}

/** Mean QLIKE over assets by horizon. */
export function meanQlike(
  scores: readonly Score[],
  assets: readonly string[],
  hours: number,
): number {
  const chosen = scores.filter((score) => score.hours === hours && assets.includes(score.asset))
  return chosen.reduce((sum, { qlike }) => sum + qlike / chosen.length, 0) || Number.NaN
}
