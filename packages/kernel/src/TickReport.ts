import type { BlockRef, Forecast, Frame, Order, Plan } from '@plimsoll/domain'
import type { Assessment } from '@plimsoll/risk'
import type { AgentMode, StepFailed } from './AgentProtocol.ts'
import type { MissingForecast } from './createPriceHistory.ts'

/** What one tick saw, decided and did. */
export type TickReport = {
  readonly block: BlockRef
  /** State in which the machine rests: `watching`, `paused`, `halted`, or `recovering` and `reconciling` while the chain has not answered. */
  readonly state: string
  readonly mode: AgentMode
  /** Null when nothing was read or the frame was refused. */
  readonly frame: Frame | null
  readonly forecasts: readonly Forecast[]
  readonly missingForecasts: readonly MissingForecast[]
  readonly assessment: Assessment | null
  readonly plan: Plan | null
  /**
   * Orders opened in this tick, and those of earlier ticks whose trades were filled, expired or were cancelled since,
   * in their last state: an order may be in the reports of several ticks.
   */
  readonly orders: readonly Order[]
  /** Steps that threw, in order. */
  readonly failures: readonly StepFailed[]
}
