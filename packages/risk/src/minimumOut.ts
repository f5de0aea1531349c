import { InvalidInputError, mulDivUp } from '@plimsoll/domain'

/** Why a minimum output is where it is. */
export type SlackBound = 'sandwich' | 'movement' | 'cap'

/** How far a swap may fall short of its quote, and what decided it. */
export type Slack = {
  /** Share of the quoted output. */
  readonly slack: number
  readonly bound: SlackBound
  /** Slices that would each be too small to sandwich at any slack: `⌈v / (f·R)⌉`. */
  readonly slices: number
}

/** The least a swap accepts. */
export type MinimumOut = Slack & {
  /** [token decimals] */
  readonly minOut: bigint
}

/** What the slack of a swap depends on. */
export type SwapSetting = {
  readonly valueUsd: number
  readonly reserveUsd: number
  readonly fee: number
  readonly gasUsd: number
  readonly sigmaBlock: number | null
  readonly cap: number
}

/** Share that a pool's spot moves between quote and execution although nothing else happens. */
const MODEL_ERROR = 0.0005

/** Resolution of slack in fixed point. */
const SCALE = 10n ** 12n

/**
 * Computes how far a swap may fall short of its quote: loose enough to execute, too tight to be sandwiched at a profit.
 *
 * `slack = min(sandwich, 2·σ_block + f/2 + 5 bp, cap)`. In a constant-product pool a front-run that uses up slack `s`
 * trades about `s·R/2`, gains `s·v` on the victim and pays `f·s·R` in fees over both legs, so with
 * `u = v/R` and `v' = v(1 + u/2)²` (the size of the victim to second order)
 * - `v' ≤ f·R`: no slack makes a profit;
 * - else `s ≤ gas / (v' − f·R)`.
 *
 * @param p.valueUsd - Value sold. [USD]
 * @param p.reserveUsd - One side of the pool near the price, see {@link virtualReserve}; 0 where it is not known,
 *   which leaves no slack but what gas pays for. [USD]
 * @param p.fee - Fee of the pool as a share.
 * @param p.gasUsd - What the attacker's two transactions cost at least; 0 is the careful choice. [USD]
 * @param p.sigmaBlock - Standard deviation of the log-return over one block; null when there is no forecast.
 * @param p.cap - Hard limit of slack as a share.
 * @throws {@link InvalidInputError} when a number is out of range.
 * @see RISK.md H1 and H2
 */
export function swapSlack(p: SwapSetting): Slack {
  assertRange('valueUsd', p.valueUsd, 0, Number.MAX_VALUE)
  assertRange('reserveUsd', p.reserveUsd, 0, Number.MAX_VALUE)
  assertRange('fee', p.fee, 0, 1)
  assertRange('gasUsd', p.gasUsd, 0, Number.MAX_VALUE)
  assertRange('cap', p.cap, 0, 1)
  if (p.sigmaBlock !== null) assertRange('sigmaBlock', p.sigmaBlock, 0, Number.MAX_VALUE)

  const safe = p.fee * p.reserveUsd
  const size = p.valueUsd === 0 ? 0 : p.valueUsd * (1 + p.valueUsd / (2 * p.reserveUsd)) ** 2
  const sandwich = size <= safe ? Number.POSITIVE_INFINITY : p.gasUsd / (size - safe)
  const movement = movementSlack(p.fee, p.sigmaBlock)
  const slack = Math.min(sandwich, movement, p.cap)
  return {
    slack,
    bound: slack === p.cap ? 'cap' : slack === movement ? 'movement' : 'sandwich',
    slices: p.valueUsd === 0 ? 1 : Math.ceil(p.valueUsd / safe),
  }
}

/**
 * How far a market may move between quote and execution without anybody's ill will: `2·σ_block + f/2 + 5 bp`; no limit
 * where nothing is forecast.
 */
export const movementSlack = (fee: number, sigmaBlock: number | null): number =>
  sigmaBlock === null ? Number.POSITIVE_INFINITY : 2 * sigmaBlock + fee / 2 + MODEL_ERROR

/**
 * Computes the least output a swap accepts: its quote less {@link swapSlack}.
 *
 * Rounds up, so the slack is never above what was chosen.
 *
 * @param p.amountOut - Quoted output: after fee and own impact. [token decimals]
 * @throws {@link InvalidInputError} when a number is out of range.
 */
export function minimumOut(p: SwapSetting & { readonly amountOut: bigint }): MinimumOut {
  if (p.amountOut < 0n)
    throw new InvalidInputError({ field: 'amountOut', found: p.amountOut, allowed: 'zero or more' })
  const chosen = swapSlack(p)
  return { ...chosen, minOut: lessSlack(p.amountOut, chosen.slack) }
}

/** A quote less slack, rounded up. [token decimals] */
export const lessSlack = (amountOut: bigint, slack: number): bigint =>
  mulDivUp(amountOut, SCALE - BigInt(Math.floor(slack * Number(SCALE))), SCALE)

/**
 * One side of a constant-product pool, from the value that moves its price by 1 %.
 *
 * Pushing the price down by 1 % takes `R(1/√0.99 − 1) = 0.00504·R` in, up takes `R(√1.01 − 1) = 0.00499·R`. Dividing
 * by the larger never overstates the reserve, so a swap never looks safer than it is. [USD]
 */
export const virtualReserve = (depthUsd: number): number => depthUsd / 0.00504

function assertRange(field: string, found: number, from: number, to: number): void {
  if (!(found >= from && found <= to))
    throw new InvalidInputError({
      field: `minimumOut.${field}`,
      found,
      allowed: `a number from ${from} to ${to === Number.MAX_VALUE ? 'any finite' : to}`,
    })
}
