import type { LendingPosition, PerpPosition } from '@plimsoll/domain'
import type { Assessment, DomainAssessment } from './Assessment.ts'
import { isImminent } from './isImminent.ts'
import type { Ledger } from './Ledger.ts'
import type { LeverSetting } from './Lever.ts'
import type { Routes } from './Routes.ts'

/** Below this health every cent counts: `minActionUsd` is not looked at. */
const URGENT_HEALTH = 1.05
/** Largest share of a trade's value that a keeper may take, unless the domain is urgent. */
const FIXED_FEE_SHARE = 0.05
/** Smallest step at all. [USD] */
const DUST_USD = 0.01

/** What every engine says of the trades it plans. */
export type TradeLimits = {
  /** Smaller actions cost more than they help; a domain below health 1.05 is exempt. [USD] */
  readonly minActionUsd: number
  /**
   * Largest gap between the expected and the least accepted outcome of a trade; `floor` where liquidation within five
   * minutes is more likely than not. [bps]
   */
  readonly maxSlippageBps: {
    readonly calm: number
    readonly stress: number
    readonly floor: number
  }
}

/** What a lever may do for a domain: the limits of trades, wider where liquidation is near. */
export function leverSetting(p: {
  readonly ledger: Ledger
  readonly assessment: Assessment
  /** Null for what serves the whole book. */
  readonly domain: DomainAssessment | null
  readonly limits: TradeLimits
  readonly routes: Routes
  readonly floorOf: (donor: LendingPosition | PerpPosition) => number
}): LeverSetting {
  const { assessment, domain, limits } = p
  const urgent = domain !== null && domain.healthFactor < URGENT_HEALTH
  const cap =
    domain !== null && isImminent(domain)
      ? limits.maxSlippageBps.floor
      : limits.maxSlippageBps[assessment.regime]
  return {
    ledger: p.ledger,
    routes: p.routes,
    floorOf: p.floorOf,
    maxFixedShare: urgent ? 1 : FIXED_FEE_SHARE,
    minUsd: urgent ? DUST_USD : Math.max(DUST_USD, limits.minActionUsd),
    slippageCap: cap / 10_000,
    widestCap: limits.maxSlippageBps.floor / 10_000,
    sigma24h: assessment.sigma24h,
  }
}
