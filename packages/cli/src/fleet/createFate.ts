import type { AgentState, FleetReport, GrantTally } from './FleetProtocol.ts'
import type { AgentRecord } from './FleetRecord.ts'

/** What becomes of one agent, frame by frame. */
export type Fate = {
  readonly state: AgentState
  /** Drawn from its bypass so far. [USD] */
  readonly drawn: number
  readonly liquidatedIn: number | null
  /** Times it was told to wait for others' wishes. */
  readonly waiting: number
  /** Someone liquidated it, before its turn in this frame. */
  liquidate(frame: number): void
  hear(report: Extract<FleetReport, { type: 'ticked' }>, frame: number): void
  record(p: {
    readonly agent: number
    readonly owner: string
    /** Leased ahead of its bypass. [USD] */
    readonly leased: number
  }): AgentRecord
}

/** Creates the fate of an agent that starts out like this. */
export function createFate(start: AgentState): Fate {
  let state = start
  let drawn = 0
  let drawnIn: number | null = null
  let drawnBefore: number | null = null
  let liquidations = 0
  let liquidatedIn: number | null = null
  let grants: GrantTally = {}
  let rests = 'unheard'
  const failures = new Set<string>()
  return {
    get state() {
      return state
    },
    get drawn() {
      return drawn
    },
    get liquidatedIn() {
      return liquidatedIn
    },
    get waiting() {
      return grants[GATHERING] ?? 0
    },
    liquidate(frame) {
      liquidations += 1
      liquidatedIn ??= frame
      drawnBefore ??= drawn
    },
    hear(report, frame) {
      ;({ state, grants, rests } = report)
      if (report.drawn > 0) drawnIn ??= frame
      drawn = report.drawn
      for (const failure of report.failures) failures.add(failure)
    },
    record: ({ agent, owner, leased }) => ({
      ...{ agent, owner, liquidations, liquidatedIn, grants, rests },
      debtStart: start.debt,
      healthStart: start.health,
      healthEnd: state.health,
      equityStart: start.equity,
      equityEnd: state.equity,
      bypass: { leased, drawn, drawnBefore: drawnBefore ?? drawn, drawnIn },
      failures: [...failures],
    }),
  }
}

const GATHERING = 'deferred by budget-gathering'
