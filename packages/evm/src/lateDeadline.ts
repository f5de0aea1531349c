import type { PolicySight, Violation } from './CallRule.ts'

/** Longest that a trade may wait for its inclusion unless told otherwise. [s] */
export const MAX_DELAY = 900n

/** Finds a violation where a call could still be included long after it was decided on. */
export function lateDeadline(
  rule: string,
  deadline: bigint,
  { time }: PolicySight,
  maxDelay: bigint = MAX_DELAY,
): Violation | null {
  const latest = time + maxDelay
  return deadline <= latest
    ? null
    : { rule, found: `${deadline}`, allowed: `up to ${latest}, ${maxDelay} s after the block` }
}
