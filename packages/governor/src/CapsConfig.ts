/** Limits on the market footprint of one order. */
export type CapsConfig = {
  /** Largest share of the last five minutes' volume. [bps] */
  readonly participationBps: number
  /** Largest share of the depth to ±1 %, on the side that is traded. [bps] */
  readonly depthShareBps: number
  /** Largest perp trade on a venue that reports no depth for the asset. [USD] */
  readonly perpNotionalUsd: number
  /** Domains below this health may use the bypass: defence is never locked out. */
  readonly bypassHealth: number
  /** Largest share of the depth to ±1 % within the bypass; volume is not looked at then. [bps] */
  readonly bypassDepthShareBps: number
}

/** Defaults of RISK.md F2; the bypass is a quarter of the depth. */
export const DEFAULT_CAPS: CapsConfig = {
  participationBps: 1_000,
  depthShareBps: 1_000,
  perpNotionalUsd: 50_000,
  bypassHealth: 1.03,
  bypassDepthShareBps: 2_500,
}
