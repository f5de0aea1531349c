import type { CompiledMargin } from './compileBook.ts'

/** Prices while liquidations run: factors on those of now by asset, and depth. */
export type Spill = { readonly spot: Float64Array; readonly depth: number }

/** What is left of a domain while it is liquidated. Changed in place: this is the inner loop. [USD] */
export type Leftover = {
  readonly domain: CompiledMargin
  /** Equity at the scenario's prices. */
  readonly equityBefore: number
  /** Factors by asset of the book at the scenario's prices. */
  readonly start: Float64Array
  /** Marks of a perp over spot, by active asset: its own closing moves them. Null for a loan. */
  readonly premium: Float64Array | null
  /** Share of a loan's collateral that is left. */
  kept: number
  /** Share of the debt or of the perp position that is left. */
  open: number
  /** What no price moves: a perp's margin with what was realised. */
  cash: number
  closed: number
  bonus: number
  slippage: number
}

/** Less than this is closed with the rest: half of a half without end is no liquidation. [USD] */
const DUST = 1
/** `ln(1 + 1 %)` per depth, to first order; beyond a half no depth reading says anything. */
const ONE_PERCENT = 0.01
const MAX_FALL = Math.LN2

/** A domain before its first liquidation. */
export function openLeftover(
  domain: CompiledMargin,
  start: { readonly spot: Float64Array; readonly marks: Float64Array },
): Leftover {
  const { active } = domain
  const isPerp = domain.type === 'perp'
  const premium = isPerp ? new Float64Array(active.length) : null
  if (premium !== null)
    for (let i = 0; i < active.length; i++) {
      const at = active[i] ?? 0
      premium[i] = (start.marks[at] ?? 1) / (start.spot[at] ?? 1)
    }
  const begin = isPerp ? start.marks : start.spot
  let equityBefore = domain.equity.constant
  for (let i = 0; i < active.length; i++)
    equityBefore += (domain.equity.values[i] ?? 0) * (begin[active[i] ?? 0] ?? 1)
  return {
    domain,
    equityBefore,
    start: begin,
    premium,
    kept: 1,
    open: 1,
    cash: domain.equity.constant,
    closed: 0,
    bonus: 0,
    slippage: 0,
  }
}

/** Factor of an active asset now. */
const factorOf = ({ domain, premium }: Leftover, i: number, { spot }: Spill): number =>
  (spot[domain.active[i] ?? 0] ?? 1) * (premium?.[i] ?? 1)

/**
 * Liquidates a domain once, if it can be: as much as its venue lets one liquidation close.
 *
 * A loan: `x` of debt is repaid for `x(1 + bonus)` of collateral, taken from every collateral alike; the collateral is sold and the
 * debt token bought on the spot market, and both move for everyone. A perp: the closed part is realised at the mark less half
 * of its own impact and the fee; only that venue's mark moves.
 *
 * @returns Whether something was closed.
 */
export function liquidate(left: Leftover, spill: Spill): boolean {
  if (left.open <= 0) return false
  const { domain, premium, open } = left
  const { active, backing: own, requirement: must, exposure: closed } = domain
  const isPerp = domain.type === 'perp'
  const kept = isPerp ? open : left.kept
  let backing = isPerp
    ? left.cash - domain.equity.constant + own.constant
    : own.constant * left.kept
  let requirement = must.constant * (isPerp ? 1 : open)
  let exposure = closed.constant * open
  for (let i = 0; i < active.length; i++) {
    const factor = (spill.spot[active[i] ?? 0] ?? 1) * (premium?.[i] ?? 1)
    backing += kept * factor * (own.values[i] ?? 0)
    requirement += open * factor * (must.values[i] ?? 0)
    exposure += open * factor * (closed.values[i] ?? 0)
  }
  if (!(requirement > 0 && backing < requirement && exposure > 0)) return false
  const full = backing < domain.fullCloseHealth * requirement
  const share = full || exposure * (1 - domain.closeFactor) < DUST ? 1 : domain.closeFactor
  return isPerp ? closePerp(left, spill, share) : closeLoan(left, spill, exposure, share)
}

function closeLoan(left: Leftover, spill: Spill, debt: number, share: number): boolean {
  const { domain } = left
  let gross = left.kept * (domain.equity.constant + domain.exposure.constant)
  for (let i = 0; i < domain.active.length; i++)
    gross += left.kept * factorOf(left, i, spill) * grossOf(domain, i)
  const most = gross / (1 + domain.bonus)
  const repaid = Math.min(share * debt, most)
  // Nothing left to seize: what is still owed stays with the venue.
  if (!(repaid > 0)) return false
  const seized = repaid * (1 + domain.bonus)
  for (let i = 0; i < domain.active.length; i++) {
    const factor = factorOf(left, i, spill)
    const sold = (seized * left.kept * factor * grossOf(domain, i)) / gross
    const bought = (repaid * left.open * factor * (domain.exposure.values[i] ?? 0)) / debt
    const at = domain.active[i] ?? 0
    spill.spot[at] = (spill.spot[at] ?? 1) * moveOf(domain, i, bought - sold, spill.depth)
  }
  left.kept = repaid === most ? 0 : left.kept * (1 - seized / gross)
  left.open = share === 1 && repaid < most ? 0 : left.open * (1 - repaid / debt)
  left.closed += repaid
  left.bonus += repaid * domain.bonus
  return true
}

function closePerp(left: Leftover, spill: Spill, share: number): boolean {
  const { domain } = left
  for (let i = 0; i < domain.active.length; i++) {
    const part = share * left.open * factorOf(left, i, spill)
    const notional = part * (domain.exposure.values[i] ?? 0)
    if (notional === 0) continue
    const value = part * (domain.equity.values[i] ?? 0)
    const move = moveOf(domain, i, -value, spill.depth)
    const slippage = (notional * Math.abs(move - 1)) / 2
    const fee = notional * domain.bonus
    left.cash += value - slippage - fee
    left.slippage += slippage
    left.bonus += fee
    left.closed += notional
    if (left.premium !== null) left.premium[i] = (left.premium[i] ?? 1) * move
  }
  left.open = share === 1 ? 0 : left.open * (1 - share)
  return true
}

/** Collateral of one asset: equity and debt together. */
const grossOf = ({ equity, exposure }: CompiledMargin, i: number): number =>
  (equity.values[i] ?? 0) + (exposure.values[i] ?? 0)

/** Factor on a price when this value is bought (positive) or sold on the domain's market; 1 where no depth is known. */
function moveOf(domain: CompiledMargin, i: number, bought: number, depth: number): number {
  const side = (bought < 0 ? domain.depthDown[i] : domain.depthUp[i]) ?? Number.NaN
  if (bought === 0 || Number.isNaN(side)) return 1
  const log = (ONE_PERCENT * bought) / (side * depth)
  return Math.exp(Math.max(-MAX_FALL, Math.min(MAX_FALL, log)))
}
