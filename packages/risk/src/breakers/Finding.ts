import type { Scope } from './BreakerState.ts'

/** Names of the rules, as they stand in reports and permissions. */
export type RuleName =
  | 'feed-age'
  | 'feed-price'
  | 'fresh-sources'
  | 'deviation'
  | 'disagreement'
  | 'spot-twap'
  | 'stable-peg'
  | 'nav-parity'
  | 'sequencer'
  | 'mark-index'

/** One level of a rule, judged now. */
export type Signal = {
  readonly limit: number | null
  /** The limit is crossed. */
  readonly crossed: boolean
  /** Not yet back within the exit limit; whatever is crossed is held. */
  readonly held: boolean
  /** How long it must be crossed before the level is entered. [s] */
  readonly enterSeconds: number
}

/** What one rule finds on one subject, without memory. */
export type Finding = {
  readonly rule: RuleName
  readonly subject: string
  readonly on: readonly Scope[]
  readonly found: number | null
  readonly amber: Signal
  readonly red: Signal
  /** How long it must have been clear before a level is left. [s] */
  readonly clearSeconds: number
}

/** 1.01 / 1 − 1 is a hair above 0.01: what is at a limit to this many units is at it. */
const ROUNDING = 1e-12

/** A level that a rule does not have. */
export const NEVER: Signal = { limit: null, crossed: false, held: false, enterSeconds: 0 }

/**
 * Judges a figure that is bad when large: crossed above `limit`, held above `exit × limit`.
 *
 * A figure that is not a number is crossed: what cannot be judged is not trusted.
 */
export const above = (p: {
  readonly found: number
  readonly limit: number
  readonly exit: number
  readonly enterSeconds?: number
}): Signal => ({
  limit: p.limit,
  crossed: !(p.found <= p.limit + ROUNDING),
  held: !(p.found <= p.exit * p.limit + ROUNDING),
  enterSeconds: p.enterSeconds ?? 0,
})

/** A condition without a range between entering and leaving. */
export const when = (crossed: boolean, limit: number | null): Signal => ({
  limit,
  crossed,
  held: crossed,
  enterSeconds: 0,
})
