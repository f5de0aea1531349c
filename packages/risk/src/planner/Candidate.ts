import type { Action, ActionType, DomainId } from '@plimsoll/domain'
import type { MarketUse } from '../Ledger.ts'

/** An action that was weighed, with what it brings and costs. */
export type Candidate = {
  readonly type: 'possible'
  readonly action: Action
  readonly market: MarketUse | null
  /** Expected cost avoided. [USD] */
  readonly benefit: number
  /** [USD] */
  readonly cost: number
}

/** A way that was not possible, and why. */
export type Refusal = {
  readonly type: 'refused'
  readonly lever: ActionType
  readonly domain: DomainId
  readonly why: string
}

/** What is left of a benefit after its cost. [USD] */
export const netOf = ({ benefit, cost }: Candidate): number => benefit - cost
