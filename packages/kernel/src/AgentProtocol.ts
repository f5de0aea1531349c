import type {
  Action,
  Forecast,
  Frame,
  FrameAssessed,
  FrameObserved,
  Grant,
  Order,
  Plan,
  Recovery,
} from '@plimsoll/domain'
import type { AssessMemory, Assessment } from '@plimsoll/risk'

/** How an agent plans: `preserving` gives up growth for safety. */
export type AgentMode = 'normal' | 'preserving'

/**
 * What a machine asks its host to do. The host performs one request at a time, in the order they are emitted, on
 * what the tick has come to so far: the machine says when, and keeps no market data.
 */
export type AgentRequest =
  | { readonly type: 'recovery.requested' }
  | { readonly type: 'frame.requested' }
  | { readonly type: 'assessment.requested' }
  | { readonly type: 'plan.requested'; readonly mode: AgentMode }
  | { readonly type: 'grants.requested' }
  | { readonly type: 'order.requested'; readonly order: string }
  | { readonly type: 'reconciliation.requested' }

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
  | { readonly type: 'block.seen' }
  | {
      readonly type: 'recovery.settled'
      readonly orders: readonly Order[]
      /** Frames seen before the restart, in order. */
      readonly observed: readonly FrameObserved[]
      /** What was made of them, in order; a frame that was never assessed has none. */
      readonly assessed: readonly FrameAssessed[]
    }
  | { readonly type: 'frame.ready'; readonly frame: Frame }
  | {
      readonly type: 'assessment.ready'
      readonly assessment: Assessment
      /** Time of the block. [s] */
      readonly time: bigint
    }
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
  assess(p: {
    readonly frame: Frame
    readonly forecasts: readonly Forecast[]
    /** What earlier frames left: the state of circuit breakers, pools of the last half hour. */
    readonly memory: AssessMemory
  }): Assessment
  plan(p: {
    readonly frame: Frame
    readonly assessment: Assessment
    readonly mode: AgentMode
  }): Plan
  /** Pure but for a lease that a governor may take through a store. */
  govern(p: {
    readonly action: Action
    readonly frame: Frame
    /** Actions of the plan that come before it. */
    readonly earlier?: readonly Action[]
  }): Grant | Promise<Grant>
}
