import type { Deployment } from '@plimsoll/devnet'
import type { FootprintConfig, Wall } from '@plimsoll/governor'
import type { GovernorName } from '../compose/composeGovernor.ts'
import type { EngineName } from '../demo/demoEngine.ts'

/** What a process of the fleet is told before it does anything. */
export type AgentBrief = {
  readonly index: number
  readonly rpcUrl: string
  readonly chainId: number
  readonly deployment: Deployment
  readonly engine: EngineName
  readonly governor: GovernorName
  readonly config: FootprintConfig
  /** File of the budgets that all processes share. */
  readonly store: string
  /** The agent's own wallet. */
  readonly wallet: string
  readonly bypassShareE6: bigint
}

/** Liquidation walls by asset. [USD] */
export type WallsByAsset = Readonly<Record<string, Wall>>

/** What all agents are told of the market. */
export type Board = {
  readonly walls: WallsByAsset
  readonly volumes: Readonly<Record<string, number>>
}

/** From the one who plays the crash to a process of the fleet. */
export type FleetCommand =
  | { readonly type: 'start'; readonly brief: AgentBrief }
  /** The fleet's walls are those that all agents told last, volumes those of the bar that ended. [USD] */
  | { readonly type: 'tick'; readonly board: Board }
  | { readonly type: 'stop' }

/** What an agent is worth, and how near to its floor. [USD] */
export type AgentState = {
  readonly equity: number
  readonly debt: number
  readonly health: number | null
  /** Its own part of the wall. */
  readonly walls: WallsByAsset
}

/** What a governor said, by how it ended and by the rule that decided. */
export type GrantTally = Readonly<Record<string, number>>

/** The answers, in the same order. */
export type FleetReport =
  | { readonly type: 'started'; readonly state: AgentState }
  | {
      readonly type: 'ticked'
      readonly state: AgentState
      readonly grants: GrantTally
      /** Drawn from its bypass so far. [USD] */
      readonly drawn: number
      readonly failures: readonly string[]
      /** State in which its machine rests. */
      readonly rests: string
    }
  /** With what it ever leased ahead of its bypass. [USD] */
  | { readonly type: 'stopped'; readonly leased: number }
  | { readonly type: 'failed'; readonly reason: string }
