import type { AssetId, DomainId } from '@plimsoll/domain'
import type { ScenarioKind } from './Scenario.ts'

/** What a scenario's liquidations took from one domain. [USD] */
export type LiquidatedDomain = {
  readonly domain: DomainId
  /** Debt repaid or notional closed, by liquidators. */
  readonly closed: number
  /** Their premium. */
  readonly bonus: number
}

/** What one scenario would do. [USD] */
export type ScenarioOutcome = {
  readonly scenario: string
  readonly kind: ScenarioKind
  /** Value of the book at the scenario's prices, before anyone liquidates. */
  readonly equityAtMarks: number
  /** What is left when no domain can be liquidated any more. */
  readonly equityAfter: number
  /** `equity before − equityAfter`; negative is a gain. */
  readonly loss: number
  /** Health factor by domain at the scenario's prices, in the report's order: 0 insolvent, +∞ unlevered. */
  readonly health: readonly number[]
  /**
   * Domain that can be liquidated first on the straight way from now to the scenario, and the share of the way at which; null
   * when none dies.
   */
  readonly first: { readonly domain: DomainId; readonly at: number } | null
  readonly closed: number
  readonly bonus: number
  /** Cost of the sales at the scenario's depth: slippage of the closed perps and the fall of what is left. */
  readonly impact: number
  /** Liquidations until nothing more could be liquidated. */
  readonly rounds: number
  /** Debt that no collateral covers in the end: a loss of the venues, and counted in `equityAfter` as ours. */
  readonly badDebt: number
  readonly liquidated: readonly LiquidatedDomain[]
}

/** A book through a grid of scenarios. */
export type StressReport = {
  /** At market prices now. [USD] */
  readonly equity: number
  /** Order of `health` in every outcome. */
  readonly domains: readonly DomainId[]
  readonly outcomes: readonly ScenarioOutcome[]
  /** Outcome with the largest loss; null without scenarios. */
  readonly worst: ScenarioOutcome | null
  /** Volatile assets without a depth reading: their sales cost nothing here. */
  readonly withoutDepth: readonly AssetId[]
}
