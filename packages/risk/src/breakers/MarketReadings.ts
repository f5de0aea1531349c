import type { AssetId, DomainId, VenueId } from '@plimsoll/domain'

/**
 * A price with its date.
 *
 * `protocol`: a feed that a venue liquidates on. `market`: an independent view of what a trade would get, one a source: a
 * centralised mid, the time-weighted price of one exchange, a second feed.
 */
export type FeedReading = {
  /** Unique among the readings. */
  readonly feed: string
  readonly asset: AssetId
  readonly role: 'protocol' | 'market'
  /** [USD per whole token] */
  readonly price: number
  /** [s] */
  readonly updatedAt: number
  /** Longest silence the source promises. [s] */
  readonly heartbeat: number
}

/** What one margin domain is liquidated on: `p_prot`. Venues with an oracle per market differ from domain to domain. */
export type ProtocolPrice = {
  readonly domain: DomainId
  readonly venue: VenueId
  readonly asset: AssetId
  /** [USD per whole token] */
  readonly price: number
  /** Move after which the feed behind it updates, as a share; null when not known. */
  readonly deviationThreshold: number | null
}

/** One exchange's market of an asset now and half an hour ago. */
export type PoolReading = {
  readonly venue: VenueId
  readonly market: string
  readonly asset: AssetId
  /** [USD per whole token, or quote per base: the same for both] */
  readonly spot: number
  readonly twap30m: number
  /** Value that moves the price by 1 %, now; null when not known. [USD] */
  readonly depth: number | null
  /** The same before the move; null when not known. [USD] */
  readonly depthBefore: number | null
}

/** A token that promises a dollar. */
export type StableReading = {
  readonly asset: AssetId
  /** [USD] */
  readonly price: number
  /** What its issuer pays out for one; null when not known, 0 while redemption is shut. [USD] */
  readonly redemption: number | null
}

/** A token that promises a share of another: a staking receipt. */
type ParityReading = {
  readonly asset: AssetId
  readonly base: AssetId
  /** Market price in units of the base. */
  readonly market: number
  /** Net asset value in units of the base. */
  readonly nav: number
}

/** The sequencer of a rollup. */
type SequencerReading = {
  readonly chain: string
  readonly up: boolean
  /** Since when it has been so. [s] */
  readonly since: number
}

/** Mark and index of one perp market. */
export type PerpReading = {
  readonly venue: VenueId
  readonly market: string
  readonly asset: AssetId
  readonly mark: number
  readonly index: number
}

/** Everything the circuit breakers judge at one time. Plain data; what was not read is left out. */
export type MarketReadings = {
  readonly feeds: readonly FeedReading[]
  readonly protocol: readonly ProtocolPrice[]
  readonly pools: readonly PoolReading[]
  readonly stables: readonly StableReading[]
  readonly parities: readonly ParityReading[]
  readonly sequencers: readonly SequencerReading[]
  readonly perps: readonly PerpReading[]
  /** Standard deviation of a five-minute log-return by asset. An asset without one gets the tightest limit. */
  readonly sigma5m: ReadonlyMap<AssetId, number>
}

/** Nothing read. */
export const NO_READINGS: MarketReadings = {
  feeds: [],
  protocol: [],
  pools: [],
  stables: [],
  parities: [],
  sequencers: [],
  perps: [],
  sigma5m: new Map(),
}
