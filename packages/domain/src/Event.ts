import type { Address, AssetId, DomainId, Hex } from './Asset.ts'
import type { Forecast } from './Forecast.ts'
import type { Grant } from './Grant.ts'
import type { Plan } from './Intent.ts'
import type { Call, OrderState, Receipt, TradeSettlement } from './Order.ts'

/** What every event has. */
type Stamped = {
  readonly agent: string
  /** Kernel time. [ms] */
  readonly at: number
  readonly block: bigint
}

/** A frame was assembled and judged. */
export type FrameObserved = Stamped & {
  readonly type: 'frame.observed'
  readonly owner: Address
  /** Time of the block. [s] */
  readonly time: bigint
  /** [USD] */
  readonly equity: number
  /** Health factor by domain; null where nothing is owed. */
  readonly health: readonly { readonly domain: DomainId; readonly factor: number | null }[]
  /** Market prices. [USD per whole token] */
  readonly prices: readonly { readonly asset: AssetId; readonly price: number }[]
}

/** A frame was assessed: what was known of the future, and how far prices were trusted. */
export type FrameAssessed = Stamped & {
  readonly type: 'frame.assessed'
  /** Time of the block. [s] */
  readonly time: bigint
  readonly regime: 'calm' | 'stress'
  /** P(liquidation) by domain within an hour and a day; null where nothing is forecast. */
  readonly probabilities: readonly {
    readonly domain: DomainId
    readonly h1: number | null
    readonly h24: number | null
  }[]
  /** P(any domain is liquidated within a day); null where nothing is forecast. */
  readonly any24h: number | null
  /** Volatility of the last half day over its long-run level, the largest of all assets; null where not known. */
  readonly sigmaRatio: number | null
  /** Domains below what their engine or venue forces it to act at. */
  readonly forcedVenues: number
  /** Scenario of the stress grid that loses most; null where nothing is held. [USD] */
  readonly worst: {
    readonly scenario: string
    readonly loss: number
    readonly first: DomainId | null
  } | null
  /** Worst level of the circuit breakers. */
  readonly level: 'green' | 'amber' | 'red'
  /** State of the circuit breakers as JSON: what a restart goes on from. */
  readonly breakers: string
}

/** A frame could not be assembled. */
export type FrameRefused = Stamped & { readonly type: 'frame.refused'; readonly reason: string }

/** An engine decided. */
export type PlanProposed = Stamped & { readonly type: 'plan.proposed'; readonly plan: Plan }

/** The governor answered. */
export type OrderGoverned = Stamped & {
  readonly type: 'order.governed'
  readonly order: string
  readonly grant: Grant
}

/** A transaction was signed: its bytes are journaled before they are sent. */
export type TransactionSigned = Stamped & {
  readonly type: 'transaction.signed'
  readonly order: string
  readonly hash: Hex
  readonly raw: Hex
  readonly nonce: number
  readonly call: Call
  /** Calls of the whole order, so that the log alone tells whether it is complete. */
  readonly calls: number
  /** Which of the action's intents are trades that its success commits and that someone fills later. */
  readonly commits: readonly number[]
}

/** The chain answered for a transaction. */
export type TransactionSettled = Stamped & {
  readonly type: 'transaction.settled'
  readonly order: string
  readonly receipt: Receipt
}

/** A venue's events told what became of a trade that was filled later. */
export type TradeSettled = Stamped & {
  readonly type: 'trade.settled'
  readonly order: string
  readonly settlement: TradeSettlement
}

/** An order moved on. */
export type OrderMoved = Stamped & {
  readonly type: 'order.moved'
  readonly order: string
  readonly state: OrderState
  readonly reason: string | null
}

/** Another model makes the forecasts from now on, or the one that should makes them again. */
export type ForecastSwitched = Stamped & {
  readonly type: 'forecast.switched'
  /** Models that answer, each once. */
  readonly models: readonly string[]
  /** Why it is not the model that should; null when it is. */
  readonly degraded: string | null
}

/** A model on trial forecast what another acted on. */
export type ForecastShadowed = Stamped & {
  readonly type: 'forecast.shadowed'
  readonly shadow: Forecast
  /** What was acted on; null where there was nothing. */
  readonly acting: Forecast | null
}

/** The agent's machine changed state. */
export type AgentMoved = Stamped & { readonly type: 'agent.moved'; readonly state: string }

/** Everything the log can hold. */
export type Event =
  | FrameObserved
  | FrameAssessed
  | FrameRefused
  | PlanProposed
  | OrderGoverned
  | TransactionSigned
  | TransactionSettled
  | TradeSettled
  | OrderMoved
  | ForecastSwitched
  | ForecastShadowed
  | AgentMoved
