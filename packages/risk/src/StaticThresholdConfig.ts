import type { VenueId } from '@plimsoll/domain'
import type { TradeLimits } from './leverSetting.ts'
import type { ReadyTableName } from './policy/readyTable.ts'

/** Health factors at which a margin domain is restored, to which, and down to which it may give to others. */
export type Thresholds = {
  readonly restoreBelow: number
  readonly restoreTo: number
  readonly donorFloor: number
}

/** Numbers of the static-threshold engine. All are visible, none is derived. */
export type StaticThresholdConfig = TradeLimits & {
  /** Loans below this health factor are restored (h0). */
  readonly restoreBelow: number
  /** Health factor a loan is restored to (h1). */
  readonly restoreTo: number
  /** Loans above this health factor are levered up (h2); null never. */
  readonly boostAbove: number | null
  /** Health factor after a boost. */
  readonly boostTo: number
  /** A loan gives collateral away only while its health factor stays at or above this. */
  readonly donorFloor: number
  readonly perp: {
    /** Perp accounts below this health (equity / maintenance margin) are restored. */
    readonly restoreBelow: number
    readonly restoreTo: number
    /** A perp account gives margin away only while its health stays at or above this. */
    readonly donorFloor: number
    /** `reduce`: shrink first, margin second; the reserve stays with the loans. `margin`: the other way round. */
    readonly prefer: 'reduce' | 'margin'
  }
  /**
   * Thresholds of single venues, instead of those of loans or of perps. The same health is another distance where the
   * maintenance margin is a sixteenth of notional and where it is a hundredth.
   */
  readonly venues?: Readonly<Record<VenueId, Thresholds>>
  /** Opens or enlarges a perp short when the net delta of an asset exceeds a share of equity; null never. */
  readonly hedge: null | HedgeConfig
}

/** When and how far net exposure to an asset is hedged. */
export type HedgeConfig = {
  readonly asset: string
  /** Net delta over equity above which a hedge is opened. */
  readonly maxDeltaShare: number
  /** Net delta over equity after the hedge. */
  readonly targetDeltaShare: number
  /** The perp account must keep this health after the hedge. */
  readonly minPerpHealth: number
  /** Time over which funding counts when perps are compared; 24 unless given. [h] */
  readonly fundingHours?: number
}

/** Time over which funding counts in a choice between perps: a hedge is looked at again every day. [h] */
export const DEFAULT_FUNDING_HOURS = 24

/** Defaults of RISK.md: 1.3 → 1.6 for loans, slippage of 50, 150 and 300 bps; no boost, no hedge. */
export const DEFAULT_STATIC_THRESHOLD: StaticThresholdConfig = {
  restoreBelow: 1.3,
  restoreTo: 1.6,
  boostAbove: null,
  boostTo: 1.6,
  donorFloor: 1.7,
  perp: { restoreBelow: 1.5, restoreTo: 2.5, donorFloor: 3, prefer: 'reduce' },
  minActionUsd: 50,
  maxSlippageBps: { calm: 50, stress: 150, floor: 300 },
  hedge: null,
}

/**
 * Thresholds by risk tolerance: the wide band of cautious automations, the defaults, and the tuned band of RISK.md Exp 2
 * for a leverage of three.
 */
export const STATIC_THRESHOLD: Readonly<Record<ReadyTableName, StaticThresholdConfig>> = {
  conservative: {
    ...DEFAULT_STATIC_THRESHOLD,
    restoreBelow: 1.5,
    restoreTo: 1.8,
    boostTo: 1.8,
    donorFloor: 2,
    perp: { restoreBelow: 2, restoreTo: 3.5, donorFloor: 4, prefer: 'reduce' },
  },
  balanced: DEFAULT_STATIC_THRESHOLD,
  aggressive: {
    ...DEFAULT_STATIC_THRESHOLD,
    restoreBelow: 1.13,
    restoreTo: 1.18,
    boostTo: 1.27,
    donorFloor: 1.25,
    perp: { restoreBelow: 1.3, restoreTo: 1.8, donorFloor: 2, prefer: 'reduce' },
  },
}
