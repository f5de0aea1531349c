import type { RuleCheck } from '@plimsoll/domain'

/** What happened in a demo, in the words of its reader: USD numbers, health factors, hashes. */
export type DemoRecord = {
  readonly scenario: string
  readonly seed: number
  readonly engine: string
  readonly governor: string
  readonly frames: readonly DemoFrame[]
  readonly result: DemoResult
}

/** One frame: the market, both portfolios, what the agent did and what liquidators did. */
export type DemoFrame = {
  readonly index: number
  /** [s] */
  readonly at: number
  readonly block: string
  /** Oracle prices by asset. [USD] */
  readonly prices: Readonly<Record<string, number>>
  readonly agent: SideFrame
  readonly twin: SideFrame
  /** Machine state of the agent after the frame. */
  readonly state: string
  /** What the engine decided, in its own words. */
  readonly why: string
  /** Steps of the agent that failed, with the reason. */
  readonly failures: readonly string[]
  readonly actions: readonly ActionRecord[]
  readonly liquidations: readonly LiquidationRecord[]
}

/** A portfolio at one frame. */
export type SideFrame = {
  /** [USD] */
  readonly equity: number
  /** Health factor by venue label; null where nothing is owed. */
  readonly health: Readonly<Record<string, number | null>>
}

/** One order of the agent, or what became of one whose trade was filled later. */
export type ActionRecord = {
  readonly order: string
  readonly type: string
  readonly venue: string
  readonly why: string
  readonly outcome: string
  readonly reason: string | null
  /** What the governor made of it; null for an order that it was not asked about. */
  readonly grant: GrantRecord | null
  /** Null where nothing is owed. */
  readonly healthBefore: number | null
  readonly healthAfter: number | null
  readonly cost: CostRecord
  readonly transactions: readonly TransactionRecord[]
}

/** An answer of the governor: the rule that decided and every limit that was looked at. */
export type GrantRecord = {
  readonly outcome: 'allowed' | 'reduced' | 'sliced' | 'deferred' | 'denied'
  /** Null where nothing held it back. */
  readonly rule: string | null
  readonly checks: readonly RuleCheck[]
}

/** [USD] */
export type CostRecord = {
  readonly gas: number
  readonly slippage: number
  readonly fees: number
}

/** A transaction with the intent decoded from its bytes. */
type TransactionRecord = {
  readonly hash: string
  readonly intent: string
  readonly status: 'success' | 'reverted' | 'unknown'
}

/** A liquidation by a real liquidator. */
export type LiquidationRecord = {
  readonly side: 'agent' | 'twin'
  readonly venue: string
  readonly hash: string
  /** Debt repaid or notional closed. [USD] */
  readonly closed: number
  /** Collateral taken above what was repaid. [USD] */
  readonly bonus: number
}

/** The end of the story for one portfolio. [USD] */
export type SideResult = {
  /** Calls by liquidators; one venue may take a position in several. */
  readonly liquidations: number
  /** Venues on which there was one. */
  readonly venuesLiquidated: readonly string[]
  /** When the portfolio had been opened, before anything else. */
  readonly equityStart: number
  /** After the last frame, less all gas that was paid. */
  readonly equityEnd: number
  /** Gas, slippage and fees of its own transactions, set-up included. */
  readonly costs: number
  /** Collateral lost to liquidators. */
  readonly bonusesLost: number
  /** What the time cost and who took it. */
  readonly costsByCause: CostRecord & {
    /** Paid on perps less received. */
    readonly funding: number
    /** Interest on debt less interest on collateral. */
    readonly borrow: number
    /** As `bonusesLost`. */
    readonly liquidations: number
  }
  /** Sum of `costsByCause`: what engines are compared by. */
  readonly totalCost: number
  /** Paid to nobody: leverage off what it was at the start, at 10 % of equity a year and unit. */
  readonly tracking: number
  /** Its own, set-up included. */
  readonly transactions: number
}

export type DemoResult = { readonly agent: SideResult; readonly twin: SideResult }
