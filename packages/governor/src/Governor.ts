import type { Action, Frame, Grant } from '@plimsoll/domain'

/** Decides what the market can bear of an action now. Nothing is sent without its grant. Pure. */
export interface Governor {
  readonly name: string
  grant(p: { readonly action: Action; readonly frame: Frame }): Grant
}
