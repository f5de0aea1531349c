import { createRandom } from '@plimsoll/testkit'
import { netFootprint } from '../../src/rules/netFootprint.ts'
import { oddsOf } from './policies.ts'
import { normal } from './scenario.ts'

/** Band of health of a policy in one regime; null where it never borrows more. */
type Band = {
  readonly low: number
  readonly lowTo: number
  readonly high: number | null
  readonly highTo: number
}
export type Bands = { readonly calm: Band; readonly stress: Band }

const STATIC_BAND: Band = { low: 1.3, lowTo: 1.6, high: 2, highTo: 1.6 }
export const STATIC: Bands = { calm: STATIC_BAND, stress: STATIC_BAND }
/** RISK.md Exp 2, target leverage 2. */
export const DYNAMIC: Bands = {
  calm: { low: 1.48, lowTo: 1.57, high: 1.82, highTo: 1.69 },
  stress: { low: 1.13, lowTo: 1.2, high: null, highTo: 1.2 },
}

/** The governor of a fleet in Exp 2's world. */
export type FleetRules = {
  /** When the net-footprint test is asked for beyond 2 % of volume: always, in stress, or never. */
  readonly trigger: 'written' | 'stressed' | 'never'
  /** Shares of volume; infinite: no caps. */
  readonly participationCalm: number
  readonly participationStress: number
  /** Share of a day's volume a day, below health 1.03. */
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
  readonly bands: Bands
  readonly rules: FleetRules
}): CalmCosts {
  const market = createRandom(p.seed)
  const luck = createRandom(p.seed + 1_000_003)
  const { rules } = p
  const levers = new Float64Array(p.agents)
  const waiting = new Uint8Array(p.agents)
  const { low, high } = p.bands.calm
  for (let i = 0; i < p.agents; i++) levers[i] = leverageOf(low + luck.next() * ((high ?? 2) - low))
  // What one unit of equity of one agent is in daily volumes.
  const unit = p.collateral / (p.agents * TARGET)
  let regime = 0
  const sum = { tracking: 0, trading: 0, liquidation: 0, calm: 0, calmHours: 0, traded: 0 }
  let first = 0
  let prompt = 0

  for (let hour = 0; hour < HOURS; hour++) {
    const of = REGIMES[regime === 0 ? 0 : 1]
    const variance = (of.sigma * of.sigma) / HOURS
    let ln = Math.sqrt(variance) * normal(market) - variance / 2
    if (market.next() < of.jumps / HOURS) ln += -0.03 + 0.05 * normal(market)
    const step = Math.expm1(ln)
    const band = regime === 0 ? p.bands.calm : p.bands.stress
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
      const to =
        health < band.low
          ? leverageOf(band.lowTo)
          : band.high !== null && health > band.high
            ? leverageOf(band.highTo)
            : null
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
      const { agent, to, size, health } = wish
      const leverage = levers[agent] ?? TARGET
      const fresh = waiting[agent] === 0
      if (fresh) first += 1
      waiting[agent] = 1
      let share = tested ? shareOf(wish, leverage, sigmaDay) : 1
      const room = left / (size * unit)
      if (share > room) share = room
      const near = health < 1.03
      const extra = near ? Math.min(1 - share, bypass / (size * unit)) : 0
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
    prompt: first === 0 ? 1 : prompt / first,
  }
}

/** What passes the net-footprint test; buying never does. */
function shareOf(
  wish: { readonly to: number; readonly size: number; readonly health: number },
  leverage: number,
  sigma: number,
): number {
  if (wish.to > leverage) return 0
  const net = netFootprint({
    value: wish.size,
    forced: 0.5 * 1.06 * (leverage - 1),
    kappa: 1,
    odds: (health) => oddsOf(Math.log(health), sigma),
    healthBefore: wish.health,
    healthAt: (share) => healthOf(leverage - share * wish.size),
  })
  return net?.share ?? 0
}
