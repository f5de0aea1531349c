import type { BudgetStatus, Frame } from '@plimsoll/domain'
import { numberFromUsd } from '@plimsoll/domain'
import { reproductionNumber } from '../crowding/reproductionNumber.ts'
import type { Wall } from '../crowding/Wall.ts'
import type { MarketFootprint } from '../footprintOf.ts'
import { unabsorbed } from '../impact/FlowState.ts'
import type { ImpactTerms } from '../impact/ImpactTerms.ts'
import { stressMultiplier } from '../impact/stressMultiplier.ts'
import type { ReadingGuard } from '../market/createReadingGuard.ts'
import type { MarketConditions } from '../market/MarketConditions.ts'
import type { FootprintConfig } from './FootprintConfig.ts'

/** Walls of an asset: the whole visible one, and the part of it that is our fleet's. */
export type Walls = { readonly visible: Wall; readonly own: Wall }

/** Everything the rules look at of one market that an action trades on. */
export type MarketView = {
  readonly footprint: MarketFootprint
  /** Guarded; zero where the market is not measured, null volume where its venue reports none. [USD] */
  readonly depth: number
  readonly volume5m: number | null
  /** Null where the conditions are unknown. */
  readonly terms: ImpactTerms | null
  readonly isVolatile: boolean
  /** Unabsorbed flow of others. [USD] */
  readonly othersFlow: number
  /** Of our fleet's orders in this asset on this venue: traded within five minutes, and not absorbed. [USD] */
  readonly ownRecent: number
  readonly ownFlow: number
  /** Not absorbed of bypasses. [USD] */
  readonly bypassFlow: number
  /** Part of `ownFlow` that the store charges to the slot of now anyway. [USD] */
  readonly ownInSlot: number
  readonly walls: Walls | null
  /** R̂; null where the wall or the conditions are unknown. */
  readonly reproduction: number | null
}

/** Looks at a market through the guard: what it says may only close it, never open it wider than it usually is. */
export function viewMarket(p: {
  readonly footprint: MarketFootprint
  readonly frame: Frame
  readonly config: FootprintConfig
  readonly guard: ReadingGuard
  readonly conditions: MarketConditions | null
  readonly walls: Walls | null
  /** What our fleet traded here under each of its budgets. */
  readonly own: readonly Pick<BudgetStatus, 'key' | 'recent' | 'flow' | 'spentInSlot'>[]
}): MarketView {
  const { footprint, frame, config, guard } = p
  const { venue, asset, side } = footprint
  const at = Number(frame.block.timestamp) * 1_000
  const readings = guard.of(`${venue} ${asset} ${side}`)
  const isMeasured = footprint.type === 'measured'
  const calm = volatilityOf(p, at)
  const terms = termsOf(p, calm, at)
  const orders = p.own.find(({ key }) => key.purpose === 'orders')
  const bypass = p.own.find(({ key }) => key.purpose === 'bypass')
  const ownFlow = orders === undefined ? 0 : unabsorbed(orders.flow)
  const bypassFlow = bypass === undefined ? 0 : unabsorbed(bypass.flow)
  const othersFlow = Math.max(0, p.conditions?.othersFlow ?? 0)
  return {
    footprint,
    depth: isMeasured ? readings.rely('depth', footprint.depth, at) : 0,
    volume5m:
      isMeasured && footprint.volume5m !== null
        ? readings.rely('volume', footprint.volume5m, at)
        : null,
    terms,
    isVolatile: calm !== null && !(calm.recent < config.stressVolatilityRatio * calm.least),
    othersFlow,
    ownRecent: orders === undefined ? 0 : numberFromUsd(orders.recent),
    ownFlow,
    bypassFlow,
    ownInSlot: orders === undefined ? 0 : numberFromUsd(orders.spentInSlot),
    walls: p.walls,
    reproduction:
      p.walls === null || terms === null
        ? null
        : reproductionNumber({
            wall: p.walls.visible,
            flow: othersFlow + ownFlow + bypassFlow,
            terms,
          }),
  }
}

/** Volatilities that may be relied on. Infinite for what is no quantity. */
type Volatility = {
  readonly recent: number
  /** Of a day in the long run: not less than it was lately, for the law of impact. */
  readonly usual: number
  /** The same, not more than it was lately: what makes now volatile. */
  readonly least: number
}

type Seen = Pick<
  Parameters<typeof viewMarket>[0],
  'footprint' | 'frame' | 'config' | 'guard' | 'conditions'
>

/** What is too calm to be true counts as what it was lately: a limit rises with calm. Null without conditions. */
function volatilityOf({ conditions, guard, footprint }: Seen, at: number): Volatility | null {
  if (conditions === null) return null
  const { recentVolatility, dailyVolatility } = conditions
  const readings = guard.of(footprint.asset)
  // The guard bounds from above; of an inverse that is from below.
  return {
    recent: 1 / readings.rely('recent calm', 1 / recentVolatility, at),
    usual: 1 / readings.rely('usual calm', 1 / dailyVolatility, at),
    least: readings.rely('usual', dailyVolatility, at),
  }
}

/** Terms of the impact law; null where the conditions are stale or no quantities. */
function termsOf(
  { conditions, config, frame, footprint, guard }: Seen,
  calm: Volatility | null,
  at: number,
): ImpactTerms | null {
  if (conditions === null || calm === null || !Number.isFinite(calm.usual)) return null
  const age = frame.block.timestamp - conditions.at
  if (age < 0n || age > BigInt(Math.floor(config.conditionsMaxAge))) return null
  const dailyVolume = guard.of(footprint.asset).rely('day', conditions.dailyVolume / 288, at) * 288
  return dailyVolume > 0
    ? {
        dailyVolume,
        dailyVolatility: calm.usual,
        stress: stressMultiplier(calm.recent, calm.usual),
        prefactor: config.impactPrefactor,
      }
    : null
}

/**
 * Whether the net-footprint test applies: the wall feeds itself, or the market is volatile and we are too large a part of it.
 *
 * RISK.md F3 asks it of a large fleet in calm too. There it vetoes every early small sale, and costs a fleet of a fiftieth of a
 * day's volume four times what the bands alone cost it (packages/lab/verify/governor/calm.ts).
 */
export function isStressed(view: MarketView, value: number, config: FootprintConfig): boolean {
  if (view.reproduction !== null && view.reproduction >= config.reproductionAmber) return true
  if (!view.isVolatile) return false
  if (view.volume5m === null) return true
  return (view.ownRecent + value) * 10_000 > config.stressParticipationBps * view.volume5m
}
