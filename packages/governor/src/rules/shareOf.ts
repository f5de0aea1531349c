import type { RuleCheck } from '@plimsoll/domain'

/** Share of the asked value that a limit lets through, above 1 where there is room; 0 where it is not a number. */
export function shareOf({ asked, limit }: Pick<RuleCheck, 'asked' | 'limit'>): number {
  const share = limit / asked
  return Number.isNaN(share) ? 0 : Math.max(0, share)
}
