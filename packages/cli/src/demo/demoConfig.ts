import type { PortfolioPlan } from '@plimsoll/devnet'
import type { Frame } from '@plimsoll/domain'
import { DEFAULT_STATIC_THRESHOLD, type StaticThresholdConfig } from '@plimsoll/risk'
import { VENUES, type VenueName } from '../compose/VenueName.ts'

const PARTS = {
  aave: { aave: { debt: 500_000, healthFactor: 1.7, wbtcShare: 0.3 } },
  morpho: { morpho: { collateral: 'WBTC', debt: 300_000, healthFactor: 1.35 } },
  perp: { perp: { asset: 'ETH', margin: 60_000, leverage: 4 } },
  synthetix: { synthetix: { asset: 'ETH', margin: 60_000, leverage: 3 } },
} as const satisfies Readonly<Record<VenueName, Partial<PortfolioPlan>>>

/** Share of the debts that both keep in USDC. */
const RESERVE_SHARE = 0.03125

/**
 * What both begin with: $800,000 of debt on two money markets, two perp longs at four and three times their margin, 3 % of the
 * debt in reserve; or the part of it on the venues named.
 */
export function demoPortfolio(venues: readonly VenueName[] = VENUES): Partial<PortfolioPlan> {
  const plan: Partial<PortfolioPlan> = Object.assign({}, ...venues.map((name) => PARTS[name]))
  const debt = (plan.aave?.debt ?? 0) + (plan.morpho?.debt ?? 0)
  return { ...plan, reserve: debt * RESERVE_SHARE }
}

/**
 * Thresholds of the demo's static engine.
 *
 * Bars of March 2020 fell by up to a tenth in five minutes, and a perp needs room for one of them. What health that is
 * depends on the venue's maintenance margin: a sixteenth of notional on Perp v2, about a hundredth on Synthetix.
 */
export function demoThresholds(opened: Frame): StaticThresholdConfig {
  const perps = opened.perps.filter(({ legs }) => legs.length > 0)
  return {
    ...DEFAULT_STATIC_THRESHOLD,
    restoreBelow: 1.25,
    restoreTo: 1.4,
    donorFloor: 1.45,
    minActionUsd: 1_000,
    perp: { restoreBelow: 2.5, restoreTo: 3.5, donorFloor: 4.5, prefer: 'margin' },
    hedge: { asset: 'ETH', maxDeltaShare: 1.6, targetDeltaShare: 1.5, minPerpHealth: 3 },
    venues: Object.fromEntries(
      perps
        .filter(({ equity, maintenanceMargin }) => equity > 10n * maintenanceMargin)
        .map(({ venue }) => [venue, { restoreBelow: 12, restoreTo: 17, donorFloor: 21 }]),
    ),
  }
}
