import {
  bypassFloor,
  DEFAULT_FOOTPRINT,
  type Floor,
  floorShare,
  likelyFloor,
  netFootprint,
} from '@plimsoll/governor'
import { stressWeight } from '@plimsoll/risk'
import { createRandom } from '@plimsoll/testkit'
import { type BandsByStress, TABLE } from './engineBands.ts'
import { oddsOf } from './policies.ts'
import { normal } from './scenario.ts'

/** The governor of a fleet in Exp 2's world. */
export type FleetRules = {
  /** When the net-footprint test is asked for beyond 2 % of volume: always, in stress, or never. */
  readonly trigger: 'written' | 'stressed' | 'never'
  /** Shares of volume; infinite: no caps. */
  readonly participationCalm: number
  readonly participationStress: number
  /** Share of a day's volume a day, near the floor. */
  readonly bypass: number
}

export const NO_RULES: FleetRules = {
  trigger: 'never',
  participationCalm: Number.POSITIVE_INFINITY,
  participationStress: Number.POSITIVE_INFINITY,
  bypass: 0,
}

/** Cost per equity and year, in percent, and what the governor did. */
export type CalmCosts = {
  readonly tracking: number
  readonly trading: number
  readonly liquidation: number
  readonly total: number
  /** The same over the hours of the calm regime alone. */
  readonly calmTotal: number
  /** Traded over volume, in the calm regime. */
  readonly participation: number
  /** Wishes let through in the hour they were first had. */
  readonly prompt: number
}

const LT = 0.8
const TARGET = 2
const HOURS = 8_760
const REGIMES = [
  { sigma: 0.5, stayDays: 40, jumps: 4, cost: 0.001, gas: 5, k: 0.0005, failure: 0.01 },
  { sigma: 1.3, stayDays: 3, jumps: 60, cost: 0.004, gas: 60, k: 0.0025, failure: 0.25 },
] as const
const EQUITY = 100_000

const leverageOf = (health: number): number => health / (health - LT)
const healthOf = (leverage: number): number =>
  leverage <= 1 ? Number.POSITIVE_INFINITY : (LT * leverage) / (leverage - 1)

/**
 * A year of a fleet in the world of RISK.md Exp 2: two regimes with jumps, hourly steps, one price for all of them.
 *
 * @param p.collateral - Of the whole fleet. [daily volumes]
 */
export function simulateCalmCosts(p: {
  readonly seed: number
  readonly agents: number
  readonly collateral: number
  readonly bands: BandsByStress
  readonly rules: FleetRules
}): CalmCosts {
  const market = createRandom(p.seed)
  const luck = createRandom(p.seed + 1_000_003)
  const { rules } = p
  const levers = new Float64Array(p.agents)
  const waiting = new Uint8Array(p.agents)
  const first = p.bands(0)
  const low = Math.exp(first.deleverBelow ?? 0)
  const high = Math.exp(first.releverAbove ?? Math.log(2))
  for (let i = 0; i < p.agents; i++) levers[i] = leverageOf(low + luck.next() * (high - low))
  // What one unit of equity of one agent is in daily volumes.
  const unit = p.collateral / (p.agents * TARGET)
  let regime = 0
  const sum = { tracking: 0, trading: 0, liquidation: 0, calm: 0, calmHours: 0, traded: 0 }
  let wished = 0
  let prompt = 0
  const keep = 2 ** (-1 / TABLE.filter.halfLifeHours)
  let variance = 0.36 // [1/year]

  for (let hour = 0; hour < HOURS; hour++) {
    const of = REGIMES[regime === 0 ? 0 : 1]
    const hourly = (of.sigma * of.sigma) / HOURS
    let ln = Math.sqrt(hourly) * normal(market) - hourly / 2
    if (market.next() < of.jumps / HOURS) ln += -0.03 + 0.05 * normal(market)
    const step = Math.expm1(ln)
    // The engine does not see the regime, only what the returns say of it.
    variance = keep * variance + (1 - keep) * ln * ln * HOURS
    const bands = p.bands(stressWeight(Math.sqrt(variance), TABLE))
    const edge = (lnHealth: number | null): number | null =>
      lnHealth === null ? null : Math.exp(lnHealth)
    const [below, belowTo] = [edge(bands.deleverBelow), edge(bands.deleverTo)]
    const [above, aboveTo] = [edge(bands.releverAbove), edge(bands.releverTo)]
    const sigmaDay = Math.sqrt((of.sigma ** 2 + of.jumps * (0.03 ** 2 + 0.05 ** 2)) / 365)
    let hourCost = 0
    const wishes: { agent: number; to: number; size: number; health: number; urgency: number }[] =
      []
    for (let i = 0; i < p.agents; i++) {
      let leverage = levers[i] ?? TARGET
      leverage = (leverage * (1 + step)) / (1 + leverage * step)
      const health = healthOf(leverage)
      if (leverage <= 0 || health < 1) {
        // Under water an owner starts anew: what is lost is lost.
        const debt = Math.max(0, leverage - 1)
        const closed = debt * (health < 0.95 ? 1 : 0.5)
        const loss = leverage <= 0 ? 1 : 0.06 * closed
        sum.liquidation += loss
        hourCost += loss
        const left = leverage - 1.06 * closed
        leverage = leverage <= 0 || 1 - loss <= 0.05 ? TARGET : Math.max(1, left / (1 - loss))
      }
      levers[i] = leverage
      const tracking = (0.1 * Math.abs(leverage - TARGET)) / HOURS
      sum.tracking += tracking
      hourCost += tracking
      const goal =
        below !== null && health < below
          ? belowTo
          : above !== null && health > above
            ? aboveTo
            : null
      const to = goal === null ? null : leverageOf(goal)
      if (to === null) {
        waiting[i] = 0
        continue
      }
      const size = Math.abs(leverage - to)
      const saved = oddsOf(Math.log(health), sigmaDay) - oddsOf(Math.log(healthOf(to)), sigmaDay)
      wishes.push({ agent: i, to, size, health, urgency: (saved * (leverage - 1)) / size })
    }
    const volume = 1 / 24 // flat; the share of it that five minutes have does not matter here
    const asked = wishes.reduce((total, { size }) => total + size * unit, 0)
    const large = asked > 0.02 * volume
    const tested =
      large && (rules.trigger === 'written' || (rules.trigger === 'stressed' && regime === 1))
    let left = volume * (regime === 0 ? rules.participationCalm : rules.participationStress)
    let bypass = rules.bypass / 24
    for (const wish of wishes.toSorted((a, b) => b.urgency - a.urgency)) {
      const { agent, to, size } = wish
      const leverage = levers[agent] ?? TARGET
      const fresh = waiting[agent] === 0
      if (fresh) wished += 1
      waiting[agent] = 1
      let share = tested ? shareOf(wish, leverage, sigmaDay, rules.trigger === 'stressed') : 1
      const room = left / (size * unit)
      if (share > room) share = room
      const wanted = bypassShareOf(wish, leverage, sigmaDay) - share
      const extra = Math.min(Math.max(0, wanted), bypass / (size * unit))
      const done = share + extra
      if (done < 0.02) continue // not worth its gas
      if (luck.next() < of.failure) continue
      left -= share * size * unit
      bypass -= extra * size * unit
      const traded = done * size
      levers[agent] = leverage + (to > leverage ? traded : -traded)
      const cost = of.gas / EQUITY + of.cost * traded + of.k * traded ** 1.5
      sum.trading += cost
      hourCost += cost
      if (regime === 0) sum.traded += traded * unit
      if (fresh && done > 0.999) prompt += 1
      if (done > 0.999) waiting[agent] = 0
    }
    if (regime === 0) {
      sum.calm += hourCost
      sum.calmHours += 1
    }
    if (market.next() < 1 / (of.stayDays * 24)) regime = 1 - regime
  }
  const yearly = (value: number): number => (100 * value) / p.agents
  return {
    tracking: yearly(sum.tracking),
    trading: yearly(sum.trading),
    liquidation: yearly(sum.liquidation),
    total: yearly(sum.tracking + sum.trading + sum.liquidation),
    calmTotal: yearly(sum.calm) * (HOURS / Math.max(1, sum.calmHours)),
    participation: sum.traded / (sum.calmHours / 24),
    prompt: wished === 0 ? 1 : prompt / wished,
  }
}

type Sale = { readonly to: number; readonly size: number; readonly health: number }

/** What passes the net-footprint test, and what makes a likely liquidation unlikely; buying never does. */
function shareOf(wish: Sale, leverage: number, sigma: number, likely: boolean): number {
  if (wish.to > leverage) return 0
  const net = netFootprint({ ...weighed(wish, leverage, sigma), kappa: 1 })?.share ?? 0
  return likely
    ? Math.max(net, shareTo(wish, leverage, sigma, likelyFloor(DEFAULT_FOOTPRINT)))
    : net
}

/** What the bypass is for. */
const bypassShareOf = (wish: Sale, leverage: number, sigma: number): number =>
  shareTo(wish, leverage, sigma, bypassFloor(DEFAULT_FOOTPRINT))

function shareTo(wish: Sale, leverage: number, sigma: number, floor: Floor): number {
  if (wish.to > leverage) return 0
  const sale = weighed(wish, leverage, sigma)
  return Math.min(floorShare({ ...sale, floor }) ?? 0, sale.forced / sale.value)
}

const weighed = (wish: Sale, leverage: number, sigma: number) => ({
  value: wish.size,
  forced: 0.5 * 1.06 * (leverage - 1),
  odds: (health: number) => oddsOf(Math.log(health), sigma),
  healthBefore: wish.health,
  healthAt: (share: number) => healthOf(leverage - share * wish.size),
})
