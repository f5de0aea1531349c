/** Probability that a domain is liquidated within 24 hours when its health is this; null when nobody can tell. */
export type Odds = (health: number) => number | null

/** What the net-footprint test found. */
export type NetFootprint = {
  /** Share of the asked sale that passes, 0 to 1. */
  readonly share: number
  /** Of the share that passes, or of the whole where none does. */
  readonly oddsBefore: number
  readonly oddsAfter: number
  /** κ·ΔP·q_liq at that share. [USD] */
  readonly limit: number
}

/** Shares that are tried. */
const STEPS = 20
/** Gains nearer to each other than this share of the sale count as one: then the larger part is taken. */
const TIE = 1e-9

/**
 * The net-footprint test: sell `q` only if `q ≤ κ·[P(h) − P(h')]·q_liq`, at the `h'` that makes `κ·ΔP·q_liq − q` largest.
 *
 * At κ = 1 what is sold by choice never exceeds the forced selling that it is expected to save.
 *
 * @param p.value - q of the whole action. [USD]
 * @param p.forced - q_liq, what a liquidation would sell. [USD]
 * @param p.healthAt - Health after a share of the action.
 * @returns Null when the odds are unknown.
 * @see RISK.md F3
 */
export function netFootprint(p: {
  readonly value: number
  readonly forced: number
  readonly kappa: number
  readonly odds: Odds
  readonly healthBefore: number
  readonly healthAt: (share: number) => number
}): NetFootprint | null {
  const before = p.odds(p.healthBefore)
  if (before === null || !(before >= 0 && before <= 1)) return null
  let best: NetFootprint | null = null
  let gain = Number.NEGATIVE_INFINITY
  let whole: NetFootprint | null = null
  for (let step = STEPS; step >= 1; step--) {
    const share = step / STEPS
    const after = p.odds(p.healthAt(share))
    if (after === null || !(after >= 0 && after <= 1)) return null
    const limit = p.kappa * (before - after) * p.forced
    const tried = { share, oddsBefore: before, oddsAfter: after, limit }
    whole ??= { ...tried, share: 0 }
    const net = limit - p.value * share
    if (net >= 0 && net > gain + TIE * p.value) {
      best = tried
      gain = net
    }
  }
  return best ?? whole
}
