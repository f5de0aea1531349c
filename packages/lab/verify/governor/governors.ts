import type { Floor, ImpactTerms } from '@plimsoll/governor'
import {
  bypassFloor,
  DEFAULT_FOOTPRINT,
  floorShare,
  flowOfImpact,
  likelyFloor,
  netFootprint,
  reproductionNumber,
} from '@plimsoll/governor'
import { oddsOf } from './policies.ts'

/** One agent's wish to sell collateral and repay with it. */
export type Wish = {
  readonly account: number
  readonly debt: number
  readonly lnHealth: number
  readonly lnTarget: number
  /** [daily volumes] */
  readonly value: number
}

/** The market as the fleet sees it when it decides. Volumes in daily volumes. */
type Scene = {
  readonly terms: ImpactTerms
  readonly sigma: number
  /** Unabsorbed: everybody's, and the fleet's own. */
  readonly flow: number
  readonly ownFlow: number
  /** The fleet's own of the last five minutes. */
  readonly ownRecent: number
  readonly volume5m: number
  readonly isVolatile: boolean
  readonly wall: Float64Array
  readonly law: (flow: number) => number
  /** What the bypass has left today. */
  readonly bypassLeft: number
}

/** What was let through of a wish, and what of it by the bypass. */
type Granted = { readonly account: number; readonly value: number; readonly bypass: number }

/** Answers all wishes of one moment together. */
export type SceneGovernor = (wishes: readonly Wish[], scene: Scene) => readonly Granted[]

/** Liquidation threshold, close factor and bonus of every account. */
export const LT = 0.8
export const BONUS = 0.06
export const closeFactor = (lnHealth: number): number => (lnHealth < Math.log(0.95) ? 1 : 0.5)
const forced = ({ debt, lnHealth }: Pick<Wish, 'debt' | 'lnHealth'>): number =>
  closeFactor(lnHealth) * (1 + BONUS) * debt

/** Collateral to sell to reach a health: `q = (h' − h)D / (h' − LT)`. */
export const saleOf = (debt: number, lnHealth: number, lnTarget: number): number => {
  const h = Math.exp(lnHealth)
  const target = Math.exp(lnTarget)
  return Math.max(0, ((target - h) * debt) / (target - LT))
}

/** Health after a sale: `(h·D − LT·q) / (D − q)`. */
const lnHealthAfter = ({ debt, lnHealth }: Wish, value: number): number =>
  Math.log((Math.exp(lnHealth) * debt - LT * value) / (debt - value))

const whole = ({ account, value }: Wish): Granted => ({ account, value, bypass: 0 })

/** No governor. */
export const ungoverned: SceneGovernor = (wishes) => wishes.map(whole)

const sale = (wish: Wish, scene: Scene) => ({
  value: wish.value,
  forced: forced(wish),
  odds: (health: number) => oddsOf(Math.log(health), scene.sigma),
  healthBefore: Math.exp(wish.lnHealth),
  healthAt: (part: number) => Math.exp(lnHealthAfter(wish, wish.value * part)),
})

/** Share of a wish that passes the net-footprint test. */
const netShare = (wish: Wish, scene: Scene, kappa: number): number =>
  netFootprint({ ...sale(wish, scene), kappa })?.share ?? 0

/** The net-footprint test alone, at all times. */
export const netRule =
  (kappa = 1): SceneGovernor =>
  (wishes, scene) =>
    wishes.map((wish) => ({
      account: wish.account,
      value: wish.value * netShare(wish, scene, kappa),
      bypass: 0,
    }))

/** Hard caps alone: 10 % of five minutes' volume, 1 % of own impact. First come, first served. */
export const capsOnly: SceneGovernor = (wishes, scene) =>
  share(wishes, capacity(scene, 0.1, DEFAULT_FOOTPRINT.ownImpactAmber))

/** What the fleet may still sell now. */
function capacity(scene: Scene, participation: number, amber: number): number {
  return Math.max(
    0,
    Math.min(
      participation * scene.volume5m - scene.ownRecent,
      flowOfImpact(amber, scene.terms) - scene.ownFlow,
    ),
  )
}

function share(wishes: readonly Wish[], budget: number): readonly Granted[] {
  let left = budget
  return wishes.map((wish) => {
    const value = Math.min(left, wish.value)
    left -= value
    return { account: wish.account, value, bypass: 0 }
  })
}

/** Numbers of the whole governor. */
export type Rules = {
  readonly kappa: number
  readonly amber: number
  readonly participationCalm: number
  readonly participationStress: number
  readonly stressParticipation: number
  readonly ownImpactAmber: number
  /**
   * When the net-footprint test is asked: `written` as RISK.md F3 has it (R̂ at amber, or participation above 2 %), `stressed` with
   * participation above 2 % counting in a volatile market alone.
   */
  readonly trigger: 'written' | 'stressed'
  /** Where a liquidation is likely enough to sell whatever κ says; null: nowhere. */
  readonly likely: Floor | null
  /** What the bypass fills up: whole wishes below health 1.03, or what brings likely liquidations down to even odds. */
  readonly bypassFor: 'health' | 'odds'
}

/** RISK.md F2 and F3 to the letter: half the participation in calm, and the test whenever the fleet is large. */
export const AS_WRITTEN: Rules = {
  kappa: 1,
  amber: DEFAULT_FOOTPRINT.reproductionAmber,
  participationCalm: 0.05,
  participationStress: 0.1,
  stressParticipation: DEFAULT_FOOTPRINT.stressParticipationBps / 1e4,
  ownImpactAmber: DEFAULT_FOOTPRINT.ownImpactAmber,
  trigger: 'written',
  likely: null,
  bypassFor: 'health',
}

/** What the governor does: the test is for stress, and calm has the same participation. */
const RULES: Rules = {
  ...AS_WRITTEN,
  participationCalm: DEFAULT_FOOTPRINT.participationCalmBps / 1e4,
  participationStress: DEFAULT_FOOTPRINT.participationStressBps / 1e4,
  trigger: 'stressed',
  likely: likelyFloor(DEFAULT_FOOTPRINT),
  bypassFor: 'odds',
}

/** Share of a wish that makes a likely liquidation unlikely, and no more than it would sell. */
const shareTo = (wish: Wish, scene: Scene, floor: Floor): number =>
  Math.min(floorShare({ ...sale(wish, scene), floor }) ?? 0, forced(wish) / wish.value)

/** Share of a wish that the bypass is for. */
const bypassShare = (wish: Wish, scene: Scene, bypassFor: Rules['bypassFor']): number =>
  bypassFor === 'odds'
    ? shareTo(wish, scene, bypassFloor(DEFAULT_FOOTPRINT))
    : Number(wish.lnHealth < Math.log(DEFAULT_FOOTPRINT.bypassHealth))

/**
 * The whole governor: caps, in stress the net-footprint test, one budget shared by urgency, and the bypass near the floor.
 *
 * Stress is R̂ at amber, or wishes and recent trades together above 2 % of five minutes' volume; see {@link Rules.trigger}.
 */
export const governed =
  (rules: Rules = RULES): SceneGovernor =>
  (wishes, scene) => {
    const asked = wishes.reduce((sum, { value }) => sum + value, 0)
    const large = scene.ownRecent + asked > rules.stressParticipation * scene.volume5m
    const stressed =
      reproductionNumber({
        wall: [...scene.wall],
        flow: scene.flow,
        terms: scene.terms,
        impact: scene.law,
      }) >= rules.amber ||
      (large && (rules.trigger === 'written' || scene.isVolatile))
    const limit = scene.isVolatile ? rules.participationStress : rules.participationCalm
    const ruled = wishes
      .map((wish) => {
        const passed = stressed
          ? Math.max(
              netShare(wish, scene, rules.kappa),
              rules.likely === null ? 0 : shareTo(wish, scene, rules.likely),
            )
          : 1
        const value = wish.value * passed
        const after = value > 0 ? lnHealthAfter(wish, value) : wish.lnHealth
        const saved = oddsOf(wish.lnHealth, scene.sigma) - oddsOf(after, scene.sigma)
        return { wish, value, urgency: value > 0 ? (saved * BONUS * forced(wish)) / value : 0 }
      })
      .toSorted((a, b) => b.urgency - a.urgency)
    let left = capacity(scene, limit, rules.ownImpactAmber)
    let bypass = scene.bypassLeft
    return ruled.map(({ wish, value }) => {
      const granted = Math.min(left, value)
      left -= granted
      const wanted = wish.value * bypassShare(wish, scene, rules.bypassFor)
      const extra = Math.min(bypass, Math.max(0, wanted - granted))
      bypass -= extra
      return { account: wish.account, value: granted + extra, bypass: extra }
    })
  }
