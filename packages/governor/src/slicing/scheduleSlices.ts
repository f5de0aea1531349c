import { InvalidInputError, mulDivDown } from '@plimsoll/domain'

/** A part of an order and when it is due. */
export type TimedSlice = {
  /** [s] */
  readonly at: bigint
  readonly amount: bigint
}

/** Shares are carried into whole units with this resolution. */
const SCALE = 10n ** 15n

/**
 * Cuts an order into slices that end before a deadline.
 *
 * What remains follows Almgren and Chriss, `x(t) = sinh(κ(T−t)) / sinh(κT)` with `κ = ln 2 / halfLife`: the nearer the danger, the more
 * comes first. Without a half-life the slices are even. Times are those of a Poisson process that happens to have so many
 * arrivals before the deadline: gaps are exponential, and nobody can tell the next one from the last.
 *
 * Amounts add up to the order exactly; rounding is left to the last slice.
 *
 * @param p.random - Uniform in [0, 1).
 * @throws InvalidInputError when there is no time, no slice, or more slices than units or seconds.
 * @see Almgren and Chriss, Optimal Execution of Portfolio Transactions (2000); RISK.md H4
 */
export function scheduleSlices(p: {
  readonly amount: bigint
  readonly count: number
  /** Earliest and, not reached, latest time. [s] */
  readonly from: bigint
  readonly deadline: bigint
  /** Time in which half should be done; null for even slices. [s] */
  readonly halfLife: number | null
  readonly random: () => number
}): readonly TimedSlice[] {
  const { amount, count, from, deadline, halfLife } = p
  const seconds = Number(deadline - from)
  const check = (field: string, found: unknown, isAllowed: boolean, allowed: string): void => {
    if (!isAllowed) throw new InvalidInputError({ field: `slices.${field}`, found, allowed })
  }
  check('count', count, Number.isSafeInteger(count) && count >= 1, 'a whole number from 1')
  check('amount', amount, amount >= BigInt(count), 'at least one unit per slice')
  check('deadline', deadline, seconds >= count, 'a second or more per slice after the start')
  check('halfLife', halfLife, halfLife === null || halfLife > 0, 'above 0, or null')

  const times = timesOf(count, seconds, p.random)
  let done = 0n
  return times.map((time, i) => {
    const left = i === count - 1 ? 0 : remaining((i + 1) / count, seconds, halfLife)
    const until = amount - mulDivDown(amount, BigInt(Math.round(left * Number(SCALE))), SCALE)
    // Rounding may leave a slice empty; each has a unit at least, and leaves one for each that follows.
    const least = done + 1n
    const most = amount - BigInt(count - 1 - i)
    const end = until < least ? least : until > most ? most : until
    const slice = { at: from + BigInt(time), amount: end - done }
    done = end
    return slice
  })
}

/** Share that remains after a share of the time. */
function remaining(share: number, seconds: number, halfLife: number | null): number {
  if (halfLife === null) return 1 - share
  const kappa = (Math.LN2 * seconds) / halfLife // per whole time
  if (kappa < 1e-6) return 1 - share
  // sinh(κ(1−s))/sinh(κ) without overflow
  return (Math.exp(-kappa * share) - Math.exp(-kappa * (2 - share))) / (1 - Math.exp(-2 * kappa))
}

/** Whole seconds from the start, each later than the one before it and all before the end. */
function timesOf(count: number, seconds: number, random: () => number): readonly number[] {
  const gaps = Array.from({ length: count + 1 }, () => -Math.log(1 - random()))
  const all = gaps.reduce((sum, gap) => sum + gap, 0)
  let at = 0
  let before = -1
  return Array.from({ length: count }, (_, i) => {
    at += gaps[i] ?? 0
    const drawn = Math.floor((at / all) * seconds)
    before = Math.min(Math.max(drawn, before + 1), seconds - (count - i))
    return before
  })
}

/**
 * Slices that a sandwich cannot pay for: `⌈v / (f·R)⌉`.
 *
 * @param value - [USD]
 * @param fee - Of the pool, as a share.
 * @param reserve - Virtual reserve of the pool on one side. [USD]
 * @returns Infinite for a pool that takes no fee or holds nothing.
 * @see RISK.md H1, H4
 */
export const slicesAgainstSandwich = (value: number, fee: number, reserve: number): number =>
  fee > 0 && reserve > 0
    ? Math.max(1, Math.ceil(value / (fee * reserve)))
    : Number.POSITIVE_INFINITY
