import type { PortfolioPlan } from '@plimsoll/devnet'
import { DEFAULT_STATIC_THRESHOLD, type StaticThresholdConfig } from '@plimsoll/risk'

/** What both begin with: $800,000 of debt on two money markets, a perp long at four times its margin, 3 % of it in reserve. */
export const DEMO_PORTFOLIO: PortfolioPlan = {
  aave: { debt: 500_000, healthFactor: 1.7, wbtcShare: 0.3 },
  morpho: { collateral: 'WBTC', debt: 300_000, healthFactor: 1.35 },
  perp: { asset: 'ETH', margin: 60_000, leverage: 4 },
  reserve: 25_000,
}

/** Thresholds of the demo's engine. */
export const DEMO_ENGINE: StaticThresholdConfig = {
  ...DEFAULT_STATIC_THRESHOLD,
  restoreBelow: 1.25,
  restoreTo: 1.4,
  donorFloor: 1.45,
  minActionUsd: 1_000,
  // Bars of March 2020 fell by up to a tenth in five minutes: a perp needs room for one of them.
  perp: { restoreBelow: 2.5, restoreTo: 3.5, donorFloor: 4.5, prefer: 'reduce' },
}
