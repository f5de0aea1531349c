import type {
  Action,
  BlockRef,
  Forecast,
  Frame,
  Grant,
  Order,
  Plan,
  Recovery,
} from '@plimsoll/domain'
import type { Assessment } from '@plimsoll/risk'

/** How an agent plans: `preserving` gives up growth for safety. */
export type AgentMode = 'normal' | 'preserving'

/** What a machine asks its host to do. The host performs one request at a time, in the order they are emitted. */
export type AgentRequest =
  | { readonly type: 'recovery.requested' }
  | { readonly type: 'frame.requested'; readonly block: BlockRef }
  | {
      readonly type: 'assessment.requested'
      readonly frame: Frame
      readonly forecasts: readonly Forecast[]
    }
  | {
      readonly type: 'plan.requested'
      readonly frame: Frame
      readonly assessment: Assessment
      readonly mode: AgentMode
    }
  | {
      readonly type: 'grants.requested'
      readonly frame: Frame
      readonly assessment: Assessment
      readonly plan: Plan
    }
  | {
      readonly type: 'order.requested'
      readonly order: Order
      readonly frame: Frame
      readonly assessment: Assessment
      readonly forecasts: readonly Forecast[]
    }
  | { readonly type: 'reconciliation.requested'; readonly block: bigint }

/** What failed: a step that was asked for, the machine itself, or the journal beneath both. */
export type AgentStep = AgentRequest['type'] | 'machine' | 'journal'

/** Something threw. The machine routes on `recovery` and on nothing else. */
export type StepFailed = {
  readonly type: 'step.failed'
  readonly step: AgentStep
  readonly recovery: Recovery
  readonly code: string
  readonly reason: string
}

/** What a machine is told. */
export type AgentEvent =
  | { readonly type: 'block.seen'; readonly block: BlockRef }
  | { readonly type: 'recovery.settled'; readonly orders: readonly Order[] }
  | {
      readonly type: 'frame.ready'
      readonly frame: Frame
      readonly forecasts: readonly Forecast[]
    }
  | { readonly type: 'assessment.ready'; readonly assessment: Assessment }
  | { readonly type: 'plan.ready'; readonly plan: Plan }
  /** One order per action of the plan, `granted` or `denied`. */
  | { readonly type: 'grants.ready'; readonly orders: readonly Order[] }
  | { readonly type: 'order.settled'; readonly order: Order }
  | { readonly type: 'reconciliation.settled'; readonly orders: readonly Order[] }
  | StepFailed
  | { readonly type: 'operator.paused' }
  | { readonly type: 'operator.resumed' }

/** What an agent decides, as pure functions: the host calls them, the machine says when. */
export type AgentPolicy = {
  assess(p: { readonly frame: Frame; readonly forecasts: readonly Forecast[] }): Assessment
  plan(p: {
    readonly frame: Frame
    readonly assessment: Assessment
    readonly mode: AgentMode
  }): Plan
  govern(p: { readonly action: Action; readonly frame: Frame }): Grant
}
