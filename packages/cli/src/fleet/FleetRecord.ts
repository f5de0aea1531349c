import type { GovernorName } from '../compose/composeGovernor.ts'
import type { GrantTally } from './FleetProtocol.ts'
import type { OwnImpact } from './measureImpact.ts'

/** What became of one agent of a fleet. [USD] */
export type AgentRecord = {
  readonly agent: number
  readonly owner: string
  readonly debtStart: number
  readonly healthStart: number | null
  readonly healthEnd: number | null
  readonly equityStart: number
  readonly equityEnd: number
  readonly liquidations: number
  /** Frame of the first one; null for none. */
  readonly liquidatedIn: number | null
  readonly bypass: {
    readonly leased: number
    readonly drawn: number
    /** Drawn before its first liquidation; all of it where there was none. */
    readonly drawnBefore: number
    /** Frame of the first draw; null for none. */
    readonly drawnIn: number | null
  }
  readonly grants: GrantTally
  /** State in which its machine rests at the end. */
  readonly rests: string
  /** Failed steps, each once. */
  readonly failures: readonly string[]
}

/** A crash that a fleet went through. */
export type FleetRecord = {
  readonly governor: GovernorName
  readonly scenario: string
  readonly seed: number
  readonly frames: number
  readonly agents: readonly AgentRecord[]
  /** What liquidators closed, at the oracle's price. [USD] */
  readonly forced: number
  readonly impact: readonly OwnImpact[]
  /** Largest own impact that orders may have, and orders and bypass together. [log-price] */
  readonly cap: { readonly orders: number; readonly all: number }
  readonly seconds: number
}
