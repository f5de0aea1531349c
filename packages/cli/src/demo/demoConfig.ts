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

/** Thresholds of static engines, all of them numbers a person would turn. */
export type DemoThresholds = {
  readonly loan: { readonly below: number; readonly to: number }
  /** Of perps whose maintenance margin is a sixteenth of notional; a hundredth asks for `wide` times as much health. */
  readonly perp: { readonly below: number; readonly to: number }
}

/** Tuned for the least cost on seeds 101 to 103 of the synthetic crash: `node packages/cli/verify/tuneStatic.ts`. */
const TUNED: DemoThresholds = { loan: { below: 1.25, to: 1.4 }, perp: { below: 2.5, to: 3.5 } }
/** Health that a distance of the price asks for where the maintenance margin is a hundredth, over that of a sixteenth. */
const WIDE = 4.8

/**
 * Thresholds of the demo's static engine.
 *
 * Bars of March 2020 fell by up to a tenth in five minutes, and a perp needs room for one of them. What health that is
 * depends on the venue's maintenance margin: a sixteenth of notional on Perp v2, about a hundredth on Synthetix.
 */
export function demoThresholds(
  opened: Frame,
  { loan, perp }: DemoThresholds = TUNED,
): StaticThresholdConfig {
  const wide = opened.perps
    .filter(({ legs }) => legs.length > 0)
    .filter(({ equity, maintenanceMargin }) => equity > 10n * maintenanceMargin)
  return {
    ...DEFAULT_STATIC_THRESHOLD,
    restoreBelow: loan.below,
    restoreTo: loan.to,
    boostTo: loan.to,
    donorFloor: loan.to + 0.05,
    minActionUsd: 1_000,
    perp: {
      restoreBelow: perp.below,
      restoreTo: perp.to,
      donorFloor: perp.to + 1,
      prefer: 'margin',
    },
    venues: Object.fromEntries(
      wide.map(({ venue }) => [
        venue,
        {
          restoreBelow: WIDE * perp.below,
          restoreTo: WIDE * perp.to,
          donorFloor: WIDE * perp.to + 4,
        },
      ]),
    ),
  }
}

/** The same, cautious, for an owner who wants no more than 1.6 times their equity in ETH. */
export const hedgedThresholds = (opened: Frame): StaticThresholdConfig => ({
  ...demoThresholds(opened, { loan: { below: 1.25, to: 1.4 }, perp: { below: 2.5, to: 3.5 } }),
  hedge: { asset: 'ETH', maxDeltaShare: 1.6, targetDeltaShare: 1.5, minPerpHealth: 3 },
})
