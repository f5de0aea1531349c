import type { Amount, AssetId, DomainId, Token, VenueId } from './Asset.ts'
import type { Usd } from './units.ts'

/** Puts tokens into a margin domain: collateral of a loan, margin of a perp account. */
export type SupplyIntent = {
  readonly type: 'supply'
  readonly venue: VenueId
  readonly domain: DomainId
  readonly token: Token
  /** [token decimals] */
  readonly raw: bigint
}

/** Takes collateral or margin out of a margin domain. */
export type WithdrawIntent = Omit<SupplyIntent, 'type'> & { readonly type: 'withdraw' }

/** Takes a loan. */
export type BorrowIntent = Omit<SupplyIntent, 'type'> & { readonly type: 'borrow' }

/** Pays debt back; never more than is owed, the rest stays with the payer. */
export type RepayIntent = Omit<SupplyIntent, 'type'> & { readonly type: 'repay' }

/** Sells exactly `amountIn` for at least `minOut`. */
export type SwapIntent = {
  readonly type: 'swap'
  readonly venue: VenueId
  readonly tokenIn: Token
  readonly tokenOut: Token
  /** [tokenIn decimals] */
  readonly amountIn: bigint
  /** [tokenOut decimals] */
  readonly minOut: bigint
}

/** Changes the size of a perp position. */
export type TradeIntent = {
  readonly type: 'trade'
  readonly venue: VenueId
  readonly domain: DomainId
  readonly market: string
  readonly asset: AssetId
  /** Signed change of size; positive buys. [base 1e18] */
  readonly size: bigint
  /** Worst quote total accepted: at most paid when buying, at least received when selling. [USD 1e18] */
  readonly limit: bigint
  /** True when the trade may only shrink the position. */
  readonly reduceOnly: boolean
}

/** Withdraws a trade that its venue has accepted and not yet filled. */
export type CancelIntent = {
  readonly type: 'cancel'
  readonly venue: VenueId
  readonly domain: DomainId
  readonly market: string
}

/** One wish to one venue. Everything an agent does is a list of these. */
export type Intent =
  | SupplyIntent
  | WithdrawIntent
  | BorrowIntent
  | RepayIntent
  | SwapIntent
  | TradeIntent
  | CancelIntent

/** Intents that move collateral or debt of a domain. */
export type MarginIntent = SupplyIntent | WithdrawIntent | BorrowIntent | RepayIntent

/** What an action costs, by cause. */
export type Cost = {
  /** Market impact and spread against the market price. [USD 1e8] */
  readonly slippage: Usd
  /** Fees of venues and flash loans. [USD 1e8] */
  readonly fees: Usd
  /** [USD 1e8] */
  readonly gas: Usd
}

/** Kinds of action, in the order of their power per dollar where the market is not touched first. */
export type ActionType =
  | 'repay'
  | 'add-collateral'
  | 'transfer'
  | 'reduce'
  | 'deleverage'
  | 'hedge'
  | 'boost'
  | 'cancel'

/** What an engine expects of an action that it weighed against holding. [USD] */
export type Judgement = {
  /** Expected loss avoided: of liquidations, of later trades, of straying from the target leverage. */
  readonly benefit: number
  /** What is paid for it: the action's own cost, funding, and the prices put on reserve and footprint. */
  readonly cost: number
  /** P(liquidation of its domain within 24 h) before and, expected, after; null where nothing is forecast. */
  readonly probability24h: { readonly before: number; readonly after: number } | null
}

/** One way that was weighed when a plan was made. */
export type Consideration = {
  readonly type: ActionType | 'hold'
  readonly domain: DomainId
  /** `chosen` is in the plan, `runner-up` was possible and worse, `refused` was not possible. */
  readonly verdict: 'chosen' | 'runner-up' | 'refused'
  /** [USD] */
  readonly benefit: number
  /** [USD] */
  readonly cost: number
  /** Health factor of the domain afterwards; null where it was refused. */
  readonly healthAfter: number | null
  /** What a person reads. */
  readonly why: string
}

/** One step of a plan: intents that serve one purpose on one domain. */
export type Action = {
  readonly type: ActionType
  /** Domain it is meant to help. */
  readonly domain: DomainId
  /** In order of execution. */
  readonly intents: readonly Intent[]
  /**
   * `direct`: the owner sends each call. `atomic`: one transaction through the owner's executor, all or nothing,
   * opened by `flashLoan` where there is one.
   */
  readonly settlement: 'direct' | 'atomic'
  readonly flashLoan: Amount | null
  readonly cost: Cost
  /** Health factor of `domain` before and, expected, after. */
  readonly healthBefore: number
  readonly healthAfter: number
  /** What a person reads: trigger, size and numbers. */
  readonly why: string
  /** Where the engine weighs costs against benefits. */
  readonly judgement?: Judgement
}

/** What to do now: ordered actions, or "hold" and why. */
export type Plan = {
  readonly engine: string
  readonly actions: readonly Action[]
  readonly why: string
  /** What was weighed, in the order of the choices; absent where the engine weighs nothing. */
  readonly considered?: readonly Consideration[]
}
