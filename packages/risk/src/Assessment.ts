import type { AssetId, DomainId, Forecast, Health, VenueId } from '@plimsoll/domain'
import type { BreakerConfig } from './breakers/BreakerConfig.ts'
import type { BreakerState } from './breakers/BreakerState.ts'
import type { PoolHistory } from './breakers/readingsOf.ts'
import type { AnyHit } from './createOutlook.ts'
import type { LawConfig } from './LawConfig.ts'
import type { StressReport } from './stress/StressReport.ts'

/** Price of one asset that liquidates a domain, the others unchanged. */
export type LiquidationPrice = {
  readonly asset: AssetId
  /** At oracle prices of the other assets; null when no positive price does it. [USD] */
  readonly price: number | null
  /** `price / oracle price − 1`: −0.2 means "after a fall of 20 %". */
  readonly move: number | null
}

/** Probability of liquidation by horizon. */
export type Probabilities = {
  readonly m15: number
  readonly h1: number
  readonly h4: number
  readonly h24: number
}

/** What an assessment remembers of earlier frames. */
export type AssessMemory = {
  /** State of the circuit breakers after the frame before; null at the first. */
  readonly breakers: BreakerState | null
  /** What pools were like before; none where nothing is remembered. */
  readonly pools: readonly PoolHistory[]
}

/** How far one margin domain is from liquidation. */
export type DomainAssessment = {
  readonly domain: DomainId
  readonly venue: VenueId
  readonly type: 'lending' | 'perp'
  /** At the worse of oracle and market prices. */
  readonly health: Health
  /** The same for thresholds and display: 0 insolvent, +∞ unlevered. */
  readonly healthFactor: number
  /** Which prices gave the worse health. */
  readonly worse: 'oracle' | 'market'
  readonly liquidationPrices: readonly LiquidationPrice[]
  /** Standard deviation of ln health over 24 h; null when an asset that moves it has no forecast. */
  readonly sigma24h: number | null
  /** `lnHealth / sigma24h`: distance to liquidation in standard deviations of a day; null as `sigma24h` or unlevered. */
  readonly sigmas: number | null
  /** P(liquidation within a time), on the worse of two prices; null where an asset that moves it has no forecast. */
  readonly probabilities: Probabilities | null
  /** P(liquidation within 10 minutes) on the venue's own prices, or a bound on it too low for the breakers to care. */
  readonly hit10min: number
  /** At market prices. [USD] */
  readonly equity: number
  /** What a liquidation would close, at oracle prices. [USD] */
  readonly exposure: number
}

/** Gap between what venues liquidate on and what a trade would get. */
export type Divergence = {
  readonly asset: AssetId
  /** [USD] */
  readonly oracle: number
  /** [USD] */
  readonly market: number
  /** `|oracle / market − 1|` */
  readonly share: number
}

/** What an engine decides on: every domain, the book as a whole, and how far the market can be trusted. */
export type Assessment = {
  readonly block: bigint
  /** In the order of the portfolio. */
  readonly domains: readonly DomainAssessment[]
  /** Domain nearest to liquidation; null when nothing is levered. */
  readonly weakest: DomainId | null
  /** Value of every domain and of the reserve at market prices. [USD] */
  readonly equity: number
  /** Net exposure by asset at market prices. [USD] */
  readonly delta: ReadonlyMap<AssetId, number>
  /** Standard deviation of the 24-hour log-return by asset, where there is a forecast. */
  readonly sigma24h: ReadonlyMap<AssetId, number>
  readonly divergence: readonly Divergence[]
  /** True when a divergence is above the limit: discretionary trades wait, defence does not. */
  readonly diverged: boolean
  /** P(any domain is liquidated within a day): bounds and estimate; null where one has no forecast. */
  readonly any24h: AnyHit | null
  /** Volatility now over its long-run level, the largest of all assets; null where no forecast tells. */
  readonly sigmaRatio: number | null
  /** Venues on which a domain of ours can be liquidated now. */
  readonly forcedVenues: number
  /** The book through the scenario grid, over all venues at once. */
  readonly stress: StressReport
  /** How far prices are trusted, rule by rule. */
  readonly breakers: BreakerState
  /** What the breakers leave to an engine. */
  readonly effects: BreakerConfig['effects']
  /** What probabilities were made from: an engine asks what an action would make of them. */
  readonly outlook: {
    readonly forecasts: readonly Forecast[]
    readonly stable: readonly AssetId[]
    readonly law: LawConfig
    readonly nuFactor: number
  }
  /** `stress` when a forecast or a divergence is above its limit. */
  readonly regime: 'calm' | 'stress'
}
