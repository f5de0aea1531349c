import type { AssetId } from '@plimsoll/domain'

/** Thresholds of the circuit breakers. Shares unless said otherwise. */
export type BreakerConfig = {
  /** A level is left below this share of the limit that enters it. */
  readonly exitShare: number
  /** How long a figure must be back before its level is left. [s] */
  readonly clearSeconds: number
  /** Longest time between two looks that counts as watched; a longer one starts the clear time anew. [s] */
  readonly maxGapSeconds: number
  /** After which a subject that is not read any more is forgotten, with its level. [s] */
  readonly forgetSeconds: number
  /** A date may lie this far ahead of the block and still be true: a quote taken after it. [s] */
  readonly futureSeconds: number
  readonly age: {
    /** Amber above `heartbeat × amberBeats + amberSlack`. */
    readonly amberBeats: number
    /** [s] */
    readonly amberSlack: number
    /** Red above `heartbeat × redBeats`, and never before amber. */
    readonly redBeats: number
  }
  readonly sources: {
    /** Amber with fewer fresh market sources. */
    readonly amberBelow: number
    /** Red with fewer. */
    readonly redBelow: number
    /** Assets without a market of their own, such as what markets are quoted in: not compared. */
    readonly exempt: readonly AssetId[]
  }
  readonly deviation: {
    /** Amber above `max(amberThresholds × feed threshold, amberSigmas × σ₅ₘ)`. */
    readonly amberThresholds: number
    readonly amberSigmas: number
    /** Red above `max(redThresholds × feed threshold, redFloor)`. */
    readonly redThresholds: number
    readonly redFloor: number
    /** Feed threshold where none is known. */
    readonly feedThreshold: number
    /** Red when this share of the sources is further than amber from their median. */
    readonly disagreeingShare: number
  }
  readonly twap: {
    /** Amber above `max(amberFloor, amberSigmas × σ₅ₘ)`. */
    readonly amberFloor: number
    readonly amberSigmas: number
    /** Red above this while depth has fallen by more than `depthDrop`. */
    readonly red: number
    readonly depthDrop: number
  }
  readonly stable: {
    /** Amber below this price for `amberSeconds`. [USD] */
    readonly amberBelow: number
    readonly amberSeconds: number
    /** Red below this price for `redSeconds`, unless its issuer is known to pay `redemptionPar` or more. [USD] */
    readonly redBelow: number
    readonly redSeconds: number
    readonly redemptionPar: number
  }
  readonly parity: { readonly amber: number; readonly red: number }
  /** How long a rollup is not trusted after its sequencer came up. [s] */
  readonly sequencerGraceSeconds: number
  readonly markIndex: { readonly amber: number; readonly red: number }
  readonly effects: {
    /** What amber and red multiply the uncertainty ν of volatility by. */
    readonly nuFactor: number
    /** P(liquidation on the venue's own prices within 10 minutes) above which a sale is always allowed. */
    readonly hitAbove: number
  }
}

/**
 * Defaults of RISK.md part E; exit at 80 % of a limit for 15 minutes, watched at least every 10.
 *
 * @see RISK.md part E
 */
export const DEFAULT_BREAKER_CONFIG: BreakerConfig = {
  exitShare: 0.8,
  clearSeconds: 900,
  maxGapSeconds: 600,
  forgetSeconds: 86_400,
  futureSeconds: 30,
  age: { amberBeats: 1, amberSlack: 60, redBeats: 1.5 },
  sources: { amberBelow: 3, redBelow: 1, exempt: ['USD'] },
  deviation: {
    amberThresholds: 2,
    amberSigmas: 3,
    redThresholds: 4,
    redFloor: 0.05,
    feedThreshold: 0.005,
    disagreeingShare: 2 / 3,
  },
  twap: { amberFloor: 0.01, amberSigmas: 4, red: 0.03, depthDrop: 0.5 },
  stable: {
    amberBelow: 0.995,
    amberSeconds: 600,
    redBelow: 0.98,
    redSeconds: 300,
    redemptionPar: 0.995,
  },
  parity: { amber: 0.007, red: 0.02 },
  sequencerGraceSeconds: 3_600,
  markIndex: { amber: 0.005, red: 0.02 },
  effects: { nuFactor: 1.3, hitAbove: 0.2 },
}
