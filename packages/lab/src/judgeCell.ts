import { type Interval, mean, pairedDifference, quantile } from './bootstrap.ts'
import { POLICY_NAMES, type StudyCell, type StudyCosts } from './policyStudy.ts'

/** Averages of one policy over the paths of a cell, as shares of equity per year. */
export type PolicySummary = {
  readonly name: string
  readonly total: number
  readonly tracking: number
  readonly trading: number
  readonly liquidation: number
  readonly liquidationsPer100Years: number
  readonly trades: number
  /** 99th percentile over paths of the cost per year. */
  readonly p99: number
}

/** What a cell says of the policy that is judged. */
export type CellVerdict = {
  readonly cell: string
  readonly policies: readonly PolicySummary[]
  readonly againstTuned: Interval & { readonly share: number }
  readonly againstCommon: Interval & { readonly share: number }
  readonly tail: Interval
  /** Parts of the bar that are missed, in words; none when it is met. */
  readonly missed: readonly string[]
}

/** Compares the policy with thresholds, tuned and common, on the same paths. */
export function judgeCell(cell: StudyCell, costs: StudyCosts, seed: number): CellVerdict {
  const totals = (name: string) => costs[name]?.total ?? new Float64Array(0)
  const ours = totals(POLICY_NAMES.subject)
  const against = (name: string) => {
    const theirs = totals(name)
    const difference = pairedDifference({ ours, theirs, seed })
    return { ...difference, share: difference.value / mean(theirs) }
  }
  const againstTuned = against(POLICY_NAMES.tuned)
  const againstCommon = against(POLICY_NAMES.common)
  const missed: string[] = []
  if (!(againstTuned.high < 0)) missed.push('not surely below the tuned thresholds')
  if (!(againstCommon.share <= -cell.margin))
    missed.push(
      `${(-100 * againstCommon.share).toFixed(1)} % below the default thresholds, ${100 * cell.margin} % are asked`,
    )
  return {
    cell: cell.id,
    policies: Object.entries(costs).map(([name, cost]) => ({
      name,
      total: mean(cost.total),
      tracking: mean(cost.tracking),
      trading: mean(cost.trading),
      liquidation: mean(cost.liquidation),
      liquidationsPer100Years: 100 * mean(cost.liquidations),
      trades: mean(cost.trades),
      p99: p99(cost.total),
    })),
    againstTuned,
    againstCommon,
    tail: pairedDifference({
      ours,
      theirs: totals(POLICY_NAMES.tuned),
      seed,
      draws: 500,
      statistic: p99,
    }),
    missed,
  }
}

const p99 = (costs: Float64Array) => quantile(Float64Array.from(costs).sort(), 0.99)
