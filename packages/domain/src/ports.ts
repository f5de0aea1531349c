import type { Address, Amount, AssetId, Hex, Token, VenueId } from './Asset.ts'
import type { Event } from './Event.ts'
import type { RevertedError } from './errors.ts'
import type { Forecast, PricePoint } from './Forecast.ts'
import type { BlockRef, DepthReading, Frame, PerpMarketReading, PriceReading } from './Frame.ts'
import type { CancelIntent, MarginIntent, Plan, SwapIntent, TradeIntent } from './Intent.ts'
import type { MarginDomain } from './MarginDomain.ts'
import type { Call, Receipt, SignedTransaction, TradeSettlement } from './Order.ts'
import type { LendingPosition, PerpPosition } from './Position.ts'
import type { Price, Usd, Wad } from './units.ts'

/** Who acts and for whom. `sender` differs from `owner` when the owner's executor makes the call. */
export type CallContext = {
  /** Whose position it is. */
  readonly owner: Address
  /** Who calls, who pays tokens in and who receives tokens out. */
  readonly sender: Address
  /** Latest time of inclusion. [s] */
  readonly deadline: bigint
  /**
   * Position a margin intent was quoted on. A venue that counts debt in shares (Morpho) needs it to close a debt
   * without dust; without it such a venue repays exactly the amount named, which must not exceed the debt.
   */
  readonly position?: LendingPosition
}

/** What every venue has. */
export interface Venue<Capability extends string> {
  readonly id: VenueId
  /** What it can do; asking for more is an error at composition. */
  readonly capabilities: readonly Capability[]
  /** Calls by which the owner lets a delegate (their executor) act for them here; empty where none is needed. */
  authorize(delegate: Address): readonly Call[]
  /** Revert data in the venue's own words; null when it is not the venue's. */
  decodeRevert(data: Hex): RevertedError | null
}

export type LendingCapability =
  | 'supply'
  | 'withdraw'
  | 'borrow'
  | 'repay'
  | 'delegate'
  | 'flash-loan'

/** Outcome of a margin intent at the state of the position quoted on. */
export type MarginQuote = {
  readonly type: 'margin'
  /** Amount that will really move: a repayment never exceeds the debt. [token decimals] */
  readonly raw: bigint
  /** Fee of the venue. [USD 1e8] */
  readonly fee: Usd
  /** Health factor of the domain afterwards by the venue's own rule. [WAD] */
  readonly healthAfter: Wad
  /** False when the venue would refuse it; `reason` says why. */
  readonly feasible: boolean
  readonly reason: string | null
}

/** A money market. */
export interface LendingVenue extends Venue<LendingCapability> {
  /** Positions of an account at a block, one per margin domain; a domain without legs is included once it is known. */
  read(account: Address, block: BlockRef): Promise<readonly LendingPosition[]>
  /** What an intent would do to a position. Pure. */
  quote(intent: MarginIntent, position: LendingPosition): MarginQuote
  /** An intent as calls, approvals of the exact amount included. Pure. */
  encode(intent: MarginIntent, context: CallContext): readonly Call[]
  /** The venue's own liquidation rule as a margin domain. Pure. */
  liquidation(position: LendingPosition): MarginDomain
}

export type PerpCapability = 'supply' | 'withdraw' | 'trade' | 'cancel'

/** Outcome of a trade at a block. */
export type TradeQuote = {
  readonly type: 'trade'
  /** Quote paid (buying) or received (selling) before fees. [USD 1e18] */
  readonly notional: bigint
  /** [USD 1e18] */
  readonly fee: bigint
  /** Average price. [USD 1e18] */
  readonly averagePrice: Price
  /** Price before the trade. [USD 1e18] */
  readonly priceBefore: Price
  /** What whoever fills it later is paid; 0 where a trade is filled at once. [USD 1e18] */
  readonly keeperFee: bigint
}

/** What a perp venue can be asked to do. */
export type PerpIntent =
  | Extract<MarginIntent, { type: 'supply' | 'withdraw' }>
  | TradeIntent
  | CancelIntent

/** A perpetual-futures venue. */
export interface PerpVenue extends Venue<PerpCapability> {
  /** Token that margin is kept in. */
  readonly marginToken: Token
  /** `immediate`: a trade is filled by the owner's own call. `delayed`: the call commits it, someone fills it later. */
  readonly fill: 'immediate' | 'delayed'
  /** Positions of an account at a block, one per margin domain; a domain without legs is included. */
  read(account: Address, block: BlockRef): Promise<readonly PerpPosition[]>
  /** What the venue's markets are like at a block. */
  readMarkets(block: BlockRef): Promise<readonly PerpMarketReading[]>
  /** What a trade would be filled at now. A delayed trade is filled at a price of then. */
  quote(intent: Omit<TradeIntent, 'limit'>, block: BlockRef, account: Address): Promise<TradeQuote>
  /** An intent as calls, approvals of the exact amount included. Pure. */
  encode(intent: PerpIntent, context: CallContext): readonly Call[]
  /** The venue's own liquidation rule as a margin domain. Pure. */
  liquidation(position: PerpPosition): MarginDomain
  /**
   * What became of delayed trades of an account in blocks `from` to `to`, both included, by the venue's events, in their
   * order. Empty where trades are filled at once.
   */
  settlements(p: {
    readonly account: Address
    readonly from: bigint
    readonly to: bigint
  }): Promise<readonly TradeSettlement[]>
}

export type SwapCapability = 'exact-in'

/** Outcome of a swap at a block. */
export type SwapQuote = {
  readonly type: 'swap'
  /** [tokenOut decimals] */
  readonly amountOut: bigint
  /** Marginal price before, tokenOut per tokenIn in whole tokens. [1e18] */
  readonly spotBefore: Price
  /** Fee of the venue as a share of what is sold. */
  readonly fee: number
  /** Gas of the swap alone. */
  readonly gas: bigint
}

/** A spot exchange on chain. */
export interface SwapVenue extends Venue<SwapCapability>, MarketDepth {
  quote(intent: Omit<SwapIntent, 'minOut'>, block: BlockRef): Promise<SwapQuote>
  encode(intent: SwapIntent, context: CallContext): readonly Call[]
}

/** Volume and depth of markets. */
export interface MarketDepth {
  read(block: BlockRef): Promise<readonly DepthReading[]>
}

/** A source of prices. */
export interface PriceSource {
  readonly id: string
  readonly assets: readonly AssetId[]
  /** @throws StalePriceError when a price is older than its heartbeat allows. */
  read(block: BlockRef): Promise<readonly PriceReading[]>
}

/** Tokens held outside venues. */
export interface SpotSource {
  read(account: Address, block: BlockRef): Promise<readonly Amount[]>
}

/** A model of volatility. */
export interface VolatilityModel {
  readonly name: string
  readonly horizonsMs: readonly number[]
  /** Fewest points it forecasts from. */
  readonly minPoints: number
  /** Forecast after the last point; points are in order of time. @throws InvalidInputError on fewer points than needed. */
  forecast(asset: AssetId, points: readonly PricePoint[]): Forecast
}

/** What a source of forecasts made of the prices so far. */
export type ForecastRound = {
  readonly made: readonly Forecast[]
  /** Assets without a forecast, and why: too few prices yet, or a failure. */
  readonly missing: readonly { readonly asset: AssetId; readonly reason: string }[]
  /** Why another model than the source's own answered for some asset; null when none did. */
  readonly degraded: string | null
  /** What models on trial said: logged, and not acted on. Empty when nothing is new. */
  readonly shadows: readonly Forecast[]
}

/**
 * Forecasts of all assets at once, by a model that need not run in the caller's thread. A model's trouble is never the
 * caller's: it is in the round, and a fallback answers.
 */
export interface ForecastSource {
  readonly name: string
  forecastAll(prices: ReadonlyMap<AssetId, readonly PricePoint[]>): Promise<ForecastRound>
}

/** Decides what to do about an assessed frame. Pure. */
export interface RebalanceEngine<Assessment> {
  readonly name: string
  plan(frame: Frame, assessment: Assessment): Plan
}

/** Head of the chain, and ambient time. */
export interface Clock {
  /** [ms] */
  now(): number
}

/** Where the chain is. */
export interface ChainHead {
  latest(): Promise<BlockRef>
  /** Whether the chain still has this very block: by its hash, since a reorg gives its number to another. */
  isCanonical(block: BlockRef): Promise<boolean>
}

/** Outcome of running calls one after another on top of the latest block, without sending. */
export type Simulation =
  | { readonly type: 'succeeded'; readonly gas: readonly bigint[] }
  | { readonly type: 'reverted'; readonly index: number; readonly call: Call; readonly data: Hex }

export interface Simulator {
  simulate(p: { readonly from: Address; readonly calls: readonly Call[] }): Promise<Simulation>
}

/** Signs for one account, behind a policy that denies by default. */
export interface Signer {
  readonly address: Address
  /** @throws PolicyDeniedError when the policy refuses; nothing is signed then. */
  sign(p: {
    readonly call: Call
    readonly nonce: number
    readonly gas: bigint
    readonly block: BlockRef
  }): Promise<SignedTransaction>
}

/** A way to get signed bytes into a block. It only ever carries bytes; it never makes them. */
export interface SubmissionLane {
  /** Next nonce the chain expects of an account. */
  nonce(account: Address): Promise<number>
  /** Hands bytes over. Safe to repeat with the same bytes. */
  send(transaction: SignedTransaction): Promise<void>
  /** What became of a hash; null while unknown. */
  receipt(hash: Hex): Promise<Receipt | null>
}

/** Wraps calls into one all-or-nothing transaction of the owner, with or without a flash loan. */
export interface AtomicExecutor {
  readonly address: Address
  /** Fee for borrowing `raw` of a token within one transaction; null where no lender has it. [token decimals] */
  flashFee(amount: Amount): bigint | null
  encode(p: {
    readonly flashLoan: Amount | null
    readonly calls: readonly Call[]
    /** Tokens whose balance goes back to the owner at the end. */
    readonly sweep: readonly Token[]
  }): Call
}

/** Append-only log of everything that was seen, decided and done. */
export interface EventStore {
  /** Durable when it returns. Returns the sequence number, from 1 without gaps. */
  append(event: Event): number
  /** In order of append, from a sequence number on. */
  read(from?: number): readonly { readonly sequence: number; readonly event: Event }[]
  close(): void
}
