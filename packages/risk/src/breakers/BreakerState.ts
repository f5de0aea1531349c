import type { RuleName } from './Finding.ts'

/** How far prices can be trusted. */
export type Level = 'green' | 'amber' | 'red'

/** What a check speaks about. */
export type Scope = {
  readonly type: 'feed' | 'asset' | 'venue' | 'chain'
  readonly id: string
}

/** Memory of one level of one check: what makes it enter late and leave late. */
export type Latch = {
  readonly on: boolean
  /** Since when its limit has been crossed; null while it is not. [s] */
  readonly crossedSince: number | null
  /** Since when it has been back within its exit limit while on; null while it is not. [s] */
  readonly clearSince: number | null
}

/** One rule on one subject. */
export type BreakerCheck = {
  readonly rule: RuleName
  readonly subject: string
  readonly on: readonly Scope[]
  readonly level: Level
  /** Since when the level has been this one. [s] */
  readonly since: number
  /** The number found; null when the subject was not read this time, or its figure makes no sense. */
  readonly found: number | null
  /** The limit of the level it has, of amber while green; null when the rule has none. */
  readonly limit: number | null
  /** When the subject was last read. [s] */
  readonly seenAt: number
  readonly amber: Latch
  readonly red: Latch
}

/** The worst level of one feed, asset, venue or chain, and the rules that gave it. */
export type Standing = Scope & { readonly level: Level; readonly rules: readonly RuleName[] }

/** The market price that counts: median of the fresh market sources of an asset. */
export type MedianPrice = {
  readonly asset: string
  /** [USD] */
  readonly price: number
  readonly sources: number
}

/** State of all circuit breakers. Plain JSON: the caller carries it from frame to frame, and through a restart. */
export type BreakerState = {
  /** [s] */
  readonly at: number
  readonly checks: readonly BreakerCheck[]
  readonly standings: readonly Standing[]
  readonly medians: readonly MedianPrice[]
  /**
   * Worst level of any asset, venue or chain. A market source alone does not raise it: without that source the rest must
   * do, and `fresh-sources` says when they do not.
   */
  readonly overall: Level
}
