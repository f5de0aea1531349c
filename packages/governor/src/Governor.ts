import type { Action, Frame, Grant } from '@plimsoll/domain'

/** What is asked of a governor. */
export type GrantRequest = {
  readonly action: Action
  readonly frame: Frame
  /** Actions of the same plan that come before it: what they use of the reserve is gone. */
  readonly earlier?: readonly Action[]
}

/** Decides what the market can bear of an action now. Nothing is sent without its grant. */
export interface Governor {
  readonly name: string
  /** Pure but for the lease that it may take through a store; it never throws for a store that does not answer. */
  grant(p: GrantRequest): Grant | Promise<Grant>
}
